//! Minutes, decisions and attendance are corrected by new versions; the ones before are kept.

use serde_json::{Value, json};

use super::{Case, VOTERS, as_role, called, held, holder, on, today, told};
use crate::on_both;
use crate::support::{Client, TestApp};

fn versions(reader: &Client, path: &str) -> Vec<Value> {
    reader.get(&format!("{path}/versions?count=true")).expect(200)["items"].as_array().unwrap().clone()
}

fn numbers(versions: &[Value]) -> Vec<i64> {
    versions.iter().map(|one| one["number"].as_i64().unwrap()).collect()
}

on_both! {
    fn minutes_are_corrected_in_versions(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = format!("/v1/panels/{}", held(&app, 0, 0, &VOTERS));
        let made = on(&case.dsl, &case.dsl, &panel, "minutes", json!({"concern_id": case.id, "text": "His tutor sees him."}));
        let path = made.header("location").to_owned();
        let before = case.dsl.get(&path).expect(200)["recorded_at"].clone();
        let correct = |caller: &Client| {
            let tag = case.dsl.get(&panel).etag();
            caller.post_on(&format!("{path}/corrections"), &tag, json!({"text": "x", "reason": "x"}))
        };
        // Who does not see the concern finds no entry about it, and who only reads panels corrects nothing.
        case.caller("welfare-lap").get(&path).problem(404);
        case.caller("welfare-lap").get(&format!("{path}/versions")).problem(404);
        assert_eq!(correct(&case.caller("headteacher")).status, 403);
        assert_eq!(correct(&as_role(&app, 0, 1, "dsl")).status, 404);
        case.dsl.post_on(&format!("{path}/corrections"), "\"1\"", json!({"text": "x", "reason": "x"})).problem(412);
        case.dsl.post(&format!("{path}/corrections"), json!({"text": "x", "reason": "x"})).problem(428);
        let tag = case.dsl.get(&panel).etag();
        let body = json!({"text": "His form tutor sees him.", "reason": "Said whose tutor."});
        let headers = [("Content-Type", "application/json"), ("If-Match", tag.as_str()), ("Idempotency-Key", "\"correct-once\"")];
        let send = || case.dsl.send("POST", &format!("{path}/corrections"), &headers, Some(body.to_string().as_bytes()));
        assert_eq!(send().expect(201), send().expect(201));
        let all = versions(&case.caller("headteacher"), &path);
        assert_eq!(numbers(&all), [1, 2]);
        assert_eq!((&all[0]["text"], &all[1]["correction_reason"]), (&json!("His tutor sees him."), &json!("Said whose tutor.")));
        let list = |query: &str| case.dsl.get(&format!("{panel}/minutes{query}")).expect(200)["items"].clone();
        assert_eq!((list("").as_array().unwrap().len(), &list("")[0]["number"]), (1, &json!(2)));
        let then = format!("?as_of={}", before.as_str().unwrap());
        assert_eq!(list(&then)[0]["text"], "His tutor sees him.");
        let record = panel.rsplit('/').next().unwrap();
        let entries = case.dsl.get(&format!("/v1/audit/entries?record_id={record}&limit=200")).expect(200).to_string();
        assert!(entries.contains("panel.minutes-corrected"), "{entries}");
    }

    fn decisions_are_corrected_in_versions(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = format!("/v1/panels/{}", held(&app, 0, 0, &VOTERS));
        let (head, teacher) = (holder(&app, 0, 0, "headteacher").0, holder(&app, 0, 0, "staff").0);
        let body = json!({"kind": "trend", "text": "Move the post.", "owner_id": head, "due_on": "2026-12-01"});
        let made = on(&case.dsl, &case.dsl, &panel, "decisions", body);
        let (path, id) = (made.header("location").to_owned(), made.id());
        let body = json!({"text": "Move both posts.", "owner_id": teacher, "due_on": "2026-12-08", "reason": "There are two."});
        let view = on(&case.dsl, &case.dsl, &path, "corrections", body).expect(201);
        assert_eq!((&view["number"], &view["owner_id"], &view["due_on"]), (&json!(2), &json!(teacher), &json!("2026-12-08")));
        let all = versions(&case.dsl, &path);
        assert_eq!((numbers(&all), &all[0]["text"]), (vec![1, 2], &json!("Move the post.")));
        assert_eq!(told(&case.caller("staff"), "panel_decision_assigned", &id), 1);
        case.caller("staff").get(&path).expect(200);
        let wrong = json!({"text": "x", "owner_id": case.id, "due_on": "2026-12-08", "reason": "x"});
        assert_eq!(on(&case.dsl, &case.dsl, &path, "corrections", wrong).broken(), "/owner_id");
        // A correction after the end leaves the end as it is.
        on(&case.dsl, &case.dsl, &path, "outcome", json!({"done_on": today(), "outcome": "Moved."})).expect(201);
        let body = json!({"text": "Move all posts.", "owner_id": teacher, "due_on": "2026-12-08", "reason": "Three."});
        let view = on(&case.dsl, &case.dsl, &path, "corrections", body).expect(201);
        assert_eq!((&view["number"], &view["state"], &view["outcome"]), (&json!(4), &json!("done"), &json!("Moved.")));
    }

    fn attendance_is_corrected_in_versions(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = format!("/v1/panels/{}", called(&app, 0, 0, today()));
        let put = |body: Value| on(&case.dsl, &case.dsl, &panel, "attendance", body);
        put(json!({"person_id": holder(&app, 0, 0, "dsl").0, "role": "dsl", "present": true})).expect(201);
        let lap = holder(&app, 0, 0, "welfare-lap").0;
        let absent = json!({"person_id": lap, "role": "welfare-lap", "present": false, "absence_reason": "Ill."});
        let path = put(absent).header("location").to_owned();
        let correct = |path: &str, body: Value| on_panel(&case.dsl, &panel, path, body);
        let reason = json!({"role": "welfare-lap", "present": false, "absence_reason": "At the dentist.", "reason": "Not ill."});
        let view = correct(&path, reason).expect(201);
        assert_eq!((&view["number"], &view["absence_reason"]), (&json!(2), &json!("At the dentist.")));
        let all = versions(&case.dsl, &path);
        assert_eq!((numbers(&all), &all[0]["absence_reason"], &all[1]["correction_reason"]), (vec![1, 2], &json!("Ill."), &json!("Not ill.")));
        let missing = json!({"role": "welfare-lap", "present": false, "reason": "x"});
        assert_eq!(correct(&path, missing).broken(), "/absence_reason");
        let wrong = json!({"role": "headteacher", "present": true, "reason": "x"});
        assert_eq!(correct(&path, wrong).broken(), "/role");
        // Somebody from outside has a name to correct, and stays a guest.
        let guest = put(json!({"guest": {"name": "Robin Exmple"}, "role": "guest", "present": true})).header("location").to_owned();
        let named = json!({"guest": {"name": "Robin Example"}, "role": "guest", "present": true, "reason": "Spelling."});
        assert_eq!(correct(&guest, named.clone()).expect(201)["guest"]["name"], "Robin Example");
        assert_eq!(correct(&path, named).broken(), "/guest");
        // Once it was held, a correction takes nobody with a vote out of it.
        on(&case.dsl, &case.dsl, &panel, "holding", json!({})).expect(201);
        let dsl = case.dsl.get(&format!("{panel}/attendance")).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let out = json!({"role": "guest", "present": true, "reason": "x"});
        assert_eq!(correct(&format!("{panel}/attendance/{dsl}"), out).problem(409), "panel_held");
        // What was why is not for every attendee.
        let seen = case.caller("welfare-lap").get(&panel);
        assert_eq!(seen.status, 404, "who did not come reads no panel: {}", seen.text);
    }
}

/// A correction of an entry, judged by the panel's version.
fn on_panel(dsl: &Client, panel: &str, entry: &str, body: Value) -> crate::support::Answer {
    let tag = dsl.get(panel).etag();
    dsl.post_on(&format!("{entry}/corrections"), &tag, body)
}
