//! API keys and revocations.

use std::sync::Arc;

use serde_json::{Value, json};
use tutela::access::matrix::TrustLeadColumn;
use tutela::access::{Action, Scope, Viewer, change};
use tutela::clock::Clock;
use tutela::features::keys::create_first_admin_key;
use tutela::features::people::NewAdmin;
use tutela::text::Name;

use super::map;
use crate::on_both;
use crate::support::TestApp;
use crate::support::made::{admin, appoint, leave, person, school};

fn in_days(days: i64) -> String {
    Clock::System.now().plus_seconds(days * 86_400).to_string()
}

fn feed(schools: &[tutela::ids::Id]) -> Value {
    json!({
        "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": "integration",
        "scopes": ["reference-read", "concerns-create"], "school_ids": schools, "expires_at": in_days(30)
    })
}

on_both! {
    fn a_key_is_shown_once_and_works(backend) {
        let app = TestApp::start(backend);
        let body = feed(&[school(&app, 100_001)]);
        let made = admin(&app).post_keyed("/v1/api-keys", "k-1", body.clone());
        let text = made.expect(201)["key"].as_str().unwrap().to_owned();
        assert!(text.starts_with("tut_test_trust-a_"));
        let again = admin(&app).post_keyed("/v1/api-keys", "k-1", body);
        assert_eq!(again.expect(201)["id"], made.json()["id"]);
        let read = admin(&app).get(made.header("location"));
        for shown in [again.json(), read.expect(200)] {
            assert!(shown.get("key").is_none() && shown.get("hash").is_none(), "{shown}");
        }
        let me = app.bearer(&text).get("/v1/me").expect(200);
        assert_eq!(me["key"]["id"], made.json()["id"]);
        assert_eq!(me["roles"][0]["urn"], 100_001);
        assert!(!admin(&app).get(made.header("location")).expect(200)["last_used_at"].is_null());
        assert_eq!(app.bearer(&text).get("/v1/api-keys").problem(403), "forbidden");
    }

    fn the_tag_of_a_key_moves_with_its_use(backend) {
        let app = TestApp::start(backend);
        let made = admin(&app).post("/v1/api-keys", feed(&[school(&app, 100_001)]));
        let path = made.header("location");
        let held = made.etag();
        let again = |tag: &str| admin(&app).send("GET", path, &[("If-None-Match", tag)], None);
        assert_eq!(again(&held).status, 304);
        app.bearer(made.expect(201)["key"].as_str().unwrap()).get("/v1/me").expect(200);
        let used = again(&held);
        assert!(!used.expect(200)["last_used_at"].is_null());
        assert_eq!(again(&used.etag()).status, 304);
    }

    fn a_network_is_named_by_its_first_address(backend) {
        let app = TestApp::start(backend);
        let with = |network: &str| {
            let mut body = feed(&[]);
            body["networks"] = json!([network]);
            admin(&app).post("/v1/api-keys", body)
        };
        for wrong in ["10.0.0.1/8", "192.0.2.77/24", "2001:db8::/16"] {
            assert_eq!(with(wrong).problem(422), "invalid", "{wrong}");
        }
        for right in ["10.0.0.0/8", "10.0.0.1/32", "2001:db8::/32"] {
            assert_eq!(with(right).expect(201)["networks"], json!([right]));
        }
    }

    fn a_key_ends_within_a_year_and_is_not_made_for_reading_cases(backend) {
        let app = TestApp::start(backend);
        let mut body = feed(&[]);
        body["expires_at"] = json!(in_days(400));
        assert_eq!(admin(&app).post("/v1/api-keys", body).broken(), "/expires_at");
        let mut body = feed(&[]);
        body["scopes"] = json!(["concerns-text"]);
        assert_eq!(admin(&app).post("/v1/api-keys", body).broken(), "/scopes");
        let mut body = feed(&[app.world.trust_b]);
        assert_eq!(admin(&app).post("/v1/api-keys", body.clone()).broken(), "/school_ids/0");
        body["school_ids"] = json!([]);
        body["networks"] = json!(["203.0.113.0/24"]);
        let text = admin(&app).post("/v1/api-keys", body).expect(201)["key"].as_str().unwrap().to_owned();
        assert_eq!(app.bearer(&text).get("/v1/me").problem(401), "unauthenticated");
    }

    fn a_persons_key_is_made_and_rotated_by_that_person_alone(backend) {
        let app = TestApp::start(backend);
        let (me, other) = (person(&app, "Admin", None), person(&app, "Lead", None));
        let client = app.person("trust-a", me, &["trust-admin"]);
        let body = |owner, scope| json!({
            "name": "Scripts", "owner": {"kind": "person", "person_id": owner}, "scopes": [scope],
            "expires_at": in_days(30)
        });
        for scope in ["all", "people-read", "reference-read"] {
            let refused = client.post("/v1/api-keys", body(other, scope));
            assert_eq!(refused.problem(409), "rule_broken");
            assert_eq!(refused.json()["errors"][0]["code"], "owner_only");
            assert_eq!(refused.broken(), "/owner/person_id");
        }
        assert_eq!(admin(&app).post("/v1/api-keys", body(other, "all")).problem(409), "rule_broken");
        let made = client.post("/v1/api-keys", body(me, "people-read"));
        made.expect(201);
        let rotation = format!("{}/rotation", made.header("location"));
        let theirs = app.person("trust-a", other, &["trust-admin"]);
        let refused = theirs.post_on(&rotation, "*", json!({"overlap_hours": 1}));
        assert_eq!(refused.problem(409), "rule_broken");
        assert_eq!(refused.json()["errors"][0]["code"], "owner_only");
        client.post_on(&rotation, "*", json!({"overlap_hours": 1})).expect(201);
    }

    fn a_narrow_key_does_not_open_the_inbox(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let me = person(&app, "Admin", Some(one));
        appoint(&app, me, "trust-admin", None);
        let client = app.person("trust-a", me, &["trust-admin"]);
        let ask = |scope: &str, schools: Vec<tutela::ids::Id>| {
            let body = json!({
                "name": "Scripts", "owner": {"kind": "person", "person_id": me}, "scopes": [scope],
                "school_ids": schools, "expires_at": in_days(30)
            });
            let made = client.post("/v1/api-keys", body).expect(201);
            let key = app.bearer(made["key"].as_str().unwrap());
            assert_eq!(key.get("/v1/me").status, 200);
            let reading = format!("/v1/me/notifications/{me}/reading");
            (
                key.get("/v1/me/notifications").status,
                key.get("/v1/me/tasks").status,
                key.post(&reading, json!({})).status,
            )
        };
        assert_eq!(ask("all", vec![]), (200, 200, 404));
        assert_eq!(ask("all", vec![one]), (403, 403, 403));
        assert_eq!(ask("people-read", vec![]), (403, 403, 403));
    }

    fn a_key_reaches_no_school_that_has_left(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let me = person(&app, "Admin", None);
        appoint(&app, me, "trust-admin", None);
        appoint(&app, me, "staff", Some(two));
        let client = app.person("trust-a", me, &["trust-admin"]);
        let mine = client.post("/v1/api-keys", json!({
            "name": "Scripts", "owner": {"kind": "person", "person_id": me}, "scopes": ["all"],
            "expires_at": in_days(30)
        }));
        let services = admin(&app).post("/v1/api-keys", feed(&[one, two]));
        leave(&app, two);
        let roles = |made: &crate::support::Answer| {
            let made = made.expect(201);
            let me = app.bearer(made["key"].as_str().unwrap()).get("/v1/me").expect(200);
            me["roles"].as_array().unwrap().iter().map(|role| role["urn"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(roles(&mine), [json!(null)]);
        assert_eq!(roles(&services), [json!(100_001)]);
    }

    fn rotation_makes_a_successor(backend) {
        let app = TestApp::start(backend);
        let made = admin(&app).post("/v1/api-keys", feed(&[]));
        let (path, old) = (made.header("location").to_owned(), made.json());
        let rotation = format!("{path}/rotation");
        assert_eq!(admin(&app).post(&rotation, json!({"overlap_hours": 1})).problem(428), "precondition_required");
        let new = admin(&app).post_on(&rotation, &made.etag(), json!({"overlap_hours": 0}));
        let text = new.expect(201)["key"].as_str().unwrap().to_owned();
        assert_eq!(app.bearer(&text).get("/v1/me").status, 200);
        assert_eq!(admin(&app).get(&path).expect(200)["rotated_to"], new.json()["id"]);
        let old = old["key"].as_str().unwrap().to_owned();
        assert_eq!(app.bearer(&old).get("/v1/me").problem(401), "unauthenticated");
        let twice = admin(&app).post_on(&rotation, "*", json!({"overlap_hours": 0}));
        assert_eq!(twice.problem(409), "state_conflict");
    }

    fn a_revoked_key_is_out(backend) {
        let app = TestApp::start(backend);
        let made = admin(&app).post("/v1/api-keys", feed(&[]));
        let path = format!("{}/revocation", made.header("location"));
        let gone = admin(&app).post_on(&path, &made.etag(), json!({"reason": "Lost."}));
        assert_eq!(gone.expect(200)["revoked_reason"], "Lost.");
        let text = made.json()["key"].as_str().unwrap().to_owned();
        assert_eq!(app.bearer(&text).get("/v1/me").problem(401), "unauthenticated");
        assert_eq!(admin(&app).post_on(&path, "*", json!({"reason": "Lost."})).problem(409), "state_conflict");
    }

    fn reading_is_granted_by_the_schools_own_lead(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let made = admin(&app).post("/v1/api-keys", feed(&[one]));
        let grants = format!("{}/grants", made.header("location"));
        let body = json!({"scopes": ["concerns-text"], "school_ids": [one]});
        assert_eq!(admin(&app).post_on(&grants, "*", body.clone()).problem(403), "forbidden");
        let other = app.faceless("trust-a", &["dsl:100002"]);
        assert_eq!(other.post_on(&grants, "*", body.clone()).problem(404), "not_found");
        assert_eq!(other.get("/v1/api-keys").expect(200)["items"].as_array().unwrap().len(), 0);
        let lead = app.faceless("trust-a", &["dsl:100001"]);
        let tag = lead.get(made.header("location")).etag();
        let granted = lead.post_on(&grants, &tag, body);
        assert_eq!(granted.expect(200)["scopes"], json!(["concerns-create", "concerns-text", "reference-read"]));
        let rotation = format!("{}/rotation", made.header("location"));
        let rotated = admin(&app).post_on(&rotation, "*", json!({"overlap_hours": 0})).expect(201);
        assert_eq!(rotated["scopes"], json!(["concerns-create", "reference-read"]));
        let wide = admin(&app).post("/v1/api-keys", feed(&[one, two]));
        let part = lead.post_on(
            &format!("{}/grants", wide.header("location")), "*",
            json!({"scopes": ["concerns-text"], "school_ids": [one]}),
        );
        assert_eq!(part.broken(), "/school_ids");
    }

    fn who_is_shut_out_gets_in_no_more(backend) {
        let app = TestApp::start(backend);
        let (me, other) = (person(&app, "Admin", None), person(&app, "Other", None));
        let client = app.person("trust-a", me, &["trust-admin"]);
        let own = client.post("/v1/revocations", json!({"person_id": me, "reason": "x"}));
        assert_eq!(own.problem(409), "state_conflict");
        let made = client.post("/v1/revocations", json!({"person_id": other, "reason": "Suspended."}));
        made.expect(201);
        assert_eq!(app.person("trust-a", other, &["ceo"]).get("/v1/me").problem(401), "unauthenticated");
        let lifting = format!("{}/lifting", made.header("location"));
        client.post_on(&lifting, &made.etag(), json!({"reason": "Cleared."})).expect(200);
        assert_eq!(client.post_on(&lifting, "*", json!({"reason": "x"})).problem(409), "state_conflict");
        let again = app.bearer(&app.token("trust-a", "again", Some(other), &["ceo"]));
        assert_eq!(again.get("/v1/me").status, 200);
        assert_eq!(client.get("/v1/revocations?in_force=true&count=true").expect(200)["count"], 0);
    }

    fn nobody_lets_themselves_in_again(backend) {
        let app = TestApp::start(backend);
        let (me, other) = (person(&app, "Admin", None), person(&app, "Other", None));
        let client = app.person("trust-a", me, &["trust-admin"]);
        let key = client.post("/v1/api-keys", json!({
            "name": "Scripts", "owner": {"kind": "person", "person_id": me}, "scopes": ["all"],
            "expires_at": in_days(30)
        })).id();
        map(&app, me, "abc");
        let helper = app.person("trust-a", other, &["trust-admin"]);
        for principal in [format!("key:{key}"), "jwt:https://login.example#abc".to_owned()] {
            let made = helper.post("/v1/revocations", json!({"principal": principal, "reason": "Suspended."}));
            made.expect(201);
            let lifting = format!("{}/lifting", made.header("location"));
            let refused = client.post_on(&lifting, &made.etag(), json!({"reason": "x"}));
            assert_eq!(refused.problem(409), "state_conflict", "{principal}");
            helper.post_on(&lifting, &made.etag(), json!({"reason": "Cleared."})).expect(200);
        }
    }

    fn the_command_line_makes_the_first_administrators_key(backend) {
        let app = TestApp::start(backend);
        let viewer = Viewer {
            trust: app.world.trust_a,
            trust_slug: "trust-a".to_owned(),
            principal: "cli".to_owned(),
            person: None,
            grants: Vec::new(),
            lead: TrustLeadColumn::Casework,
            key: None,
        };
        let scope = Scope::system(&Arc::new(viewer), Action::KeyManage, Clock::System.now());
        let work = scope.clone();
        let key = change::write_now(&app.services, &scope, move |tx| {
            let admin = NewAdmin {
                given_name: Name::new("First").unwrap(),
                family_name: Name::new("Admin").unwrap(),
                work_email: None,
            };
            create_first_admin_key(tx, &work, "test", "trust-a", admin)
        }).unwrap();
        let client = app.bearer(&key.expose());
        let me = client.get("/v1/me").expect(200);
        assert_eq!((me["roles"][0]["role"].clone(), me["key"]["scopes"].clone()), (json!("trust-admin"), json!(["all"])));
        assert!(me["person_id"].is_string());
        client.post("/v1/people", json!({"given_name": "A", "family_name": "B"})).expect(201);
        assert_eq!(client.post("/v1/people", json!({"given_name": "A"})).invalid(), "/family_name");
    }
}
