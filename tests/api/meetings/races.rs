//! What happens at the same moment, on two nodes: one outcome, and a true one.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::races::together;
use crate::support::TestApp;

/// A caller of another node.
fn elsewhere(app: &DemoApp, node: &TestApp, role: &str) -> Client {
    as_role(app, 0, 0, role).at(node.base())
}

fn closure(panel: &str) -> Value {
    json!({"panel_id": panel, "outcome": "Settled.", "closure_rationale": "Nothing is left to do."})
}

on_both! {
    fn of_two_who_close_at_once_one_does(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let panel = called(&app, 0, 0, today());
        for role in VOTERS {
            attends(&app, 0, 0, &panel, role).expect(201);
        }
        let cases: Vec<Case<'_>> = (1..6).map(|pupil| Case::worked(&app, 0, 0, pupil)).collect();
        hold(&app, 0, 0, &panel).expect(201);
        for case in &cases {
            case.agree(&panel, &VOTERS);
            let tag = case.dsl.get(&case.path()).etag();
            let path = format!("{}/closure", case.path());
            let deputy = elsewhere(&app, &node, "deputy-dsl");
            let (a, b) = together(
                || case.dsl.post_on(&path, &tag, closure(&panel)),
                || deputy.post_on(&path, &tag, closure(&panel)),
            );
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 412], "{} {}", a.text, b.text);
            let closures = case.dsl.get(&format!("{}/closures", case.path())).expect(200);
            assert_eq!(closures["items"].as_array().unwrap().len(), 1);
        }
    }

    fn a_disagreement_comes_before_the_closure_and_counts_or_after_it_and_is_refused(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let panel = called(&app, 0, 0, today());
        for role in VOTERS {
            attends(&app, 0, 0, &panel, role).expect(201);
        }
        let cases: Vec<Case<'_>> = (0..12).map(|n| Case::worked(&app, 0, 0, 1 + n % 5)).collect();
        hold(&app, 0, 0, &panel).expect(201);
        let lap = elsewhere(&app, &node, "welfare-lap");
        for case in &cases {
            case.agree(&panel, &VOTERS);
            let tag = case.dsl.get(&case.path()).etag();
            let seen: i64 = crate::support::version_of(&tag);
            let path = format!("{}/closure", case.path());
            let disagrees = json!({"concern_id": case.id, "concern_version": seen, "answer": "disagree"});
            let (closed, answered) = together(
                || case.dsl.post_on(&path, &tag, closure(&panel)),
                || lap.post(&format!("/v1/panels/{panel}/agreements"), disagrees),
            );
            let state = case.view()["state"].clone();
            match (closed.status, answered.status) {
                (201, 409) => {
                    assert_eq!(answered.problem(409), "concern_closed");
                    assert_eq!(state, "closed");
                }
                (409, 201) => {
                    assert_eq!(closed.problem(409), "panel_not_unanimous");
                    assert_eq!(state, "in_action");
                }
                (412, 201) => assert_eq!(state, "in_action"),
                other => panic!("{other:?} {} {}", closed.text, answered.text),
            }
        }
    }

    fn what_a_reporter_adds_while_it_is_closed_is_kept_and_shown(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let cases: Vec<Case<'_>> = (0..12).map(|n| Case::worked(&app, 1, 0, 2 + n % 4)).collect();
        let reporter = as_role(&app, 1, 0, "staff").at(node.base());
        for case in &cases {
            let tag = case.dsl.get(&case.path()).etag();
            let body = json!({"outcome": "Settled.", "safety_statement": "He is safe."});
            let (closed, added) = together(
                || case.dsl.post_on(&format!("{}/closure", case.path()), &tag, body),
                || reporter.post(&format!("{}/addenda", case.path()), json!({"text": "He says more."})),
            );
            added.expect(201);
            let view = case.view();
            assert_eq!(view["addenda"][0]["text"], "He says more.");
            match closed.status {
                201 => {
                    assert_eq!((&view["state"], &view["added_since_closure"]), (&json!("closed"), &json!(true)));
                }
                412 => assert_eq!(view["state"], "in_action"),
                other => panic!("{other} {}", closed.text),
            }
        }
    }

    fn who_comes_in_late_is_asked_before_it_is_closed(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        for pupil in 1..4 {
            let school = pupil % 3;
            let case = Case::worked(&app, 0, school, pupil);
            let panel = held(&app, 0, school, &["dsl", "trust-safeguarding-lead"]);
            case.agree(&panel, &["dsl", "trust-safeguarding-lead"]);
            let tag = case.dsl.get(&case.path()).etag();
            let path = format!("/v1/panels/{panel}");
            let panel_tag = case.dsl.get(&path).etag();
            let head = holder(&app, 0, school, "headteacher").0;
            let late = json!({"person_id": head, "role": "headteacher", "present": true});
            let lead = elsewhere(&app, &node, "trust-safeguarding-lead");
            let (closed, came) = together(
                || case.dsl.post_on(&format!("{}/closure", case.path()), &tag, closure(&panel)),
                || lead.post_on(&format!("{path}/attendance"), &panel_tag, late),
            );
            came.expect(201);
            match closed.status {
                201 => assert_eq!(case.view()["state"], "closed"),
                409 => assert_eq!(closed.problem(409), "agreement_missing"),
                other => panic!("{other} {}", closed.text),
            }
        }
    }

    fn one_panel_a_week_whoever_calls_it(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let school = app.demo.trusts[0].schools[0].id;
        let deputy = elsewhere(&app, &node, "deputy-dsl");
        let dsl = as_role(&app, 0, 0, "dsl");
        for week in 1..6 {
            let body = json!({"school_id": school, "meets_on": today().plus_days(7 * week)});
            let (a, b) = together(|| dsl.post("/v1/panels", body.clone()), || deputy.post("/v1/panels", body.clone()));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} {}", a.text, b.text);
        }
    }

    fn of_two_statements_at_once_one_closes(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let deputy = as_role(&app, 1, 0, "deputy-dsl").at(node.base());
        for n in 0..5 {
            let case = Case::worked(&app, 1, 0, 2 + n % 4);
            let (tag, path) = (case.dsl.get(&case.path()).etag(), format!("{}/closure", case.path()));
            let body = |why: &str| json!({"outcome": "Settled.", "safety_statement": why});
            let (a, b) = together(
                || case.dsl.post_on(&path, &tag, body("He is safe.")),
                || deputy.post_on(&path, &tag, body("His mother says so.")),
            );
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 412], "{} {}", a.text, b.text);
            let closures = case.dsl.get(&format!("{}/closures", case.path())).expect(200);
            assert_eq!(closures["items"].as_array().unwrap().len(), 1);
            assert_eq!(told(&case.caller("staff"), "concern_closed", &case.id), 1);
        }
    }

    fn a_required_action_comes_before_the_closure_and_counts_or_finds_it_closed(backend) {
        let app = TestApp::start_demo(backend);
        let node = app.second_node();
        let deputy = as_role(&app, 1, 0, "deputy-dsl").at(node.base());
        for n in 0..6 {
            let case = Case::worked(&app, 1, 0, 2 + n % 4);
            let (tag, path) = (case.dsl.get(&case.path()).etag(), case.path());
            let statement = json!({"outcome": "Settled.", "safety_statement": "He is safe."});
            let action = json!({"kind": "observe", "description": "Watch.", "is_required": true});
            let (closed, acted) = together(
                || case.dsl.post_on(&format!("{path}/closure"), &tag, statement),
                || deputy.post_on(&format!("{path}/actions"), &tag, action),
            );
            let state = case.view()["state"].clone();
            match (closed.status, acted.status) {
                (201, 412 | 409) => assert_eq!(state, "closed"),
                (412 | 409, 201) => assert_eq!(state, "in_action"),
                other => panic!("{other:?} {} {}", closed.text, acted.text),
            }
        }
    }
}
