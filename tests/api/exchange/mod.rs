//! Tests of `features/exchange`.

mod access;
mod applying;
mod files;
mod kinds;
mod nodes;
mod speed;

use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::access::Services;
use tutela::features::exchange::imports::Imports;
use tutela::ids::Id;
use tutela::jobs::{Claim, Desk, Step, Worker};

use crate::support::made::{person, school};
use crate::support::{Backend, Client, TestApp};

/// A service with two schools of trust A, and who brings in files at the first.
struct Ground {
    app: TestApp,
    schools: [Id; 2],
    mis: Client,
}

impl Ground {
    fn new(backend: Backend) -> Self {
        Self::over(TestApp::start(backend))
    }

    /// On which the test does the work by itself.
    fn idle(backend: Backend) -> Self {
        Self::over(TestApp::start_idle(backend))
    }

    fn over(app: TestApp) -> Self {
        let schools = [199_001, 199_002].map(|urn| school(&app, urn));
        let mis = mis(&app, "Importer", schools[0], 199_001);
        Self { app, schools, mis }
    }

    /// Uploads a file and waits for its plan.
    #[track_caller]
    fn rehearse(&self, map: &str, file: &str) -> Value {
        let made =
            self.mis.upload(&format!("/v1/imports?map={map}&school_id={}", self.schools[0]), file.as_bytes());
        let id = made.expect(202)["id"].as_str().unwrap().to_owned();
        wait(&self.mis, &id, "rehearsed")
    }

    /// Uploads a file, and applies its plan.
    #[track_caller]
    fn bring_in(&self, map: &str, file: &str) -> Value {
        let import = self.rehearse(map, file);
        apply(&self.mis, &import);
        wait(&self.mis, import["id"].as_str().unwrap(), "applied")
    }

    fn rows(&self, import: &Value) -> Vec<Value> {
        rows(&self.mis, import)
    }

    /// The pupils that the first school's importer sees.
    fn pupils(&self) -> Vec<Value> {
        let mut out = Vec::new();
        let mut path = "/v1/pupils?limit=200".to_owned();
        loop {
            let page = self.mis.get(&path).expect(200);
            out.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/pupils?limit=200&cursor={cursor}"),
                None => return out,
            }
        }
    }
}

/// Who keeps a school's records.
fn mis(app: &TestApp, family: &str, school: Id, urn: i32) -> Client {
    let person = person(app, family, Some(school));
    app.person("trust-a", person, &[&format!("mis-admin:{urn}")])
}

#[track_caller]
fn apply(client: &Client, import: &Value) {
    let path = format!("/v1/imports/{}/application", import["id"].as_str().unwrap());
    client.post(&path, json!({"plan_hash": import["plan_hash"]})).expect(202);
}

#[track_caller]
fn wait(client: &Client, id: &str, state: &str) -> Value {
    let begun = Instant::now();
    loop {
        let import = client.get(&format!("/v1/imports/{id}")).expect(200);
        if import["state"] == state {
            return import;
        }
        let is_over =
            matches!(import["state"].as_str().unwrap(), "failed" | "applied" | "expired" | "cancelled");
        assert!(!is_over && begun.elapsed() < Duration::from_mins(1), "{import}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn rows(client: &Client, import: &Value) -> Vec<Value> {
    let path = format!("/v1/imports/{}/rows?limit=200", import["id"].as_str().unwrap());
    client.get(&path).expect(200)["items"].as_array().unwrap().clone()
}

/// A row's faults: column, pointer, code.
fn faults(row: &Value) -> Vec<(String, String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let faults = row["errors"].as_array().unwrap().iter();
    faults.map(|fault| (text(fault, "column"), text(fault, "pointer"), text(fault, "code"))).collect()
}

const PUPILS: &str = "UPN,Forename,Surname,DOB,Admission date,Year group\n";

/// A UPN with the right check letter.
fn upn(number: usize) -> String {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let rest = format!("8252{number:08}");
    let sum: usize = rest.bytes().enumerate().map(|(at, digit)| usize::from(digit - b'0') * (at + 2)).sum();
    format!("{}{rest}", char::from(LETTERS[sum % 23]))
}

/// A file of so many pupils.
pub fn pupils_file(count: usize) -> String {
    let row = |number: usize| format!("{},Amara,Fenwick {number},01/10/2015,03/09/2024,5\n", upn(number));
    PUPILS.to_owned() + &(1..=count).map(row).collect::<String>()
}

/// A process that works on imports, taken step by step.
struct Node {
    desk: Desk,
    worker: Imports,
}

impl Node {
    fn new(services: &Services) -> Self {
        let desk = Desk::new(services.db.clone(), services.clock.clone());
        Self { desk, worker: Imports::new(services.clone()) }
    }

    fn claim(&self) -> Option<Claim> {
        self.desk.claim("import").unwrap()
    }

    /// Does a step of the work that is due, and keeps hold of it.
    fn step(&self, claim: &Claim) -> Step {
        self.worker.step(claim).unwrap()
    }

    /// Does all the work that is due.
    fn run(&self) {
        while let Some(claim) = self.claim() {
            loop {
                match self.step(&claim) {
                    Step::More => {}
                    Step::Later(at) => break self.desk.postpone(claim, at).unwrap(),
                    Step::Done => break self.desk.finish(claim).unwrap(),
                }
            }
        }
    }
}

/// How many events of a kind trust A has.
fn events(app: &TestApp, kind: &'static str) -> i64 {
    use tutela::db::schema::events;
    let count = move |conn: &mut tutela::db::Conn| {
        Ok(events::table.filter(events::kind.eq(kind)).count().get_result::<i64>(conn)?)
    };
    app.services.db.read_now(Some(app.world.trust_a), count).unwrap()
}

/// How many audit entries with a rule trust A has.
fn entries(app: &TestApp, rule: &'static str) -> i64 {
    use tutela::db::schema::audit_entries;
    let count = move |conn: &mut tutela::db::Conn| {
        Ok(audit_entries::table.filter(audit_entries::rule.eq(rule)).count().get_result::<i64>(conn)?)
    };
    app.services.db.read_now(Some(app.world.trust_a), count).unwrap()
}
