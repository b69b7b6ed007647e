//! The state machine over HTTP: random sequences by random roles, each answer compared with a model of the rules that
//! knows nothing of the code. Nothing is closed against the rule, no entry is lost, and somebody reads at every step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

const ROLES: [&str; 7] =
    ["dsl", "deputy-dsl", "welfare-lap", "headteacher", "trust-safeguarding-lead", "family-liaison", "staff"];
const ANSWERS: [&str; 3] = ["agree", "disagree", "abstain"];

#[derive(Clone, Debug)]
enum Step {
    Note,
    Act { required: bool },
    Complete,
    NoAction,
    Add,
    Stamp { role: usize, team: bool },
    Answer { role: usize, answer: usize },
    AllAgree,
    Close { role: usize },
    Reopen { role: usize },
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Note),
        1 => any::<bool>().prop_map(|required| Step::Act { required }),
        2 => Just(Step::Complete),
        1 => Just(Step::NoAction),
        1 => Just(Step::Add),
        5 => (0..ROLES.len(), any::<bool>()).prop_map(|(role, team)| Step::Stamp { role, team }),
        3 => (0..ROLES.len(), 0..3usize).prop_map(|(role, answer)| Step::Answer { role, answer }),
        5 => Just(Step::AllAgree),
        6 => (0..ROLES.len()).prop_map(|role| Step::Close { role }),
        2 => (0..ROLES.len()).prop_map(|role| Step::Reopen { role }),
    ]
}

/// What has been acknowledged, and what follows from the rules.
#[derive(Default)]
struct Model {
    is_panel: bool,
    closed: bool,
    stamps: BTreeMap<&'static str, bool>,
    answers: BTreeMap<&'static str, &'static str>,
    open_required: BTreeSet<String>,
    acted: bool,
    notes: usize,
    addenda: usize,
    given: usize,
    stamped: usize,
    closures: usize,
}

impl Model {
    /// Whether the rule lets it be closed by who may close.
    fn may_close(&self, role: &str) -> bool {
        let team = self.stamps.values().any(|team| *team);
        let lead = self.stamps.values().any(|team| !*team);
        let work = team && (lead || !self.is_panel) && self.open_required.is_empty() && self.acted;
        let closer = if self.is_panel {
            ["dsl", "deputy-dsl", "trust-safeguarding-lead"].contains(&role)
        } else {
            ["dsl", "deputy-dsl"].contains(&role)
        };
        let agreed = VOTERS.iter().all(|voter| self.answers.get(voter) == Some(&"agree"));
        !self.closed && work && closer && (agreed || !self.is_panel)
    }

    fn moved(&mut self) {
        self.answers.clear();
    }
}

struct Run<'a> {
    case: Case<'a>,
    panel: String,
    model: Model,
}

