//! The state machine over HTTP: random sequences by random roles, each answer compared with a model of the rules that
//! knows nothing of the code. Nothing is closed against the rule, no entry is lost, and somebody reads at every step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::json;

use super::*;
use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::TestApp;

const ROLES: [&str; 7] =
    ["dsl", "deputy-dsl", "welfare-lap", "headteacher", "trust-safeguarding-lead", "family-liaison", "staff"];
/// Who turns out to be a relative of the child, and ceases to be: never the DSL, who reads at every step.
const RELATIVES: [&str; 3] = ["deputy-dsl", "headteacher", "welfare-lap"];
const ANSWERS: [&str; 3] = ["agree", "disagree", "abstain"];

#[derive(Clone, Debug)]
enum Step {
    Note,
    Act {
        required: bool,
    },
    Complete,
    NoAction,
    Add,
    Correct,
    Triage,
    /// Whatever the rule still asks for.
    MakeReady,
    Stamp {
        role: usize,
        team: bool,
    },
    Answer {
        role: usize,
        answer: usize,
    },
    AllAgree,
    Close {
        role: usize,
    },
    Reopen {
        role: usize,
    },
    Relate {
        role: usize,
    },
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Note),
        1 => any::<bool>().prop_map(|required| Step::Act { required }),
        2 => Just(Step::Complete),
        1 => Just(Step::NoAction),
        1 => Just(Step::Add),
        1 => Just(Step::Correct),
        1 => Just(Step::Triage),
        5 => Just(Step::MakeReady),
        5 => (0..ROLES.len(), any::<bool>()).prop_map(|(role, team)| Step::Stamp { role, team }),
        3 => (0..ROLES.len(), 0..3usize).prop_map(|(role, answer)| Step::Answer { role, answer }),
        5 => Just(Step::AllAgree),
        4 => (0..ROLES.len()).prop_map(|role| Step::Close { role }),
        6 => prop_oneof![Just(0), Just(1), Just(4)].prop_map(|role| Step::Close { role }),
        2 => (0..ROLES.len()).prop_map(|role| Step::Reopen { role }),
        1 => (0..RELATIVES.len()).prop_map(|role| Step::Relate { role }),
    ]
}

/// What has been acknowledged, and what follows from the rules.
#[derive(Default)]
struct Model {
    is_panel: bool,
    closed: bool,
    stamps: BTreeMap<&'static str, bool>,
    /// Who is a relative, and the record that says so.
    relatives: BTreeMap<&'static str, String>,
    answers: BTreeMap<&'static str, &'static str>,
    open_required: BTreeSet<String>,
    acted: bool,
    notes: usize,
    addenda: usize,
    accounts: usize,
    triages: usize,
    given: usize,
    stamped: usize,
    closures: usize,
}

