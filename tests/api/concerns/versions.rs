//! Every version of what a case holds can be read: who recorded it and when, when it happened, why it was corrected.

use serde_json::{Value, json};

use crate::meetings::{Case, as_role, on};
use crate::on_both;
use crate::support::{Client, TestApp};

/// The items of a list.
fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

/// One field of each item.
fn each<'a>(items: &'a [Value], field: &str) -> Vec<&'a Value> {
    items.iter().map(|item| &item[field]).collect()
}

on_both! {
    fn every_version_of_an_entry_is_listed(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let decided = "2025-01-15T15:00:00Z";
        for (part, first, second, reason) in [
            ("notes", json!({"text": "One.", "happened_at": decided}), json!({"text": "Two.", "reason": "Misheard."}), "Misheard."),
            ("actions", json!({"kind": "observe", "description": "One."}), json!({"kind": "observe", "description": "Two.", "reason": "Too little."}), "Too little."),
            ("decisions", json!({"kind": "decision", "decision": "One.", "reason": "So.", "decided_at": decided}),
             json!({"kind": "decision", "decision": "Two.", "reason": "So.", "decided_at": decided, "correction_reason": "Slip."}), "Slip."),
        ] {
            let made = case.record(part, first);
            let one = made.header("location").to_owned();
            let id = made.id();
            let corrected = on(&case.dsl, &app.as_role_at(0, "deputy-dsl"), &case.path(), &format!("{part}/{id}/corrections"), second);
            let versions = format!("{one}/versions");
            let all = items(&case.dsl, &versions);
            assert_eq!(all, [made.json(), corrected.json()], "{part}");
            assert_eq!(each(&all, "number"), [1, 2]);
            assert_eq!((&all[0]["correction_reason"], &all[1]["correction_reason"]), (&json!(null), &json!(reason)));
            assert_ne!(all[0]["author_id"], all[1]["author_id"]);
            let known = all[0]["recorded_at"].as_str().unwrap();
            assert_eq!(items(&case.dsl, &format!("{versions}?as_of={known}")), all[..1]);
            let page = case.dsl.get(&format!("{versions}?limit=1&count=true")).expect(200);
            assert_eq!((page["count"].as_i64(), &page["items"][0]), (Some(2), &all[0]));
            let next = format!("{versions}?limit=1&count=true&cursor={}", page["next_cursor"].as_str().unwrap());
            let page = case.dsl.get(&next).expect(200);
            assert_eq!((&page["items"][0], &page["next_cursor"]), (&all[1], &json!(null)));
            assert_eq!(items(&case.dsl, &format!("{}/{part}", case.path())).len(), 1);
        }
    }

    fn every_account_is_listed(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let correction = json!({"summary": "Would not take off his shoes.", "reason": "It was the shoes."});
        case.record("corrections", correction).expect(201);
        let path = format!("{}/accounts", case.path());
        let all = items(&case.dsl, &path);
        assert_eq!(each(&all, "number"), [1, 2]);
        assert_eq!(each(&all, "summary"), ["Would not take off his coat.", "Would not take off his shoes."]);
        assert_eq!(all[1]["correction_reason"], "It was the shoes.");
        assert_eq!(all[1], case.view()["account"]);
        let known = all[0]["recorded_at"].as_str().unwrap();
        assert_eq!(items(&case.dsl, &format!("{path}?as_of={known}")), all[..1]);
        assert!(items(&case.dsl, &format!("{path}?as_of=2020-01-01T00:00:00Z")).is_empty());
        let page = case.dsl.get(&format!("{path}?limit=1&count=true")).expect(200);
        assert_eq!((page["count"].as_i64(), &page["items"][0]), (Some(2), &all[0]));
        let next = format!("{path}?limit=1&count=true&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(case.dsl.get(&next).expect(200)["items"][0], all[1]);
    }

    fn versions_are_for_those_who_read_the_whole_case(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let note = case.note().header("location").to_owned();
        let nobody = format!("{}/notes/0192f0c1-8a2b-7c3d-9e4f-0123456789ab/versions", case.path());
        for (school, role) in [(0, "staff"), (1, "dsl"), (0, "welfare-lap")] {
            let caller = as_role(&app, 0, school, role);
            for path in [format!("{note}/versions"), format!("{}/accounts", case.path())] {
                assert_eq!(caller.get(&path).problem(404), "not_found", "{role}");
            }
        }
        assert_eq!(case.dsl.get(&nobody).problem(404), "not_found");
        let other = Case::raised(&app, 0, 0, 2);
        let elsewhere = note.replace(&case.id, &other.id);
        assert_eq!(case.dsl.get(&format!("{elsewhere}/versions")).problem(404), "not_found");
        items(&case.dsl, &format!("{note}/versions"));
        let seen = case.dsl.get(&format!("/v1/audit/entries?class=concern_note&record_id={}", case.id)).expect(200);
        assert_eq!(seen["items"][0]["outcome"], "done");
    }

    fn a_protected_reporter_is_named_in_no_version(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let changes = json!({"reporter": {"kind": "self", "protect_identity": true}});
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", crate::need_to_know::raising(school, changes)).id();
        let dsl = app.as_role_at(0, "dsl");
        let share = json!({"person_id": school.staff["welfare-lap"], "kind": "share", "reason": "Watches."});
        crate::need_to_know::work(&dsl, &concern, "shares", share).expect(201);
        let path = format!("/v1/concerns/{concern}/accounts");
        assert!(items(&dsl, &path)[0]["author_id"].is_string());
        let shown = app.as_role_at(0, "welfare-lap").get(&path);
        assert!(!shown.text.contains(&school.staff["staff"].to_string()), "{}", shown.text);
        assert_eq!(shown.expect(200)["items"][0]["number"], 1);
    }
}
