//! Hubs: the first resource, and the habits of the wire shown on it.

use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_hub_is_made_read_and_changed(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let made = admin.post("/v1/hubs", json!({"name": "North hub"}));
        let path = made.header("location").to_owned();
        assert_eq!(path, format!("/v1/hubs/{}", made.id()));
        let read = admin.get(&path);
        assert_eq!(read.expect(200)["name"], "North hub");
        let changed = admin.patch(&path, &read.etag(), json!({"name": "South hub"}));
        assert_eq!(changed.expect(200)["name"], "South hub");
        assert_ne!(changed.etag(), read.etag());
    }

    fn another_trusts_hub_is_as_absent(backend) {
        let app = TestApp::start(backend);
        let path = app.faceless("trust-a", &["trust-admin"]).post("/v1/hubs", json!({"name": "X"})).header("location").to_owned();
        let stranger = app.faceless("trust-b", &["trust-admin"]);
        let (hidden, absent) = (stranger.get(&path), stranger.get("/v1/hubs/0192f0c1-8a2b-7c3d-9e4f-0123456789ab"));
        assert_eq!(hidden.problem(404), "not_found");
        let bare = |answer: &crate::support::Answer| {
            let mut body = answer.json();
            body["request_id"] = json!(null);
            body["instance"] = json!(null);
            body
        };
        assert_eq!(bare(&hidden), bare(&absent));
    }

    fn a_repeated_key_makes_one_hub(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let first = admin.post_keyed("/v1/hubs", "k-1", json!({"name": "North hub"}));
        let again = admin.post_keyed("/v1/hubs", "k-1", json!({"name": "North hub"}));
        assert_eq!((again.status, again.id()), (201, first.id()));
        let other = admin.post_keyed("/v1/hubs", "k-1", json!({"name": "South hub"}));
        assert_eq!(other.problem(422), "idempotency_mismatch");
        assert_eq!(admin.get("/v1/hubs?count=true").expect(200)["count"], 1);
    }

    fn a_change_needs_the_current_version(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let path = admin.post("/v1/hubs", json!({"name": "North hub"})).header("location").to_owned();
        assert_eq!(admin.patch(&path, "\"7\"", json!({"name": "X"})).problem(412), "version_stale");
        let without = admin.send("PATCH", &path, &[("Content-Type", "application/merge-patch+json")], Some(b"{}"));
        assert_eq!(without.problem(428), "precondition_required");
    }

    fn pages_go_on_where_the_last_one_ended(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let made: Vec<String> = (0..5).map(|n| admin.post("/v1/hubs", json!({"name": format!("Hub {n}")})).id()).collect();
        let mut seen = Vec::new();
        let mut path = "/v1/hubs?limit=2".to_owned();
        loop {
            let page = admin.get(&path).expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|hub| hub["id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/hubs?limit=2&cursor={cursor}");
        }
        assert_eq!(seen, made);
    }

    fn only_an_admin_makes_hubs(backend) {
        let app = TestApp::start(backend);
        let auditor = app.faceless("trust-a", &["auditor"]);
        assert_eq!(auditor.post("/v1/hubs", json!({"nonsense": 1})).problem(403), "forbidden");
        assert_eq!(auditor.get("/v1/hubs").status, 200);
    }

    fn a_name_that_is_taken_is_a_conflict(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        admin.post("/v1/hubs", json!({"name": "North hub"})).expect(201);
        assert_eq!(admin.post("/v1/hubs", json!({"name": "North hub"})).problem(409), "already_exists");
        app.faceless("trust-b", &["trust-admin"]).post("/v1/hubs", json!({"name": "North hub"})).expect(201);
    }
}
