//! The public keys of what this service signs.

use serde_json::Value;
use tutela::clock::Clock;

use crate::on_both;
use crate::support::TestApp;

/// What a node says that has not been asked yet.
fn keys(app: &TestApp) -> Vec<Value> {
    kept(&app.second_node())
}

fn kept(app: &TestApp) -> Vec<Value> {
    let answer = app.nobody().get("/.well-known/jwks.json");
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    answer.expect(200)["keys"].as_array().unwrap().clone()
}

on_both! {
    fn a_key_is_published_before_it_signs_and_after(backend) {
        let app = TestApp::start(backend);
        assert!(kept(&app).is_empty());
        let make = |at| {
            let vault = app.services.vault.clone();
            app.services.db.write_now(None, move |conn| vault.ensure_signing_keys(conn, at)).unwrap();
        };
        let now = Clock::System.now();
        make(now);
        make(now);
        assert!(kept(&app).is_empty(), "a node answers for a minute without asking the database again");
        let first = keys(&app);
        let purposes: Vec<&str> = first.iter().map(|key| key["purpose"].as_str().unwrap()).collect();
        assert_eq!(purposes, ["checkpoints", "packages", "webhooks"]);
        let vault = app.services.vault.clone();
        let kid = app.services.db.write_now(None, move |conn| vault.rotate_signing_key(conn, "webhooks", now)).unwrap();
        let after = keys(&app);
        assert_eq!(after.len(), 4);
        let of = |kid: &Value| after.iter().find(|key| key["kid"] == *kid).unwrap();
        let (old, new) = (of(&first[2]["kid"]), of(&kid.into()));
        assert_eq!(old["signs_until"], new["signs_from"]);
        assert_eq!(new["signs_from"], now.plus_seconds(86_400).to_string());
        assert!(new["signs_until"].is_null() && new["kid"] != old["kid"]);
        // Our own reader of key sets can use them, and nothing else is said of a key.
        let set = tutela::auth::jwks::KeySet::parse(&serde_json::json!({"keys": after}).to_string(), false).unwrap();
        assert_eq!(set.len(), 4);
        let members: Vec<&String> = new.as_object().unwrap().keys().collect();
        assert_eq!(members, ["kty", "crv", "alg", "use", "kid", "x", "purpose", "signs_from", "signs_until"]);
    }
}