impl Model {
    /// Whether the rule lets it be closed by who may close.
    fn may_close(&self, role: &str) -> bool {
        let counts = |(role, _): &(&&'static str, &bool)| !self.relatives.contains_key(**role);
        let team = self.stamps.iter().filter(counts).any(|(_, team)| *team);
        let lead = self.stamps.iter().filter(counts).any(|(_, team)| !*team);
        let work = team && (lead || !self.is_panel) && self.open_required.is_empty() && self.acted;
        let closer = if self.is_panel {
            ["dsl", "deputy-dsl", "trust-safeguarding-lead"].contains(&role)
        } else {
            ["dsl", "deputy-dsl"].contains(&role)
        };
        let asked = |voter: &&&'static str| !self.relatives.contains_key(**voter);
        let agreed = VOTERS.iter().filter(asked).all(|voter| self.answers.get(voter) == Some(&"agree"));
        let knows = !self.relatives.contains_key(role);
        !self.closed && work && closer && knows && (agreed || !self.is_panel)
    }

    fn moved(&mut self) {
        self.answers.clear();
    }
}

struct Run<'a> {
    case: Case<'a>,
    panel: String,
    /// Which of the school's pupils it is about.
    pupil: usize,
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
            Step::Correct => {
                let body = json!({"reason": "Said again.", "summary": format!("Version {}", self.model.accounts + 2)});
                let made = self.case.record("corrections", body);
                self.model.accounts += usize::from(self.entry(&made));
            }
            Step::Triage => {
                let made =
                    self.case.record("triage", json!({"severity": "routine", "parent_informed": "yes"}));
                self.model.triages += usize::from(self.entry(&made));
            }
            Step::MakeReady => self.make_ready(),
            Step::Stamp { role, team } => self.stamp(ROLES[*role], *team),
            Step::Answer { role, answer } => self.answer(ROLES[*role], ANSWERS[*answer]),
            Step::AllAgree => VOTERS.iter().for_each(|role| self.answer(role, "agree")),
            Step::Close { role } => self.close(ROLES[*role]),
            Step::Reopen { role } => self.reopen(ROLES[*role]),
            Step::Relate { role } => self.relate(RELATIVES[*role]),
        }
    }

    fn complete(&mut self) {
        let Some(action) = self.model.open_required.first().cloned() else { return };
        let done = json!({"done_on": "2025-01-15", "outcome": "Done."});
        let made = self.case.record(&format!("actions/{action}/outcome"), done);
        if self.entry(&made) {
            self.model.open_required.remove(&action);
            self.model.acted = true;
        }
    }

    fn make_ready(&mut self) {
        while !self.model.closed && !self.model.open_required.is_empty() {
            self.complete();
        }
        if !self.model.acted {
            self.step(&Step::NoAction);
        }
        self.stamp("dsl", true);
        self.stamp("trust-safeguarding-lead", false);
        self.step(&Step::AllAgree);
    }

    fn stamp(&mut self, role: &'static str, team: bool) {
        let made = self.case.stamp(role, if team { "team" } else { "trust_lead" });
        let can = match role {
            "dsl" | "deputy-dsl" => team,
            "trust-safeguarding-lead" => self.model.is_panel && !team,
            _ => false,
        };
        let can = can && !self.model.relatives.contains_key(role);
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
        let is_asked = VOTERS.contains(&role) && !self.model.relatives.contains_key(role);
        let wanted = is_asked && !self.model.closed;
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
        let wanted = may && self.model.closed && !self.model.relatives.contains_key(role);
        assert_eq!(made.status == 201, wanted, "{role}: {}", made.text);
        if wanted {
            self.model.closed = false;
            self.model.acted = false;
            self.model.stamps.clear();
            self.model.moved();
        }
    }

    /// Somebody turns out to be a relative, or ceases to be one: then they are asked no more, and read nothing.
    fn relate(&mut self, role: &'static str) {
        let hr = self.case.caller("hr");
        if let Some(conflict) = self.model.relatives.remove(role) {
            let path = format!("/v1/conflicts/{conflict}");
            let tag = hr.get(&path).etag();
            hr.post_on(&format!("{path}/ending"), &tag, json!({"reason": "Another family."})).expect(200);
            return;
        }
        let place = &self.case.app.demo.trusts[self.case.trust].schools[0];
        let person = holder(self.case.app, self.case.trust, 0, role).0;
        let body =
            json!({"person_id": person, "pupil_id": place.pupils[self.pupil], "relationship": "relative"});
        self.model.relatives.insert(role, hr.post("/v1/conflicts", body).id());
    }

    /// What the record says agrees with what was acknowledged, and the DSL reads it.
    fn check(&self) {
        let view = self.case.view();
        assert_eq!(view["view"], "full");
        for role in self.model.relatives.keys() {
            assert_eq!(
                self.case.caller(role).get(&self.case.path()).status,
                404,
                "{role} is a relative, and reads"
            );
        }
        assert_eq!(view["state"] == "closed", self.model.closed, "{view}");
        assert_eq!(view["addenda"].as_array().unwrap().len(), self.model.addenda);
        assert_eq!(view["scrutiny"].as_array().unwrap().len(), self.model.stamps.len());
        let count = |part: &str| {
            let page = self.case.dsl.get(&format!("{}/{part}?limit=200", self.case.path())).expect(200);
            page["items"].as_array().unwrap().len()
        };
        assert_eq!(count("notes"), self.model.notes + self.model.addenda);
        assert_eq!(count("accounts"), 1 + self.model.accounts);
        assert_eq!(count("triages"), self.model.triages);
        assert_eq!(count("scrutiny"), self.model.stamped);
        assert_eq!(count("closures"), self.model.closures);
    }

    fn end(&mut self) {
        self.check();
        for role in RELATIVES
            .iter()
            .filter(|role| self.model.relatives.contains_key(**role))
            .copied()
            .collect::<Vec<_>>()
        {
            self.relate(role);
        }
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
        let rounds = whole_or_short(40, 2);
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha));
        let cases: Vec<[(usize, Case<'_>); 2]> = (0..rounds)
            .map(|n| [(0, 1 + n % 5), (1, 2 + n % 4)].map(|(trust, pupil)| (pupil, Case::raised(&app, trust, 0, pupil))))
            .collect();
        let panel = called(&app, 0, 0, today());
        for role in VOTERS.iter().chain(&["family-liaison"]) {
            attends(&app, 0, 0, &panel, role).expect(201);
        }
        hold(&app, 0, 0, &panel).expect(201);
        let mut closures = 0;
        for (pupil, case) in cases.into_iter().flatten() {
            let sequence = proptest::collection::vec(steps(), 45).new_tree(&mut runner).unwrap().current();
            let model = Model { is_panel: case.trust == 0, ..Model::default() };
            let mut run = Run { case, panel: panel.clone(), pupil, model };
            for step in &sequence {
                run.step(step);
                run.check();
            }
            run.end();
            closures += run.model.closures;
        }
        crate::say!("state machine: {closures} closures on {backend:?}");
        assert!(closures > rounds, "few came to be closed: what follows a closure was hardly tried");
    }
}
