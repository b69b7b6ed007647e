//! `tutela demo`: made once, kept by a second start, renewed by `--fresh`.

use std::path::Path;

use serde_json::Value;

use super::program::{Program, Running};
use crate::support::Client;

/// A demo that serves, and what it told.
struct Demo {
    running: Running,
    base: String,
    told: Value,
}

impl Demo {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let tokens = folder.join("tokens.json");
        let _ = std::fs::remove_file(&tokens);
        let place = folder.join("demo");
        let mut args = vec!["demo", "--listen", "127.0.0.1:0", "--folder", place.to_str().unwrap()];
        args.extend_from_slice(&["--tokens-file", tokens.to_str().unwrap()]);
        args.extend_from_slice(more);
        let running = Program::new(&args).start();
        let line = running.out.line_with("/docs/");
        let base =
            format!("http://{}", line.split("http://").nth(1).unwrap().split("/docs/").next().unwrap());
        let told = serde_json::from_str(&std::fs::read_to_string(&tokens).unwrap()).unwrap();
        Self { running, base, told }
    }

    fn caller(&self, token: &Value) -> Client {
        Client::new(&self.base, Some(token.as_str().unwrap().to_owned()))
    }

    fn as_role(&self, name: &str) -> Client {
        self.caller(&self.told["tokens"][name])
    }

    fn stop(mut self) -> Value {
        self.running.terminate();
        assert_eq!(self.running.wait().code(), Some(0));
        self.told
    }
}

#[test]
fn a_second_start_keeps_the_data_and_fresh_renews_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = Demo::start(folder.path(), &[]);
    let concern = format!(
        "/v1/concerns/{}",
        first.told["demo"]["trusts"][0]["schools"][0]["concerns"][0].as_str().unwrap()
    );
    first.as_role("trust-a dsl").get(&concern).expect(200);
    first.as_role("trust-b dsl").get(&concern).problem(404);
    // Nothing was missed, and one thing is due that a panel decided.
    let lead = first.as_role("trust-a trust-safeguarding-lead");
    assert_eq!(lead.get("/v1/panels/missed-weeks?count=true").expect(200)["count"], 0);
    assert_eq!(lead.get("/v1/deadlines?state=overdue&count=true").expect(200)["count"], 0);
    assert_eq!(lead.get("/v1/deadlines?rule=panel_decision&count=true").expect(200)["count"], 1);
    first.caller(&first.told["demo"]["trusts"][0]["auditor_key"]).get("/v1/audit/entries").expect(200);
    let told = first.stop();

    let second = Demo::start(folder.path(), &[]);
    assert_eq!(second.told["demo"], told["demo"]);
    second.as_role("trust-a dsl").get(&concern).expect(200);
    // The development key is kept too: a token of the first start goes on.
    second.caller(&told["tokens"]["trust-a dsl"]).get(&concern).expect(200);
    second.stop();

    let fresh = Demo::start(folder.path(), &["--fresh"]);
    assert_ne!(fresh.told["demo"], told["demo"]);
    assert_eq!(fresh.as_role("trust-a dsl").get(&concern).problem(404), "not_found");
    fresh.as_role("trust-a dsl").get("/v1/concerns").expect(200);
    fresh.stop();
}

#[test]
fn a_demo_that_was_killed_while_it_was_made_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("demo");
    let args = ["demo", "--listen", "127.0.0.1:0", "--folder", place.to_str().unwrap()];
    let mut killed = Program::new(&args).start();
    killed.err.line_with("school");
    killed.kill();
    assert!(place.join("tutela.db").exists() && !place.join("demo.json").exists());
    let whole = Demo::start(folder.path(), &[]);
    for trust in whole.told["demo"]["trusts"].as_array().unwrap() {
        let dsl = whole.as_role(&format!("{} dsl", trust["slug"].as_str().unwrap()));
        // What the killed one had made is not there a second time.
        let schools = trust["schools"].as_array().unwrap();
        assert_eq!(dsl.get("/v1/schools?count=true").expect(200)["count"], schools.len());
        for concern in schools[0]["concerns"].as_array().unwrap() {
            dsl.get(&format!("/v1/concerns/{}", concern.as_str().unwrap())).expect(200);
        }
    }
    whole.stop();
}

#[test]
fn the_curl_that_it_shows_raises_a_concern() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), &[]);
    let curl = demo.told["curl"].as_str().unwrap();
    let body: Value =
        serde_json::from_str(curl.split("-d '").nth(1).unwrap().trim_end_matches('\'')).unwrap();
    let token = curl.split("Bearer ").nth(1).unwrap().split('\'').next().unwrap();
    assert!(curl.contains(&format!("{}/v1/concerns", demo.base)), "{curl}");
    demo.caller(&Value::from(token)).post("/v1/concerns", body).expect(201);
    let key = folder.path().join("demo").join("development-key.pem");
    let token = Program::new(&[
        "token",
        "--key-file",
        key.to_str().unwrap(),
        "--trust",
        "trust-a",
        "--role",
        "trust-admin",
    ])
    .run();
    demo.caller(&Value::from(token.done().trim())).get("/v1/schools").expect(200);
    demo.stop();
}

#[test]
fn it_listens_on_this_machine_only() {
    let refused = Program::new(&["demo", "--listen", "0.0.0.0:0"]).run();
    assert!(refused.complaint(2).contains("loopback"), "{refused:?}");
}
