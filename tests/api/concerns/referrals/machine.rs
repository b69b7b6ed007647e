//! The state machine over HTTP: random sequences of what can become of a referral, each answer compared with a model that
//! knows nothing of the code.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::json;

use super::*;
use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::TestApp;

const STEPS: [&str; 4] = ["practitioner", "manager", "senior_manager", "safeguarding_partnership"];

#[derive(Clone, Debug)]
enum Act {
    Acknowledge {
        again: bool,
    },
    Chase,
    Decide,
    FeedBack {
        again: bool,
    },
    Withdraw,
    Challenge {
        step: usize,
        because: bool,
    },
    Answer {
        step: usize,
        again: bool,
    },
    Correct,
    /// The record of the decision is withdrawn.
    Undo,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => any::<bool>().prop_map(|again| Act::Acknowledge { again }),
        3 => Just(Act::Chase),
        1 => Just(Act::Decide),
        2 => any::<bool>().prop_map(|again| Act::FeedBack { again }),
        1 => Just(Act::Withdraw),
        4 => (0..4_usize, any::<bool>()).prop_map(|(step, because)| Act::Challenge { step, because }),
        2 => (0..4_usize, any::<bool>()).prop_map(|(step, again)| Act::Answer { step, again }),
        2 => Just(Act::Correct),
        1 => Just(Act::Undo),
    ]
}

#[derive(Default)]
struct Model {
    acknowledged: bool,
    decided: bool,
    fed_back: bool,
    withdrawn: bool,
    /// The steps that were taken, and whether each was answered.
    taken: Vec<(usize, bool)>,
    chases: usize,
    number: usize,
}

impl Model {
    /// Whether something is recorded; then it is.
    fn does(&mut self, act: &Act) -> bool {
        let next = self.taken.last().map_or(0, |(step, _)| step + 1);
        let fits = match act {
            Act::Undo => self.decided,
            Act::FeedBack { again } => self.fed_back == *again,
            _ if self.withdrawn => false,
            Act::Acknowledge { again } => self.acknowledged == *again,
            Act::Chase | Act::Decide | Act::Withdraw => !self.decided,
            Act::Challenge { step, because } => *step == next || (*step > next && *because),
            Act::Answer { step, again } => {
                self.taken.iter().any(|(taken, answered)| taken == step && answered == again)
            }
            Act::Correct => true,
        };
        if fits {
            match act {
                Act::Acknowledge { .. } => self.acknowledged = true,
                Act::Chase => self.chases += 1,
                Act::Decide => self.decided = true,
                Act::FeedBack { .. } => self.fed_back = true,
                Act::Withdraw => self.withdrawn = true,
                Act::Challenge { step, .. } => self.taken.push((*step, false)),
                Act::Answer { step, .. } => {
                    self.taken.iter_mut().filter(|(taken, _)| taken == step).for_each(|taken| taken.1 = true);
                }
                Act::Correct => self.number += 1,
                Act::Undo => self.decided = false,
            }
        }
        fits
    }

    fn state(&self) -> &'static str {
        match (self.withdrawn, self.decided, self.acknowledged) {
            (true, ..) => "withdrawn",
            (_, true, _) => "decided",
            (_, _, true) => "acknowledged",
            _ => "made",
        }
    }
}

fn send(case: &Case<'_>, referral: &Answer, decision: &str, act: &Act) -> Answer {
    let by = holder(case.app, case.trust, case.school, "dsl").0;
    let (part, mut body, again) = match act {
        Act::Acknowledge { again } => ("acknowledgement", acknowledged(2), *again),
        Act::Chase => ("chases", chased(case, 2), false),
        Act::Decide => ("decisions", json!({"external_decision_id": decision}), false),
        Act::FeedBack { again } => ("feedback", json!({"told_at": ago(1), "told_by_id": by}), *again),
        Act::Withdraw => ("withdrawal", json!({"withdrawn_at": ago(1), "reason": "So."}), false),
        Act::Challenge { step, because } => {
            let mut body = json!({
                "step": STEPS[*step], "raised_at": ago(2), "raised_by_id": by, "to_whom": "Desk", "said": "No."
            });
            if *because {
                body["skipped_because"] = json!("Nobody is there.");
            }
            ("challenges", body, false)
        }
        Act::Answer { step, again } => {
            let body = json!({"step": STEPS[*step], "answered_at": ago(1), "answer": "Yes."});
            ("challenge-answers", body, *again)
        }
        Act::Correct => {
            let mut body = asked(case, 5, json!({"correction_reason": "So."}));
            body.as_object_mut().unwrap().remove("pupil_ids");
            ("corrections", body, false)
        }
        Act::Undo => unreachable!("it is done to the pupil's record"),
    };
    if again {
        body["correction_reason"] = json!("Misheard.");
    }
    step(case, referral, part, body)
}

on_both! {
    fn a_referral_goes_as_the_model_says(backend) {
        let app = TestApp::start_demo(backend);
        let (runs, length) = (whole_or_short(30, 4), whole_or_short(40, 25));
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha));
        for _ in 0..runs {
            let case = Case::raised(&app, 0, 0, 3);
            let referral = refer(&case, 5);
            let mut decided = decision(&case, &pupil(&case), 3);
            let (mut model, mut done) = (Model::default(), Vec::new());
            for _ in 0..length {
                let act = acts().new_tree(&mut runner).unwrap().current();
                done.push(act.clone());
                if matches!(act, Act::Undo) {
                    if model.does(&act) {
                        undo(&case, &pupil(&case), &decided);
                        decided = decision(&case, &pupil(&case), 3);
                    }
                } else {
                    let answer = send(&case, &referral, &decided, &act);
                    assert_eq!(answer.status == 201, model.does(&act), "{done:?}: {}", answer.text);
                    assert!(matches!(answer.status, 201 | 409), "{}", answer.text);
                }
                let shown = case.dsl.get(referral.header("location")).expect(200);
                assert_eq!(shown["state"], model.state(), "{done:?}");
                let count = |name: &str| shown[name].as_array().unwrap().len();
                assert_eq!((count("chases"), count("challenges")), (model.chases, model.taken.len()), "{done:?}");
                assert_eq!(shown["number"], model.number + 1);
                assert_eq!(shown["feedback"].is_object(), model.fed_back);
            }
        }
    }
}
