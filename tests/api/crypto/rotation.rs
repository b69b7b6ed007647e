//! Keys are rotated while the service works.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tutela::access::Services;
use tutela::clock::Clock;
use tutela::crypto::{MasterKeys, Vault};
use tutela::ids::Id;

use crate::on_both;
use crate::support::{Client, DemoApp, MASTER_KEY, TestApp, serve, services};

const NEW_MASTER: &str = "QW5vdGhlciBrZXkgdGhhdCBwcm90ZWN0cyBub3RoaW4=";

fn under(services: &Services, keys: &str) -> Services {
    Services { vault: Vault::new(MasterKeys::parse(keys).unwrap()), ..services.clone() }
}

fn raising(app: &DemoApp, words: &str) -> Value {
    let school = &app.demo.trusts[0].schools[0];
    json!({
        "school_id": school.id, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": words
    })
}

fn dsl(app: &DemoApp) -> Client {
    app.bearer(&token(app))
}

fn token(app: &DemoApp) -> String {
    let (person, claim) = app.demo.trusts[0].schools[0].holder("dsl").unwrap();
    app.token("trust-a", &person.to_string(), Some(person), &[&claim])
}

/// Raises concerns and adds to them until it is told to stop; what was acknowledged, by address and word.
fn work(app: &DemoApp, worker: usize, stop: &AtomicBool) -> Vec<(String, String)> {
    let client = dsl(app);
    let mut done = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let word = format!("Worker {worker} wrote number {}.", done.len());
        let made = client.post("/v1/concerns", raising(app, &word));
        made.expect(201);
        let path = made.header("location").to_owned();
        let text = format!("{word} And a note.");
        client
            .post_on(&format!("{path}/notes"), &client.get(&path).etag(), json!({"text": text}))
            .expect(201);
        done.push((path, word));
    }
    done
}

/// One more key for a trust, and every data key under it.
fn rotate(node: &Services, trust: Id) {
    let vault = node.vault.clone();
    let now = Clock::System.now();
    node.db.write_now(Some(trust), move |conn| vault.create_trust_key(conn, trust, now)).unwrap();
    node.vault.rewrap_records(&node.db, trust).unwrap();
}

on_both! {
    fn nothing_is_lost_while_keys_are_rotated(backend) {
        let app = TestApp::start_demo(backend);
        let trust = app.demo.trusts[0].id;
        let auditor = app.bearer(&app.demo.trusts[0].auditor_key);
        assert_eq!(auditor.get("/v1/me").status, 200);
        let other = services(&app.database.target);
        let stop = AtomicBool::new(false);
        let written: Vec<(String, String)> = std::thread::scope(|scope| {
            let (app, stop) = (&app, &stop);
            let workers: Vec<_> = (0..3).map(|worker| scope.spawn(move || work(app, worker, stop))).collect();
            for _ in 0..3 {
                rotate(&other, trust);
            }
            stop.store(true, Ordering::Relaxed);
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        // What was begun under the key before is put right by another run; then there is nothing left to do.
        other.vault.rewrap_records(&other.db, trust).unwrap();
        assert_eq!(other.vault.rewrap_records(&other.db, trust).unwrap(), 0);
        assert!(written.len() >= 3, "{}", written.len());
        let fresh = serve(&services(&app.database.target));
        let reader = Client::new(&fresh.base, Some(token(&app)));
        for (path, word) in &written {
            for client in [&dsl(&app), &reader] {
                let notes = client.get(&format!("{path}/notes"));
                assert!(client.get(path).text.contains(word) && notes.text.contains(word), "{path} {}", notes.text);
            }
        }
        // API keys are hashed under the trust's first key.
        assert_eq!(Client::new(&fresh.base, Some(app.demo.trusts[0].auditor_key.clone())).get("/v1/me").status, 200);
        fresh.stop();
    }

    fn a_run_that_was_broken_off_is_carried_on(backend) {
        let app = TestApp::start_demo(backend);
        let trust = app.demo.trusts[0].id;
        let node = services(&app.database.target);
        let all = node.vault.rewrap_records(&node.db, trust).unwrap();
        let (vault, now) = (node.vault.clone(), Clock::System.now());
        node.db.write_now(Some(trust), move |conn| vault.create_trust_key(conn, trust, now)).unwrap();
        dsl(&app).post("/v1/concerns", raising(&app, "Under the new key already.")).expect(201);
        let moved = node.vault.rewrap_records(&node.db, trust).unwrap();
        assert!(all == 0 && moved > 0, "{all} {moved}");
        assert_eq!(services(&app.database.target).vault.rewrap_records(&node.db, trust).unwrap(), 0);
    }

    fn the_master_key_is_changed_under_the_service(backend) {
        let app = TestApp::start_demo(backend);
        let trust = app.demo.trusts[0].id;
        let path = dsl(&app).post("/v1/concerns", raising(&app, "Before the change.")).header("location").to_owned();
        let both = under(&app.services, &format!("{NEW_MASTER}\n{MASTER_KEY}"));
        let vault = both.vault.clone();
        both.db.write_now(None, move |conn| {
            vault.ensure_signing_keys(conn, Clock::System.now())
        }).unwrap();
        let old = Vault::new(MasterKeys::parse(MASTER_KEY).unwrap());
        both.db.write_now(None, move |conn| {
            old.rotate_signing_key(conn, "packages", Clock::System.now())
        }).unwrap();
        for demo in &app.demo.trusts {
            let (vault, id) = (both.vault.clone(), demo.id);
            assert_eq!(both.db.write_now(Some(id), move |conn| vault.rewrap_trust_keys(conn, id)).unwrap(), 1);
        }
        let vault = both.vault.clone();
        assert_eq!(both.db.write_now(None, move |conn| vault.rewrap_signing_keys(conn)).unwrap(), 1);
        dsl(&app).post("/v1/concerns", raising(&app, "The running node has its keys open.")).expect(201);
        let (new, old) = (under(&app.services, NEW_MASTER), under(&app.services, MASTER_KEY));
        let opens = |node: &Services| {
            let vault = node.vault.clone();
            node.db.read_now(Some(trust), move |conn| vault.check(conn, trust)).is_ok()
        };
        assert!(opens(&new) && !opens(&old));
        let vault = new.vault.clone();
        assert_eq!(new.db.write_now(None, move |conn| vault.rewrap_signing_keys(conn)).unwrap(), 0);
        let server = serve(&new);
        let reader = Client::new(&server.base, Some(token(&app)));
        assert!(reader.get(&path).text.contains("Before the change."));
        drop(server);
    }
}