impl Run<'_> {
    fn entry(&mut self, answer: &Answer) -> bool {
        let fits = if self.model.closed { 409 } else { 201 };
        assert_eq!(answer.status, fits, "{}", answer.text);
        if answer.status == 201 {
            self.model.moved();
        }
        answer.status == 201
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Note => {
                let note = self.case.note();
                self.model.notes += usize::from(self.entry(&note));
            }
            Step::Act { required } => {
                let made = self.case.act(*required);
                if self.entry(&made) {
                    self.model.acted = true;
                    if *required {
                        self.model.open_required.insert(made.id());
                    }
                }
            }
            Step::Complete => self.complete(),
            Step::NoAction => {
                let body = json!({"kind": "no_action", "decision": "None.", "reason": "So.", "decided_at": "2025-01-15T15:00:00Z"});
                let made = self.case.record("decisions", body);
                if self.entry(&made) {
                    self.model.acted = true;
                }
            }
            Step::Add => {
                self.case.add().expect(201);
                self.model.addenda += 1;
                self.model.moved();
            }
            Step::Stamp { role, team } => self.stamp(ROLES[*role], *team),
            Step::Answer { role, answer } => self.answer(ROLES[*role], ANSWERS[*answer]),
            Step::AllAgree => VOTERS.iter().for_each(|role| self.answer(role, "agree")),
            Step::Close { role } => self.close(ROLES[*role]),
            Step::Reopen { role } => self.reopen(ROLES[*role]),
        }
    }

    fn complete(&mut self) {
        let Some(action) = self.model.open_required.first().cloned() else { return };
        let done = json!({"done_on": "2025-01-15", "outcome": "Done."});
        let made = self.case.record(&format!("actions/{action}/outcome"), done);
        if self.entry(&made) {
            self.model.open_required.remove(&action);
        }
    }

    fn stamp(&mut self, role: &'static str, team: bool) {
        let made = self.case.stamp(role, if team { "team" } else { "trust_lead" });
        let can = match role {
            "dsl" | "deputy-dsl" => team,
            "trust-safeguarding-lead" => self.model.is_panel && !team,
            _ => false,
        };
        let wanted = can && !self.model.closed && !self.model.stamps.contains_key(role);
        assert_eq!(made.status == 201, wanted, "{role} {team}: {}", made.text);
        if wanted {
            self.model.stamps.insert(role, team);
            self.model.stamped += 1;
        }
    }

    fn answer(&mut self, role: &'static str, answer: &'static str) {
        if !self.model.is_panel {
            return;
        }
        let made = self.case.answer(&self.panel, role, answer);
        let wanted = VOTERS.contains(&role) && !self.model.closed;
        assert_eq!(made.status == 201, wanted, "{role} {answer}: {}", made.text);
        if wanted {
            self.model.answers.insert(role, answer);
            self.model.given += 1;
        }
    }

    fn close(&mut self, role: &'static str) {
        let made = if self.model.is_panel {
            self.case.close_in(role, &self.panel)
        } else {
            self.case.close_safely(role)
        };
        let wanted = self.model.may_close(role);
        assert_eq!(made.status == 201, wanted, "{role}: {}", made.text);
        self.model.closed |= wanted;
        self.model.closures += usize::from(wanted);
    }

    fn reopen(&mut self, role: &'static str) {
        let made = on(
            &self.case.dsl,
            &self.case.caller(role),
            &self.case.path(),
            "reopening",
            json!({"reason": "Anew."}),
        );
        let may = match role {
            "dsl" | "deputy-dsl" | "headteacher" => true,
            "trust-safeguarding-lead" => self.model.is_panel,
            _ => false,
        };
        let wanted = may && self.model.closed;
        assert_eq!(made.status == 201, wanted, "{role}: {}", made.text);
        if wanted {
            self.model.closed = false;
            self.model.stamps.clear();
            self.model.moved();
        }
    }

    /// What the record says agrees with what was acknowledged, and the DSL reads it.
    fn check(&self) {
        let view = self.case.view();
        assert_eq!(view["view"], "full");
        assert_eq!(view["state"] == "closed", self.model.closed, "{view}");
        assert_eq!(view["addenda"].as_array().unwrap().len(), self.model.addenda);
        assert_eq!(view["scrutiny"].as_array().unwrap().len(), self.model.stamps.len());
        let count = |part: &str| {
            let page = self.case.dsl.get(&format!("{}/{part}?limit=200", self.case.path())).expect(200);
            page["items"].as_array().unwrap().len()
        };
        assert_eq!(count("notes"), self.model.notes + self.model.addenda);
        assert_eq!(count("scrutiny"), self.model.stamped);
        assert_eq!(count("closures"), self.model.closures);
    }

    fn end(&self) {
        self.check();
        if self.model.is_panel {
            let path = format!(
                "/v1/panels/{}/agreements?limit=200&count=false&concern_id={}",
                self.panel, self.case.id
            );
            let all = self.case.dsl.get(&path).expect(200);
            assert_eq!(all["items"].as_array().unwrap().len(), self.model.given.min(200));
        }
    }
}

on_both! {
    fn random_sequences_agree_with_the_rules(backend) {
        let app = TestApp::start_demo(backend);
        let rounds = if std::env::var_os("TUTELA_LONG").is_some() { 12 } else { 2 };
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha));
        let cases: Vec<[Case<'_>; 2]> = (0..rounds)
            .map(|n| [Case::raised(&app, 0, 0, 1 + n % 5), Case::raised(&app, 1, 0, 2 + n % 4)])
            .collect();
        let panel = called(&app, 0, 0, today());
        for role in VOTERS.iter().chain(&["family-liaison"]) {
            attends(&app, 0, 0, &panel, role).expect(201);
        }
        hold(&app, 0, 0, &panel).expect(201);
        let mut closures = 0;
        for case in cases.into_iter().flatten() {
            let sequence = proptest::collection::vec(steps(), 45).new_tree(&mut runner).unwrap().current();
            let model = Model { is_panel: case.trust == 0, ..Model::default() };
            let mut run = Run { case, panel: panel.clone(), model };
            for step in &sequence {
                run.step(step);
                run.check();
            }
            run.end();
            closures += run.model.closures;
        }
        eprintln!("state machine: {closures} closures on {backend:?}");
        assert!(closures > 0);
    }
}
