//! Tests of `features/people`, `keys`, `revocations`, `me`, `access_rights` and `audit_log`.

mod adults;
mod audit;
mod keys;
mod me;
mod second_person;

use serde_json::json;
use tutela::clock::Clock;
use tutela::ids::Id;

use crate::support::made::{appoint, person};
use crate::support::{Client, TestApp};

/// Two administrators who are people: what takes two of them takes both.
fn two_admins(app: &TestApp) -> [Client; 2] {
    ["One", "Two"].map(|name| {
        let person = person(app, name, None);
        appoint(app, person, "trust-admin", None);
        app.person("trust-a", person, &["trust-admin"])
    })
}

/// Maps a login of an issuer that nobody calls with to a person, with both administrators.
fn map(app: &TestApp, person: Id, subject: &str) -> String {
    let [one, two] = two_admins(app);
    let path = format!("/v1/people/{person}/subjects");
    let made = one.post(&path, json!({"issuer": "https://login.example", "subject": subject})).id();
    two.post(&format!("{path}/{made}/confirmation"), json!({})).expect(200);
    made
}

/// The text of a new API key with all rights of the person who makes it.
fn key_of(client: &Client) -> String {
    let me = client.get("/v1/me").expect(200)["person_id"].clone();
    let ends = Clock::System.now().plus_seconds(30 * 86_400).to_string();
    let owner = json!({"kind": "person", "person_id": me});
    let body = json!({"name": "Scripts", "owner": owner, "scopes": ["all"], "expires_at": ends});
    client.post("/v1/api-keys", body).expect(201)["key"].as_str().unwrap().to_owned()
}
