//! The weekly panel itself.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_school_has_one_panel_a_week(backend) {
        let app = TestApp::start_demo(backend);
        let panel = called(&app, 0, 0, today());
        let dsl = as_role(&app, 0, 0, "dsl");
        let school = app.demo.trusts[0].schools[0].id;
        let again = dsl.post("/v1/panels", json!({"school_id": school, "meets_on": today()}));
        assert_eq!(again.problem(409), "already_exists");
        let next = called(&app, 0, 0, today().plus_days(7));
        let path = format!("/v1/panels/{next}");
        let tag = dsl.get(&path).etag();
        assert_eq!(dsl.patch(&path, &tag, json!({"meets_on": today()})).problem(409), "already_exists");
        let moved = dsl.patch(&path, &tag, json!({"meets_on": today().plus_days(14)})).expect(200);
        assert_eq!(moved["meets_on"], json!(today().plus_days(14)));
        assert_eq!(dsl.patch(&path, &tag, json!({"meets_on": today().plus_days(21)})).problem(412), "version_stale");
        let other = app.demo.trusts[0].schools[1].id;
        let refused = dsl.post("/v1/panels", json!({"school_id": other, "meets_on": today()}));
        assert_eq!(refused.broken(), "/school_id");
        let list = dsl.get("/v1/panels?held=false&count=true").expect(200);
        assert!(list["items"].as_array().unwrap().iter().any(|one| one["id"] == json!(panel)));
    }

    fn a_panel_is_held_once_on_its_day_with_somebody_there(backend) {
        let app = TestApp::start_demo(backend);
        let early = called(&app, 0, 0, today().plus_days(7));
        attends(&app, 0, 0, &early, "dsl").expect(201);
        assert_eq!(hold(&app, 0, 0, &early).problem(409), "state_conflict");
        let panel = called(&app, 0, 0, today());
        assert_eq!(hold(&app, 0, 0, &panel).problem(409), "state_conflict");
        attends(&app, 0, 0, &panel, "dsl").expect(201);
        assert_eq!(hold(&app, 0, 0, &panel).expect(201)["is_held"], true);
        assert_eq!(hold(&app, 0, 0, &panel).problem(409), "panel_held");
        let dsl = as_role(&app, 0, 0, "dsl");
        let path = format!("/v1/panels/{panel}");
        let tag = dsl.get(&path).etag();
        assert_eq!(dsl.patch(&path, &tag, json!({"meets_on": today()})).problem(409), "panel_held");
    }

    fn who_is_expected_follows_setting_and_appointments(backend) {
        let app = TestApp::start_demo(backend);
        for (trust, roles) in [(0, VOTERS.to_vec()), (1, vec!["dsl", "deputy-dsl"])] {
            let panel = called(&app, trust, 0, today());
            attends(&app, trust, 0, &panel, "dsl").expect(201);
            let view = as_role(&app, trust, 0, "dsl").get(&format!("/v1/panels/{panel}")).expect(200);
            let expected = view["expected"].as_array().unwrap();
            assert_eq!(expected.len(), roles.len());
            for role in roles {
                let one = expected.iter().find(|one| one["role"] == role).unwrap();
                assert_eq!(one["person_id"], json!(holder(&app, trust, 0, role).0));
                let there = if role == "dsl" { "present" } else { "not_recorded" };
                assert_eq!(one["attendance"], there, "{role}");
            }
        }
    }

    fn attendance_is_of_who_is_appointed_and_nobody_with_a_vote_is_taken_out(backend) {
        let app = TestApp::start_demo(backend);
        let panel = called(&app, 0, 0, today());
        let dsl = as_role(&app, 0, 0, "dsl");
        let path = format!("/v1/panels/{panel}");
        let put = |by: &Client, role: &str, person: &str, present: bool| {
            let person = holder(&app, 0, 0, person).0;
            let reason = (!present).then_some("Ill.");
            let body = json!({"person_id": person, "role": role, "present": present, "absence_reason": reason});
            on(&dsl, by, &path, "attendance", body)
        };
        assert_eq!(put(&dsl, "dsl", "staff", true).broken(), "/role");
        put(&dsl, "welfare-lap", "welfare-lap", true).expect(201);
        put(&dsl, "deputy-dsl", "deputy-dsl", true).expect(201);
        put(&dsl, "guest", "staff", true).expect(201);
        assert_eq!(put(&dsl, "welfare-lap", "welfare-lap", false).expect(201)["number"], 2);
        put(&dsl, "welfare-lap", "welfare-lap", true).expect(201);
        hold(&app, 0, 0, &panel).expect(201);
        assert_eq!(put(&dsl, "welfare-lap", "welfare-lap", false).problem(409), "panel_held");
        assert_eq!(put(&dsl, "guest", "welfare-lap", true).problem(409), "panel_held");
        let deputy = as_role(&app, 0, 0, "deputy-dsl");
        assert_eq!(put(&deputy, "deputy-dsl", "deputy-dsl", false).expect(201)["present"], false);
        put(&dsl, "headteacher", "headteacher", true).expect(201);
        let list = dsl.get(&format!("{path}/attendance")).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 4);
        let guest = list["items"].as_array().unwrap().iter().find(|one| one["role"] == "guest").unwrap();
        assert_eq!(guest["has_vote"], false);
    }

    fn who_has_answered_was_there(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.answer(&panel, "deputy-dsl", "disagree").expect(201);
        let person = holder(&app, 0, 0, "deputy-dsl").0;
        let body = json!({"person_id": person, "role": "deputy-dsl", "present": false, "absence_reason": "Ill."});
        let deputy = case.caller("deputy-dsl");
        let refused = on(&case.dsl, &deputy, &format!("/v1/panels/{panel}"), "attendance", body);
        assert_eq!(refused.problem(409), "panel_held");
    }

    fn the_agenda_is_what_stands_open(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = called(&app, 0, 0, today());
        attends(&app, 0, 0, &panel, "dsl").expect(201);
        let path = format!("/v1/panels/{panel}/agenda?limit=200&count=true");
        let items = || case.dsl.get(&path).expect(200);
        let before = items();
        hold(&app, 0, 0, &panel).expect(201);
        let later = Case::raised(&app, 0, 0, 2);
        let after = items();
        assert_eq!(before["count"], after["count"]);
        let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|one| one["concern_id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&before), ids(&after));
        assert!(ids(&after).contains(&json!(case.id)) && !ids(&after).contains(&json!(later.id)));
        let mine = after["items"].as_array().unwrap().iter().find(|one| one["concern_id"] == json!(case.id)).unwrap();
        assert_eq!((&mine["asked"], &mine["concern"]["state"]), (&json!(true), &json!("in_action")));
    }

    fn minutes_and_decisions_are_kept(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let path = format!("/v1/panels/{panel}");
        let put = |part: &str, body: Value| on(&case.dsl, &case.dsl, &path, part, body);
        put("minutes", json!({"text": "Lunch is quieter."})).expect(201);
        put("minutes", json!({"concern_id": case.id, "text": "His tutor sees him daily."})).expect(201);
        let owner = holder(&app, 0, 0, "headteacher").0;
        let trend = json!({"kind": "trend", "text": "Move the duty post.", "owner_id": owner, "due_on": "2026-12-01"});
        let decided = put("decisions", trend).id();
        let nobody = json!({"kind": "trend", "text": "x", "owner_id": case.id, "due_on": "2026-12-01"});
        assert_eq!(put("decisions", nobody).broken(), "/owner_id");
        let about = json!({"kind": "concern", "concern_id": case.id, "text": "Ring home.", "owner_id": owner, "due_on": "2026-12-01"});
        put("decisions", about).expect(201);
        let wrong = json!({"kind": "concern", "text": "x", "owner_id": owner, "due_on": "2026-12-01"});
        assert_eq!(put("decisions", wrong).broken(), "/concern_id");
        let elsewhere = Case::raised(&app, 0, 1, 1);
        assert_eq!(put("minutes", json!({"concern_id": elsewhere.id, "text": "x"})).broken(), "/concern_id");
        assert_eq!(told(&case.caller("headteacher"), "panel_decision_assigned", &decided), 1);
        case.caller("headteacher").get(&path).expect(200);
        let count = |role: &str, part: &str| {
            let page = case.caller(role).get(&format!("{path}/{part}")).expect(200);
            page["items"].as_array().unwrap().len()
        };
        assert_eq!((count("dsl", "minutes"), count("headteacher", "decisions")), (2, 2));
        assert_eq!((count("welfare-lap", "minutes"), count("welfare-lap", "decisions")), (1, 1));
    }

    fn an_attendee_hears_that_their_answer_is_asked(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let lap = case.caller("welfare-lap");
        assert!(tasks(&lap, &case.id).is_empty());
        case.answer(&panel, "dsl", "agree").expect(201);
        assert_eq!(told(&lap, "agreement_asked", &case.id), 1);
        assert_eq!(tasks(&lap, &case.id), ["panel_agreement"]);
        assert_eq!(lap.get(&case.path()).status, 404);
        let agenda = lap.get(&format!("/v1/panels/{panel}/agenda?limit=200")).expect(200);
        let mine = agenda["items"].as_array().unwrap().iter().find(|one| one["concern_id"] == json!(case.id)).unwrap();
        assert!(mine.get("concern").is_none());
        let body = json!({"concern_id": case.id, "concern_version": mine["concern_version"], "answer": "agree"});
        lap.post(&format!("/v1/panels/{panel}/agreements"), body).expect(201);
        assert!(tasks(&lap, &case.id).is_empty());
    }

    fn scrutiny_is_a_task_until_it_is_done(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let lead = case.caller("trust-safeguarding-lead");
        let asked = |caller: &Client| tasks(caller, &case.id).iter().any(|kind| kind == "concern_scrutiny");
        for caller in [&case.dsl, &case.caller("deputy-dsl"), &lead] {
            assert!(asked(caller));
        }
        assert!(!asked(&case.caller("headteacher")));
        case.stamp("deputy-dsl", "team").expect(201);
        assert!(!asked(&case.dsl));
        assert!(asked(&lead));
    }

    fn weeks_without_a_panel_are_listed_and_tell_nothing_else(backend) {
        let app = TestApp::start_demo(backend);
        let school = app.demo.trusts[0].schools[1].id;
        let year = json!({
            "start_year": 2024, "closed_days": [{"day": "2024-09-11", "kind": "inset"}],
            "half_terms": [
                {"number": 1, "starts_on": "2024-09-02", "ends_on": "2024-10-25"},
                {"number": 2, "starts_on": "2024-11-04", "ends_on": "2024-12-20"},
                {"number": 3, "starts_on": "2025-01-06", "ends_on": "2025-02-14"},
                {"number": 4, "starts_on": "2025-02-24", "ends_on": "2025-04-04"},
                {"number": 5, "starts_on": "2025-04-22", "ends_on": "2025-05-23"},
                {"number": 6, "starts_on": "2025-06-02", "ends_on": "2025-07-22"}
            ]
        });
        as_role(&app, 0, 0, "trust-admin").post("/v1/academic-years", year).expect(201);
        let panel = called(&app, 0, 1, Date::ymd(2024, 9, 12).unwrap());
        attends(&app, 0, 1, &panel, "dsl").expect(201);
        hold(&app, 0, 1, &panel).expect(201);
        let path = format!("/v1/panels/missed-weeks?school_id={school}&from=2024-09-02&to=2024-11-10&count=true");
        let weeks = as_role(&app, 0, 0, "trust-safeguarding-lead").get(&path).expect(200);
        let found: Vec<&str> =
            weeks["items"].as_array().unwrap().iter().map(|one| one["week_starts_on"].as_str().unwrap()).collect();
        let expected = ["2024-09-02", "2024-09-16", "2024-09-23", "2024-09-30", "2024-10-07", "2024-10-14", "2024-10-21", "2024-11-04"];
        assert_eq!(found, expected);
        assert_eq!(weeks["count"], 8);
        let first = as_role(&app, 0, 0, "trustee").get(&format!("{path}&limit=3")).expect(200);
        let next = first["next_cursor"].as_str().unwrap();
        let second = as_role(&app, 0, 0, "trustee").get(&format!("{path}&limit=3&cursor={next}")).expect(200);
        assert_eq!(second["items"][0]["week_starts_on"], "2024-09-30");
        assert_eq!(as_role(&app, 0, 0, "safeguarding-governor").get(&path).expect(200), json!({"items": [], "count": 0}));
        assert_eq!(as_role(&app, 0, 0, "governor").get(&path).status, 403);
    }

    fn a_trust_that_closes_by_statements_meets_each_week_too(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let panel = called(&app, 1, 0, today());
        attends(&app, 1, 0, &panel, "dsl").expect(201);
        let path = format!("/v1/panels/{panel}");
        let deputy = holder(&app, 1, 0, "deputy-dsl").0;
        let absent = json!({"person_id": deputy, "role": "deputy-dsl", "present": false, "absence_reason": "Ill."});
        on(&case.dsl, &case.dsl, &path, "attendance", absent).expect(201);
        hold(&app, 1, 0, &panel).expect(201);
        let view = case.dsl.get(&path).expect(200);
        let there: Vec<&Value> = view["expected"].as_array().unwrap().iter().map(|one| &one["attendance"]).collect();
        assert_eq!(there, [&json!("present"), &json!("absent")]);
        let agenda = case.dsl.get(&format!("{path}/agenda?limit=200")).expect(200);
        assert!(agenda["items"].as_array().unwrap().iter().any(|one| one["concern_id"] == json!(case.id)));
        on(&case.dsl, &case.dsl, &path, "minutes", json!({"text": "Lunch is quieter."})).expect(201);
        let trend = json!({"kind": "trend", "text": "Move the duty post.", "owner_id": deputy, "due_on": "2026-12-01"});
        on(&case.dsl, &case.dsl, &path, "decisions", trend).expect(201);
        let again = json!({"school_id": app.demo.trusts[1].schools[0].id, "meets_on": today()});
        assert_eq!(case.dsl.post("/v1/panels", again).problem(409), "already_exists");
        case.close_safely("dsl").expect(201);
    }
}
