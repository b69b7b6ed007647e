//! A service's key that shows people, pupils or the log; keys of one's own; and how far a narrowed key sees.

use serde_json::{Value, json};
use tutela::clock::Clock;
use tutela::ids::Id;

use crate::on_both;
use crate::support::made::{appoint, person, school};
use crate::support::{Client, TestApp};

fn key(role: &str, scope: &str, schools: &[Id]) -> Value {
    json!({
        "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": role,
        "scopes": [scope], "school_ids": schools,
        "expires_at": Clock::System.now().plus_seconds(30 * 86_400).to_string()
    })
}

fn own(person: Id, schools: &[Id]) -> Value {
    json!({
        "name": "Mine", "owner": {"kind": "person", "person_id": person}, "scopes": ["all"],
        "school_ids": schools, "expires_at": Clock::System.now().plus_seconds(30 * 86_400).to_string()
    })
}

fn confirm(by: &Client, path: &str) -> crate::support::Answer {
    by.post_on(&format!("{path}/confirmation"), "*", json!({}))
}

on_both! {
    fn a_key_that_shows_pupils_works_after_the_schools_lead_has_confirmed_it(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let maker = person(&app, "Admin", None);
        let admin = app.person("trust-a", maker, &["trust-admin"]);
        let faceless = app.faceless("trust-a", &["trust-admin"]);
        assert_eq!(faceless.post("/v1/api-keys", key("integration", "pupils-read", &[one])).problem(403), "person_unknown");
        let lead = person(&app, "Lead", Some(one));
        for scope in ["pupils-read", "pupils-write", "people-read", "people-write"] {
            let made = admin.post("/v1/api-keys", key("integration", scope, &[one]));
            assert_eq!(made.expect(201)["awaits_confirmation"], true, "{scope}");
            let path = made.header("location").to_owned();
            let feed = app.bearer(made.json()["key"].as_str().unwrap());
            assert_eq!(feed.get("/v1/me").problem(401), "unauthenticated");
            assert_eq!(confirm(&admin, &path).problem(403), "forbidden");
            let same = app.person("trust-a", maker, &["trust-admin", "dsl:100001"]);
            assert_eq!(confirm(&same, &path).json()["errors"][0]["code"], "second_person");
            let elsewhere = app.person("trust-a", lead, &["dsl:100002"]);
            assert_eq!(confirm(&elsewhere, &path).problem(404), "not_found");
            let ceo = app.person("trust-a", lead, &["ceo"]);
            assert_eq!(confirm(&ceo, &path).problem(403), "forbidden");
            assert_eq!(confirm(&app.faceless("trust-a", &["dsl:100001"]), &path).problem(403), "person_unknown");
            let dsl = app.person("trust-a", lead, &["dsl:100001"]);
            let held = confirm(&dsl, &path);
            assert_eq!(held.expect(200)["confirmed_by_person_id"], lead.to_string());
            assert_eq!(feed.get("/v1/me").status, 200);
            assert_eq!(confirm(&dsl, &path).problem(409), "state_conflict");
            let rotated = admin.post_on(&format!("{path}/rotation"), "*", json!({"overlap_hours": 1}));
            assert_eq!(rotated.expect(201)["awaits_confirmation"], true);
            let next = app.bearer(rotated.json()["key"].as_str().unwrap());
            assert_eq!(next.get("/v1/me").status, 401);
        }
        let wide = admin.post("/v1/api-keys", key("integration", "pupils-read", &[one, two]));
        let dsl = app.person("trust-a", lead, &["dsl:100001"]);
        assert_eq!(confirm(&dsl, wide.header("location")).problem(403), "forbidden");
    }

    fn the_auditors_key_takes_who_answers_for_the_trust(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let admin = app.person("trust-a", person(&app, "Admin", None), &["trust-admin"]);
        let second = person(&app, "Second", Some(one));
        let made = admin.post("/v1/api-keys", key("auditor", "audit-read", &[]));
        let auditor = app.bearer(made.expect(201)["key"].as_str().unwrap());
        let path = made.header("location");
        assert_eq!(auditor.get("/v1/audit/entries").problem(401), "unauthenticated");
        let dsl = app.person("trust-a", second, &["dsl:100001"]);
        assert_eq!(confirm(&dsl, path).problem(403), "forbidden");
        let ceo = app.person("trust-a", second, &["ceo"]);
        ceo.get(path).expect(200);
        confirm(&ceo, path).expect(200);
        auditor.get("/v1/audit/entries").expect(200);
    }

    fn an_administrators_key_makes_keys_of_services_and_none_of_a_person(backend) {
        let app = TestApp::start_idle(backend);
        let one = school(&app, 100_001);
        let me = person(&app, "Admin", Some(one));
        appoint(&app, me, "trust-admin", None);
        let admin = app.person("trust-a", me, &["trust-admin"]);
        let made = admin.post("/v1/api-keys", own(me, &[]));
        let key = app.bearer(made.expect(201)["key"].as_str().unwrap());
        assert_eq!(key.post("/v1/api-keys", own(me, &[])).problem(403), "forbidden");
        let rotation = format!("{}/rotation", made.header("location"));
        let tag = key.get(made.header("location")).etag();
        assert_eq!(key.post_on(&rotation, &tag, json!({"overlap_hours": 1})).problem(403), "forbidden");
        key.post("/v1/api-keys", self::key("integration", "concerns-create", &[one])).expect(201);
    }

    fn everybody_makes_and_ends_keys_of_their_own(backend) {
        let app = TestApp::start_idle(backend);
        let one = school(&app, 100_001);
        let me = person(&app, "Teacher", Some(one));
        appoint(&app, me, "staff", Some(one));
        let teacher = app.person("trust-a", me, &["staff:100001"]);
        let made = teacher.post("/v1/api-keys", own(me, &[one]));
        let key = app.bearer(made.expect(201)["key"].as_str().unwrap());
        assert_eq!(key.get("/v1/me").expect(200)["person_id"], me.to_string());
        assert_eq!(key.post("/v1/api-keys", own(me, &[])).problem(403), "forbidden");
        assert_eq!(teacher.get("/v1/api-keys?count=true").expect(200)["count"], 1);
        assert_eq!(teacher.post("/v1/api-keys", self::key("integration", "concerns-create", &[one])).problem(403), "forbidden");
        let other = person(&app, "Other", Some(one));
        let stranger = app.person("trust-a", other, &["staff:100001"]);
        assert_eq!(stranger.get(made.header("location")).problem(404), "not_found");
        assert_eq!(stranger.post("/v1/api-keys", own(me, &[])).status, 403);
        let path = format!("{}/revocation", made.header("location"));
        assert_eq!(stranger.post_on(&path, "*", json!({"reason": "x"})).problem(404), "not_found");
        teacher.post_on(&path, &made.etag(), json!({"reason": "Not needed."})).expect(200);
        app.services.clock.advance(5);
        assert_eq!(key.get("/v1/me").status, 401);
    }

    fn leads_see_the_keys_of_the_whole_trust_and_grant_them_nothing(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let made = admin.post("/v1/api-keys", key("integration", "concerns-create", &[]));
        let dsl = app.person("trust-a", person(&app, "Lead", Some(one)), &["dsl:100001"]);
        let seen = dsl.get("/v1/api-keys").expect(200);
        assert_eq!(seen["items"][0]["id"], made.expect(201)["id"]);
        let body = json!({"scopes": ["concerns-metadata"], "school_ids": []});
        let grant = dsl.post_on(&format!("{}/grants", made.header("location")), "*", body);
        assert_eq!(grant.problem(403), "forbidden");
    }

    fn a_narrowed_key_sees_its_schools_alone(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let me = person(&app, "Two places", Some(one));
        for at in [one, two] {
            appoint(&app, me, "staff", Some(at));
        }
        let login = app.person("trust-a", me, &["staff:100001", "staff:100002"]);
        let raise = |school: Id, urn: i32| {
            let lead = app.person("trust-a", person(&app, "Lead", Some(school)), &[&format!("dsl:{urn}")]);
            let pupil = lead.post("/v1/pupils", json!({
                "given_name": "Zo", "family_name": "Fenwick", "birth_date": "2015-10-01",
                "enrolment": {"school_id": school, "starts_on": "2023-09-04"}
            }));
            let body = json!({
                "school_id": school, "pupils": [{"pupil_id": pupil.id(), "role": "subject"}],
                "place": "classroom", "time_slot": "lesson", "source": "observation",
                "reporter": {"kind": "self"}, "summary": "A child cried."
            });
            login.post("/v1/concerns", body).id()
        };
        let (here, there) = (raise(one, 100_001), raise(two, 100_002));
        let made = login.post("/v1/api-keys", own(me, &[one])).expect(201);
        let key = app.bearer(made["key"].as_str().unwrap());
        let log = key.get("/v1/audit/entries?limit=200").text;
        assert!(log.contains(&here), "{log}");
        assert!(!log.contains(&there), "{log}");
        assert!(login.get("/v1/audit/entries?limit=200").text.contains(&there));
        let held = |client: &Client| client.get("/v1/appointments").expect(200)["items"].as_array().unwrap().len();
        assert_eq!((held(&login), held(&key)), (2, 1));
    }
}
