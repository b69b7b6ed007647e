//! People, engagements, subjects and appointments.

use serde_json::json;
use tutela::access::Role;
use tutela::clock::Clock;
use tutela::features::people;

use super::{key_of, map, two_admins};
use crate::on_both;
use crate::support::TestApp;
use crate::support::made::{admin, appoint, person, school};

on_both! {
    fn a_school_sees_its_own_people_and_no_others(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let (here, there) = (person(&app, "Here", Some(one)), person(&app, "There", Some(two)));
        let reader = app.person("trust-a", here, &["staff:100001"]);
        let page = reader.get("/v1/people?count=true").expect(200);
        assert_eq!(page["count"], 1);
        assert_eq!(page["items"][0]["id"], here.to_string());
        assert_eq!(reader.get(&format!("/v1/people/{there}")).problem(404), "not_found");
        assert_eq!(reader.get(&format!("/v1/people/{there}/engagements")).problem(404), "not_found");
        assert_eq!(app.faceless("trust-b", &["trust-admin"]).get(&format!("/v1/people/{here}")).status, 404);
    }

    fn a_person_is_found_by_beginnings_of_words(backend) {
        let app = TestApp::start(backend);
        let found = person(&app, "Ångström-Lee", None);
        person(&app, "Other", None);
        let search = |words: &str| {
            let page = admin(&app).search("/v1/people/searches", json!({"words": words})).expect(200);
            page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(search("ang rob"), [json!(found.to_string())]);
        assert!(search("ngst").is_empty() && search("%").is_empty());
        assert_eq!(search("robin").len(), 2);
        let first = admin(&app).search("/v1/people/searches", json!({"words": "rob", "limit": 1})).expect(200);
        let next = admin(&app).search(
            "/v1/people/searches",
            json!({"words": "rob", "limit": 1, "cursor": first["next_cursor"]}),
        ).expect(200);
        assert_ne!(next["items"][0]["id"], first["items"][0]["id"]);
        assert!(next["next_cursor"].is_null());
    }

    fn an_administrator_of_one_school_makes_people_there_only(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let office = app.faceless("trust-a", &["mis-admin:100001"]);
        let mut body = json!({"given_name": "A", "family_name": "B", "work_email": "A.B@Trust-A.Example"});
        assert_eq!(office.post("/v1/people", body.clone()).broken(), "/engagement");
        body["engagement"] = json!({"school_id": two, "category": "supply", "starts_on": "2026-01-05"});
        assert_eq!(office.post("/v1/people", body.clone()).broken(), "/engagement/school_id");
        body["engagement"]["school_id"] = json!(one);
        let made = office.post("/v1/people", body.clone());
        assert_eq!(made.expect(201)["work_email"], "a.b@trust-a.example");
        assert_eq!(office.get(made.header("location")).status, 200);
        assert_eq!(office.post("/v1/people", body).problem(409), "already_exists");
        let path = format!("{}/subjects", made.header("location"));
        assert_eq!(office.get(&path).problem(403), "forbidden");
    }

    fn a_person_changes_by_merge_patch(backend) {
        let app = TestApp::start(backend);
        let path = format!("/v1/people/{}", person(&app, "Old", None));
        let tag = admin(&app).get(&path).etag();
        let names = json!({"family_name": "New", "preferred_name": "Rob"});
        let changed = admin(&app).patch(&path, &tag, names.clone());
        assert_eq!(changed.expect(200)["preferred_name"], "Rob");
        assert_eq!(admin(&app).patch(&path, &tag, names).problem(412), "version_stale");
        let cleared = admin(&app).patch(&path, &changed.etag(), json!({"preferred_name": null}));
        assert!(cleared.expect(200)["preferred_name"].is_null());
        assert_eq!(admin(&app).patch(&path, "*", json!({"family_name": null})).invalid(), "/family_name");
    }

    fn an_engagement_that_is_over_ends_what_a_token_says(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let leaver = person(&app, "Leaver", Some(one));
        let client = app.person("trust-a", leaver, &["staff:100001"]);
        assert_eq!(client.get("/v1/people").status, 200);
        let list = admin(&app).get(&format!("/v1/people/{leaver}/engagements")).expect(200);
        let path = format!("/v1/people/{leaver}/engagements/{}", list["items"][0]["id"].as_str().unwrap());
        assert_eq!(admin(&app).patch(&path, "\"1\"", json!({"ends_on": "2020-08-31"})).broken(), "/ends_on");
        admin(&app).patch(&path, "\"1\"", json!({"ends_on": "2021-08-31"})).expect(200);
        // Another token of the same person: the first one may be taken as read for two seconds.
        let again = app.bearer(&app.token("trust-a", "another", Some(leaver), &["staff:100001"]));
        assert_eq!(again.get("/v1/people").problem(403), "forbidden");
    }

    fn a_subject_is_one_person_and_can_be_removed(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (person(&app, "One", None), person(&app, "Two", None));
        let [admin, _] = two_admins(&app);
        let body = json!({"issuer": "https://login.example", "subject": "abc"});
        let path = format!("/v1/people/{one}/subjects");
        let made = admin.post(&path, body.clone()).id();
        assert_eq!(admin.post(&format!("/v1/people/{two}/subjects"), body).problem(409), "already_exists");
        let removal = format!("{path}/{made}/removal");
        assert_eq!(admin.post_keyed(&removal, "r-1", json!({})).expect(200)["id"], made);
        assert_eq!(admin.post_keyed(&removal, "r-1", json!({})).expect(200)["id"], made);
        assert_eq!(admin.post(&removal, json!({})).problem(404), "not_found");
        assert!(admin.get(&path).expect(200)["items"].as_array().unwrap().is_empty());
    }

    fn a_login_is_somebodys_when_two_people_have_said_so(backend) {
        let app = TestApp::start(backend);
        let lead = person(&app, "Lead", None);
        let [one, two] = two_admins(&app);
        let login = app.bearer(&app.token("trust-a", "not-mapped-yet", None, &["ceo"]));
        let principal = login.get("/v1/me").expect(200)["principal"].as_str().unwrap().to_owned();
        let (issuer, subject) = principal.strip_prefix("jwt:").unwrap().rsplit_once('#').unwrap();
        let path = format!("/v1/people/{lead}/subjects");
        let body = json!({"issuer": issuer, "subject": subject});
        assert_eq!(admin(&app).post(&path, body.clone()).problem(403), "person_unknown");
        let made = one.post(&path, body);
        let confirmation = format!("{path}/{}/confirmation", made.id());
        // Fresh tokens of the login: what was found for the last one is taken as read for two seconds.
        let who = |roles: &[&str]| {
            app.bearer(&app.token("trust-a", "not-mapped-yet", None, roles)).get("/v1/me").expect(200)["person_id"].clone()
        };
        assert_eq!((made.json()["confirmed_at"].clone(), who(&["hr"])), (json!(null), json!(null)));
        for caller in [&one, &app.bearer(&key_of(&one))] {
            let alone = caller.post(&confirmation, json!({}));
            assert_eq!((alone.problem(409), alone.json()["errors"][0]["code"].clone()), ("rule_broken".to_owned(), json!("second_person")));
        }
        let same_login = app.bearer(&app.token("trust-a", "not-mapped-yet", None, &["trust-admin"]));
        assert_eq!(same_login.post(&confirmation, json!({})).problem(403), "person_unknown");
        assert_eq!(who(&["trustee"]), json!(null));
        assert!(!two.post_keyed(&confirmation, "c-1", json!({})).expect(200)["confirmed_at"].is_null());
        two.post_keyed(&confirmation, "c-1", json!({})).expect(200);
        assert_eq!(two.post(&confirmation, json!({})).problem(409), "state_conflict");
        assert_eq!(who(&["chair-of-trustees"]), lead.to_string());
    }

    fn nobody_maps_their_own_person_under_any_credential(backend) {
        let app = TestApp::start(backend);
        let me = person(&app, "Admin", None);
        let client = app.person("trust-a", me, &["trust-admin"]);
        appoint(&app, me, "trust-admin", None);
        let path = format!("/v1/people/{me}/subjects");
        for caller in [&client, &app.bearer(&key_of(&client))] {
            let refused = caller.post(&path, json!({"issuer": "https://login.example", "subject": "never-mapped"}));
            assert_eq!((refused.problem(409), refused.broken()), ("rule_broken".to_owned(), "/subject".to_owned()));
            assert_eq!(refused.json()["errors"][0]["code"], "own_login");
        }
        assert!(client.get(&path).expect(200)["items"].as_array().unwrap().is_empty());
    }

    fn nobody_takes_anothers_place_by_their_own_login(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let (lead, me) = (person(&app, "Lead", Some(one)), person(&app, "Admin", None));
        let path = format!("/v1/people/{lead}/subjects");
        let login = |subject: &str| json!({"issuer": "https://login.example", "subject": subject});
        assert_eq!(app.faceless("trust-a", &["hr"]).post(&path, login("a")).problem(403), "forbidden");
        assert_eq!(app.faceless("trust-a", &["hr"]).get(&path).problem(403), "forbidden");
        let client = app.person("trust-a", me, &["trust-admin"]);
        // The principal as the API itself shows it names the issuer of these tests.
        let principal = client.get("/v1/me").expect(200)["principal"].as_str().unwrap().to_owned();
        let (issuer, subject) = principal.strip_prefix("jwt:").unwrap().rsplit_once('#').unwrap();
        let refused = client.post(&path, json!({"issuer": issuer, "subject": subject}));
        assert_eq!((refused.problem(409), refused.broken()), ("rule_broken".to_owned(), "/subject".to_owned()));
        assert_eq!(refused.json()["errors"][0]["code"], "own_login");
        assert!(client.get(&path).expect(200)["items"].as_array().unwrap().is_empty());
        let linked = map(&app, lead, "a");
        let told = app.person("trust-a", lead, &["dsl:100001"]).get("/v1/me/notifications").expect(200);
        assert_eq!(told["items"][0]["kind"], "login_linked");
        assert_eq!(told["items"][0]["record_id"], linked);
        let mine = map(&app, me, "b");
        let kept = client.post(&format!("/v1/people/{me}/subjects/{mine}/removal"), json!({}));
        assert_eq!(kept.problem(409), "rule_broken");
    }

    fn a_school_office_does_not_switch_off_its_lead(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let (lead, teacher) = (person(&app, "Lead", Some(one)), person(&app, "Teacher", Some(one)));
        appoint(&app, lead, "dsl", Some(one));
        appoint(&app, teacher, "staff", Some(one));
        let office = app.faceless("trust-a", &["mis-admin:100001"]);
        let paths = |who| {
            let list = admin(&app).get(&format!("/v1/people/{who}/engagements")).expect(200);
            let engagement = list["items"][0]["id"].as_str().unwrap().to_owned();
            (format!("/v1/people/{who}"), format!("/v1/people/{who}/engagements/{engagement}"))
        };
        let (record, engagement) = paths(lead);
        let renamed = json!({"work_email": "other@trust-a.example"});
        let refused = office.patch(&record, "*", renamed.clone());
        assert_eq!((refused.problem(409), refused.broken()), ("rule_broken".to_owned(), "/work_email".to_owned()));
        assert_eq!(refused.json()["errors"][0]["code"], "lead_role");
        let ended = json!({"ends_on": "2021-08-31"});
        assert_eq!(office.patch(&engagement, "*", ended.clone()).broken(), "/ends_on");
        office.patch(&engagement, "*", json!({"post": "Year 4"})).expect(200);
        let more = json!({
            "school_id": one, "category": "teacher", "starts_on": "2020-09-01", "ends_on": "2021-08-31"
        });
        assert_eq!(office.post(&format!("{record}/engagements"), more).broken(), "/ends_on");
        admin(&app).patch(&record, "*", renamed).expect(200);
        admin(&app).patch(&engagement, "*", ended.clone()).expect(200);
        let (record, engagement) = paths(teacher);
        office.patch(&record, "*", json!({"family_name": "Other"})).expect(200);
        office.patch(&engagement, "*", ended).expect(200);
    }

    fn who_is_shut_out_is_told_nothing(backend) {
        let app = TestApp::start(backend);
        let (one, who) = (school(&app, 100_001), person(&app, "Lead", None));
        appoint(&app, who, "dsl", Some(one));
        let (trust, today) = (app.world.trust_a, Clock::System.now().london_date());
        let holders = || app.services.db.read_now(Some(trust), move |conn| {
            people::holders(conn, trust, &[Role::Dsl], Some(one), today)
        }).unwrap();
        assert_eq!(holders(), [who]);
        let made = admin(&app).post("/v1/revocations", json!({"person_id": who, "reason": "Suspended."}));
        made.expect(201);
        assert!(holders().is_empty());
        let lifting = format!("{}/lifting", made.header("location"));
        admin(&app).post_on(&lifting, &made.etag(), json!({"reason": "Cleared."})).expect(200);
        assert_eq!(holders(), [who]);
    }

    fn an_identifier_has_one_spelling(backend) {
        let app = TestApp::start(backend);
        let id = person(&app, "One", None).to_string();
        let digit = id.as_bytes()[0];
        let spelt = format!("%{digit:02x}{}", &id[1..]);
        assert_eq!(admin(&app).get(&format!("/v1/people/{id}")).status, 200);
        assert_eq!(admin(&app).get(&format!("/v1/people/{spelt}")).problem(404), "not_found");
        assert_eq!(admin(&app).get(&format!("/v1/people/{spelt}/engagements")).problem(404), "not_found");
    }

    fn the_same_role_is_not_held_twice_at_once(backend) {
        let app = TestApp::start(backend);
        let (one, who) = (school(&app, 100_001), person(&app, "Lead", None));
        let body = |from: &str, to: Option<&str>| json!({
            "person_id": who, "role": "dsl", "school_id": one, "starts_on": from, "ends_on": to
        });
        let make = |from, to| admin(&app).post("/v1/appointments", body(from, to));
        let first = make("2020-01-01", Some("2021-12-31"));
        first.expect(201);
        assert_eq!(make("2021-12-31", None).problem(409), "already_exists");
        make("2022-01-01", None).expect(201);
        let longer = admin(&app).patch(first.header("location"), "*", json!({"ends_on": null}));
        assert_eq!(longer.problem(409), "already_exists");
        let in_force = admin(&app).get("/v1/appointments?on=2021-06-01&role=dsl").expect(200);
        assert_eq!(in_force["items"].as_array().unwrap().len(), 1);
        let today = Clock::System.now().london_date();
        let trust = app.world.trust_a;
        let holders = app.services.db.read_now(Some(trust), |conn| {
            people::holders(conn, trust, &[Role::Dsl], Some(one), today)
        }).unwrap();
        assert_eq!(holders, [who]);
    }

    fn nobody_appoints_themselves(backend) {
        let app = TestApp::start(backend);
        let (one, who) = (school(&app, 100_001), person(&app, "Admin", None));
        let me = app.person("trust-a", who, &["trust-admin"]);
        let body = json!({"person_id": who, "role": "dsl", "school_id": one, "starts_on": "2026-01-05"});
        assert_eq!(me.post("/v1/appointments", body).problem(409), "state_conflict");
        let unknown = json!({
            "person_id": app.world.trust_b, "role": "dsl", "school_id": one, "starts_on": "2026-01-05"
        });
        assert_eq!(me.post("/v1/appointments", unknown).broken(), "/person_id");
    }
}
