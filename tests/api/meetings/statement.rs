//! Closure by a safety statement of a DSL (B-53).

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_dsl_who_says_why_the_child_is_safe_closes(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let closed = case.close_safely("dsl").expect(201);
        assert_eq!((&closed["way"], closed.get("panel_id")), (&json!("safety_statement"), None));
        assert_eq!(case.view()["closure"]["safety_statement"], "He says that he is safe.");
        assert_eq!(case.close_safely("dsl").problem(409), "already_closed");
        assert_eq!(case.note().problem(409), "concern_closed");
        assert_eq!(told(&case.caller("staff"), "concern_closed", &case.id), 1);
        assert_eq!(told(&case.caller("deputy-dsl"), "concern_closed", &case.id), 1);
    }

    fn what_was_done_before_it_was_reopened_closes_nothing_after(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let level = json!({"severity": "same_day", "monitor": true, "parent_informed": "yes"});
        case.record("triage", level).expect(201);
        case.close_safely("dsl").expect(201);
        let before = app.services.clock.now().to_string();
        app.services.clock.advance(60);
        case.reopen().expect(201);
        let view = case.view();
        assert_eq!((&view["state"], view.get("severity")), (&json!("submitted"), None), "{view}");
        let then = case.dsl.get(&format!("{}?as_of={before}", case.path())).expect(200);
        assert_eq!((&then["state"], &then["severity"]), (&json!("closed"), &json!("same_day")));
        let tasks = tasks(&case.dsl, &case.id);
        assert!(tasks.contains(&"concern_untriaged".to_owned()), "{tasks:?}");
        case.stamp("dsl", "team").expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "no_action_or_reason");
        // A comma in what was done before is not something that was done.
        let old = case.dsl.get(&format!("{}/actions", case.path())).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let comma = json!({"kind": "observe", "description": "Watch, him.", "is_required": false, "reason": "A comma."});
        case.record(&format!("actions/{old}/corrections"), comma).expect(201);
        case.record(&format!("actions/{old}/outcome"), json!({"done_on": "2025-01-15", "outcome": "Watched."})).expect(201);
        assert_eq!(case.view()["state"], "submitted");
        assert_eq!(case.close_safely("dsl").problem(409), "no_action_or_reason");
        case.act(false).expect(201);
        case.close_safely("dsl").expect(201);
    }

    fn the_statement_is_asked_for_and_a_panel_is_not(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let without = case.record("closure", json!({"outcome": "Settled."}));
        assert_eq!(without.problem(409), "safety_statement_required");
        let panel = called(&app, 1, 0, today());
        let body = json!({"outcome": "Settled.", "safety_statement": "Safe.", "panel_id": panel});
        assert_eq!(case.record("closure", body).broken(), "/panel_id");
    }

    fn the_dsl_team_scrutinises(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 1, 0, 2);
        case.act(false).expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "scrutiny_incomplete");
        assert_eq!(case.stamp("trust-safeguarding-lead", "trust_lead").status, 403);
        case.stamp("deputy-dsl", "team").expect(201);
        case.close_safely("deputy-dsl").expect(201);
    }

    fn the_work_is_done_first(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 1, 0, 2);
        case.stamp("dsl", "team").expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "no_action_or_reason");
        let action = case.act(true).id();
        assert_eq!(case.close_safely("dsl").problem(409), "required_action_open");
        let done = json!({"done_on": "2025-01-15", "outcome": "Done."});
        case.record(&format!("actions/{action}/outcome"), done).expect(201);
        case.close_safely("dsl").expect(201);
    }

    fn no_age_closes_and_nobody_but_a_dsl(backend) {
        let app = TestApp::start_demo(backend);
        let admin = as_role(&app, 1, 0, "trust-admin");
        let tag = admin.get("/v1/trust").etag();
        admin.patch("/v1/trust", &tag, json!({"trust_lead_column": "casework"})).expect(200);
        let case = Case::worked(&app, 1, 0, 2);
        assert_eq!(case.close_safely("trust-safeguarding-lead").problem(409), "dsl_required");
        for role in ["headteacher", "staff", "welfare-lap", "ceo"] {
            assert_eq!(case.close_safely(role).status, 403, "{role}");
        }
        assert_eq!(case.view()["state"], "in_action");
    }

    fn a_reopened_concern_is_scrutinised_anew(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        case.close_safely("dsl").expect(201);
        let head = case.caller("headteacher");
        on(&case.dsl, &head, &case.path(), "reopening", json!({"reason": "Not over."})).expect(201);
        case.act(false).expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "scrutiny_incomplete");
        case.stamp("dsl", "team").expect(201);
        case.close_safely("dsl").expect(201);
    }

    fn settings_that_contradict_each_other_are_refused(backend) {
        let app = TestApp::start_demo(backend);
        let admin = as_role(&app, 1, 0, "trust-admin");
        let patch = |body| {
            let tag = admin.get("/v1/trust").etag();
            admin.patch("/v1/trust", &tag, body)
        };
        for (setting, value) in [
            ("closure_rule", "unanimous_panel"),
            ("scrutiny", "team_and_trust_lead"),
            ("panel_expected", "academy_team_and_trust_lead"),
        ] {
            let refused = patch(json!({(setting): value}));
            assert_eq!((refused.problem(422), refused.expect(422)["errors"][0]["pointer"].clone()), ("settings_conflict".to_owned(), json!(format!("/{setting}"))));
        }
        let both = json!({"scrutiny": "team_and_trust_lead", "trust_lead_column": "casework"});
        assert_eq!(patch(both).expect(200)["scrutiny"], "team_and_trust_lead");
        assert_eq!(patch(json!({"trust_lead_column": "aggregate"})).problem(422), "settings_conflict");
    }

    fn an_as_of_before_the_closure_shows_it_open(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let before = Clock::System.now();
        case.close_safely("dsl").expect(201);
        let closed = Clock::System.now();
        case.reopen().expect(201);
        let at = |at| case.dsl.get(&format!("{}?as_of={at}", case.path())).expect(200);
        let (first, second) = (at(before), at(closed));
        assert_eq!((&first["state"], first.get("closure")), (&json!("in_action"), None));
        assert_eq!((&second["state"], &second["round"]), (&json!("closed"), &json!(1)));
        assert!(second["closure"].get("reopening").is_none());
    }

    fn what_is_the_authoritys_waits_for_its_decision(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let pupil = format!("/v1/pupils/{}", app.demo.trusts[1].schools[0].pupils[2]);
        let decide = |day: Value, outcome: &str| {
            let body = json!({
                "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
                "decided_on": day, "outcome": outcome, "level": "L3"
            });
            case.dsl.post(&format!("{pupil}/external-decisions"), body).id()
        };
        let began = decide(json!("2026-01-12"), "begins");
        let status = json!({"kind": "child_in_need", "starts_on": "2026-01-12", "external_decision_id": began});
        case.dsl.post(&format!("{pupil}/statuses"), status).expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "external_decision_required");
        decide(json!(today()), "continues");
        case.close_safely("dsl").expect(201);
    }

    fn the_reason_for_no_action_is_enough(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 1, 0, 2);
        case.stamp("dsl", "team").expect(201);
        assert_eq!(case.close_safely("dsl").problem(409), "no_action_or_reason");
        let none = json!({"kind": "no_action", "decision": "None.", "reason": "A game.", "decided_at": "2025-01-15T15:00:00Z"});
        case.record("decisions", none).expect(201);
        case.close_safely("dsl").expect(201);
    }

    fn what_is_nobodys_or_another_childs_holds_nothing_up(backend) {
        let app = TestApp::start_demo(backend);
        let place = &app.demo.trusts[1].schools[0];
        let dsl = as_role(&app, 1, 0, "dsl");
        let status = |pupil: usize, body: Value| dsl.post(&format!("/v1/pupils/{}/statuses", place.pupils[pupil]), body);
        let decision = json!({
            "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
            "decided_on": "2026-01-12", "outcome": "begins", "level": "L3"
        });
        let decision = dsl.post(&format!("/v1/pupils/{}/external-decisions", place.pupils[3]), decision).id();
        status(3, json!({"kind": "child_in_need", "starts_on": "2026-01-12", "external_decision_id": decision})).expect(201);
        status(2, json!({"kind": "young_carer", "starts_on": "2026-01-12"})).expect(201);
        let raise = |other: &str| {
            let pupils = json!([{"pupil_id": place.pupils[2], "role": "subject"}, {"pupil_id": place.pupils[3], "role": other}]);
            let body = json!({
                "school_id": place.id, "pupils": pupils, "place": "classroom", "time_slot": "lesson",
                "source": "observation", "reporter": {"kind": "self"}, "summary": "Would not take off his coat."
            });
            let id = as_role(&app, 1, 0, "staff").post("/v1/concerns", body).id();
            let case = Case { app: &app, trust: 1, school: 0, id, dsl: as_role(&app, 1, 0, "dsl") };
            case.act(false).expect(201);
            case.stamp("dsl", "team").expect(201);
            case
        };
        raise("witness").close_safely("dsl").expect(201);
        assert_eq!(raise("victim").close_safely("dsl").problem(409), "external_decision_required");
    }
}
