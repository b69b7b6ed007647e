//! What is recorded in a case has an address, and tells those whom it concerns.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::db::schema::notifications;
use tutela::ids::Id;

use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

/// The DSL of a school of Trust A.
fn dsl_of(app: &DemoApp, school: usize) -> Client {
    let (person, claim) = app.demo.trusts[0].schools[school].holder("dsl").unwrap();
    app.person("trust-a", person, &[&claim])
}

/// A concern of the first school, and its tag.
fn concern(app: &DemoApp, dsl: &Client) -> (String, String) {
    let path = format!("/v1/concerns/{}", app.demo.trusts[0].schools[0].concerns[0]);
    let tag = dsl.get(&path).etag();
    (path, tag)
}

fn example(name: &str) -> Value {
    tutela::openapi::document()["components"]["schemas"][name]["example"].clone()
}

fn told(app: &DemoApp, person: Id) -> i64 {
    let trust = app.demo.trusts[0].id;
    let count = move |conn: &mut tutela::db::Conn| {
        let theirs = notifications::table
            .filter(notifications::trust_id.eq(trust))
            .filter(notifications::person_id.eq(person));
        Ok(theirs.count().get_result(conn)?)
    };
    app.services.db.read_now(Some(trust), count).unwrap()
}

on_both! {
    fn an_entrys_location_leads_to_the_entry(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = dsl_of(&app, 0);
        let (path, mut tag) = concern(&app, &dsl);
        let person = app.demo.trusts[0].schools[0].holder("headteacher").unwrap().0;
        for (part, body) in [
            ("notes", json!({"text": "Spoke with the tutor."})),
            ("actions", json!({"kind": "observe", "description": "Look at lunch."})),
            ("decisions", json!({"kind": "decision", "decision": "Watch.", "reason": "So.", "decided_at": "2025-01-15T15:00:00Z"})),
            ("shares", json!({"person_id": person, "kind": "share", "reason": "Works with him."})),
            ("triage", example("ConcernTriageCreate")),
        ] {
            let made = dsl.post_on(&format!("{path}/{part}"), &tag, body);
            let id = made.id();
            let location = made.header("location").to_owned();
            assert!(location.ends_with(&id), "{location}");
            assert_eq!(dsl.get(&location).expect(200), made.json());
            assert_eq!(dsl_of(&app, 1).get(&location).problem(404), "not_found");
            tag = made.etag();
        }
        let first = dsl.get(&format!("{path}/notes")).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let note = format!("{path}/notes/{first}");
        let corrected = dsl.post_on(&format!("{note}/corrections"), &tag, json!({"text": "Spoke with the head of year.", "reason": "Named the wrong person."}));
        assert_eq!((corrected.status, corrected.header("location")), (201, note.as_str()));
        assert_eq!(dsl.get(&note).expect(200)["number"], 2);
    }

    fn a_links_location_is_the_list(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = dsl_of(&app, 0);
        let (path, tag) = concern(&app, &dsl);
        let other = app.demo.trusts[0].schools[0].concerns[1];
        let made = dsl.post_on(&format!("{path}/links"), &tag, json!({"concern_id": other, "reason": "One family."}));
        assert_eq!((made.status, made.header("location")), (201, format!("{path}/links").as_str()));
        assert_eq!(dsl.get(made.header("location")).expect(200)["items"][0], made.json());
    }

    fn whoever_is_shut_out_is_told_nothing(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = dsl_of(&app, 0);
        let person = app.demo.trusts[0].schools[0].holder("headteacher").unwrap().0;
        let (path, tag) = concern(&app, &dsl);
        let before = told(&app, person);
        let share = |kind: &str| json!({"person_id": person, "kind": kind, "reason": "Works with him."});
        let first = dsl.post_on(&format!("{path}/shares"), &tag, share("share"));
        assert_eq!((first.status, told(&app, person)), (201, before + 1));
        let admin = app.as_role("trust-a", "trust-admin");
        admin.post("/v1/revocations", json!({"person_id": person, "reason": "Suspended."})).expect(201);
        let second = dsl.post_on(&format!("{path}/shares"), &first.etag(), share("assignment"));
        assert_eq!((second.problem(409), second.json()["errors"][0]["code"].as_str()), ("rule_broken".into(), Some("cannot_be_let_in")));
        let action = json!({"kind": "observe", "description": "Look.", "owner_id": person});
        let third = dsl.post_on(&format!("{path}/actions"), &first.etag(), action);
        assert_eq!((third.problem(409), third.broken()), ("rule_broken".into(), "/owner_id".into()));
        assert_eq!(told(&app, person), before + 1);
    }
}
