//! Need to know, over HTTP: who is let in, who is told, what the log says of it. Trust B uses its lead for aggregates.

mod always;
mod dates;
mod glass;
mod log;
mod many;
mod placements;
mod readers;
mod restricted;
mod shares;
mod support;
mod worlds;

use serde_json::{Value, json};
use tutela::demo::{DemoSchool, DemoTrust};
use tutela::ids::Id;

use crate::support::{Client, DemoApp};

/// Trust B, whose lead does not work cases.
pub fn trust_b(app: &DemoApp) -> &'static DemoTrust {
    &app.demo.trusts[1]
}

/// Who holds a role at a school of Trust B.
pub fn at(app: &DemoApp, school: usize, role: &str) -> Client {
    let school = &trust_b(app).schools[school];
    let (person, claim) = school.holder(role).unwrap();
    app.person("trust-b", person, &[&claim])
}

/// A concern about a pupil of a school, with changes to what is sent.
pub fn raising(school: &DemoSchool, changes: Value) -> Value {
    let mut body = json!({
        "school_id": school.id, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Quiet all week."
    });
    body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    body
}

/// Records something in a concern.
pub fn work(client: &Client, concern: &str, part: &str, body: Value) -> crate::support::Answer {
    let path = format!("/v1/concerns/{concern}");
    let tag = client.get(&path).etag();
    client.post_on(&format!("{path}/{part}"), &tag, body)
}

/// Ends a person's appointment to a role yesterday or earlier.
fn dismiss(app: &DemoApp, person: Id, role: &str) {
    let admin = app.as_role("trust-b", "trust-admin");
    let found = admin.get(&format!("/v1/appointments?person_id={person}&role={role}")).expect(200);
    let path = format!("/v1/appointments/{}", found["items"][0]["id"].as_str().unwrap());
    let tag = admin.get(&path).etag();
    admin.patch(&path, &tag, json!({"ends_on": "2024-12-20"})).expect(200);
}

/// How many notifications of a kind about a record a caller has.
pub fn told(client: &Client, kind: &str, record: &str) -> usize {
    let found = client.get("/v1/me/notifications?limit=200").expect(200);
    let is_it = |item: &&Value| item["kind"] == kind && item["record_id"] == record;
    found["items"].as_array().unwrap().iter().filter(is_it).count()
}

/// Whether a caller has a task of a kind about a record.
pub fn has_task(client: &Client, kind: &str, record: &str) -> bool {
    let found = client.get("/v1/me/tasks?limit=200").expect(200);
    found["items"].as_array().unwrap().iter().any(|item| item["kind"] == kind && item["id"] == record)
}
