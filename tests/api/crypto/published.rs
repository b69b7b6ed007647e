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
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
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
        let kid = app.services.db.write_now(None, move |conn| vault.rotate_signing_key(conn, "webhooks", now)).unwrap().kid;
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
        assert_eq!(members, ["kty", "crv", "alg", "use", "kid", "x", "purpose", "signs_from", "signs_until", "revoked_at"]);
    }

    fn a_revoked_key_signs_no_more_and_says_so(backend) {
        let app = TestApp::start(backend);
        let now = Clock::System.now();
        let vault = app.services.vault.clone();
        app.services.db.write_now(None, move |conn| vault.ensure_signing_keys(conn, now)).unwrap();
        let revoke = |kid: &Value| {
            let (vault, kid) = (app.services.vault.clone(), kid.as_str().unwrap().to_owned());
            app.services.db.write_now(None, move |conn| vault.revoke_signing_key(conn, &kid, now))
        };
        let of = |purpose: &str| -> Vec<Value> {
            keys(&app).into_iter().filter(|key| key["purpose"] == purpose).collect()
        };
        // The one that signs: another one signs from this moment on.
        let old = of("packages")[0]["kid"].clone();
        let done = revoke(&old).unwrap();
        let after = of("packages");
        assert_eq!((after.len(), &after[1]["kid"]), (2, &old));
        assert_eq!((&after[1]["revoked_at"], &after[1]["signs_until"]), (&now.to_string().into(), &now.to_string().into()));
        assert_eq!((&after[0]["kid"], &after[0]["signs_from"]), (&done.successor.unwrap().kid.into(), &now.to_string().into()));
        assert!(after[0]["revoked_at"].is_null() && after[0]["signs_until"].is_null());
        // Once more changes nothing; a key that nobody knows is none.
        assert_eq!(revoke(&old).unwrap().successor, None);
        assert_eq!(of("packages"), after);
        assert!(revoke(&"nobody".into()).is_err());
        // One whose successor is published: that takes over at once.
        let first = of("webhooks")[0]["kid"].clone();
        let vault = app.services.vault.clone();
        let next = app.services.db.write_now(None, move |conn| vault.rotate_signing_key(conn, "webhooks", now)).unwrap();
        assert_eq!(revoke(&first).unwrap().successor.unwrap().kid, next.kid);
        assert_eq!(of("webhooks")[0]["signs_from"], now.to_string());
        // One that was about to sign: the present one goes on for the day that the next one is published.
        let vault = app.services.vault.clone();
        let coming = app.services.db.write_now(None, move |conn| vault.rotate_signing_key(conn, "checkpoints", now)).unwrap();
        let in_place = revoke(&coming.kid.into()).unwrap().successor.unwrap();
        let all = of("checkpoints");
        let day = now.plus_seconds(86_400).to_string();
        assert_eq!((&all[0]["kid"], &all[0]["signs_from"]), (&in_place.kid.into(), &day.clone().into()));
        assert_eq!((&all[2]["signs_until"], all[2]["revoked_at"].is_null()), (&day.into(), true));
    }
}
