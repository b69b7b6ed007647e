//! That somebody is left who reads a concern, and nobody more.

use serde_json::json;

use super::{at, dismiss, has_task, raising, told, trust_b, work};
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn an_ordinary_concern_goes_to_nobody_above_by_name(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        let (dsl, head) = (school.staff["dsl"], school.staff["headteacher"]);
        let (ceo, lead) = (app.as_role("trust-b", "ceo"), app.as_role("trust-b", "trust-safeguarding-lead"));
        dismiss(&app, head, "headteacher");
        let alone = at(&app, 1, "dsl").post("/v1/concerns", raising(school, json!({}))).id();
        assert_eq!((told(&lead, "reads_alone", &school.id.to_string()), told(&ceo, "reads_alone", &school.id.to_string())), (1, 0));
        dismiss(&app, dsl, "dsl");
        assert_eq!(told(&lead, "readers_missing", &school.id.to_string()), 1);
        let by_token = at(&app, 1, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        for concern in [&alone, &by_token] {
            for client in [&ceo, &lead] {
                assert_eq!(client.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
                assert_eq!(told(client, "concern_raised", concern), 0);
            }
        }
        let admin = app.as_role("trust-b", "trust-admin");
        assert!(has_task(&admin, "school_readers", &school.id.to_string()));
        assert!(!has_task(&admin, "school_readers", &trust_b(&app).schools[0].id.to_string()));
    }

    fn whoever_is_appointed_by_token_alone_finds_what_nobody_has_triaged(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        dismiss(&app, school.staff["dsl"], "dsl");
        let concern = at(&app, 1, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let person = json!({"given_name": "Robin", "family_name": "Newcome"});
        let person = app.as_role("trust-b", "trust-admin").post("/v1/people", person).id();
        let claim = format!("dsl:{}", school.urn);
        let dsl = app.person("trust-b", tutela::ids::Id::parse(&person).unwrap(), &[&claim]);
        assert!(has_task(&dsl, "concern_untriaged", &concern));
        let triage = json!({"severity": "routine", "monitor": false, "parent_informed": "yes"});
        work(&dsl, &concern, "triage", triage).expect(201);
        assert!(!has_task(&dsl, "concern_untriaged", &concern));
    }

    fn whoever_follows_the_last_reader_is_let_in_with_all_that_the_work_takes(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        let (ceo, lead) = (app.as_role("trust-b", "ceo"), app.as_role("trust-b", "trust-safeguarding-lead"));
        let adults = json!({"adult_ids": [school.staff["dsl"]], "reporter": {"kind": "self", "protect_identity": true}});
        let concern = at(&app, 1, "staff").post("/v1/concerns", raising(school, adults)).id();
        let path = format!("/v1/concerns/{concern}");
        let head = at(&app, 1, "headteacher");
        assert_eq!(told(&head, "concern_raised", &concern), 1);
        assert!(head.get(&path).expect(200)["reporter"]["raised_by"].is_string());
        assert_eq!(lead.get(&format!("{path}/access-log")).problem(404), "not_found");
        let admin = app.as_role("trust-b", "trust-admin");
        let revoked = json!({"person_id": school.staff["headteacher"], "reason": "Suspended."});
        admin.post("/v1/revocations", revoked).expect(201);
        assert_eq!(told(&lead, "concern_raised", &concern), 1);
        assert_eq!(lead.get(&path).expect(200)["view"], "full");
        assert!(lead.get(&path).expect(200)["reporter"]["raised_by"].is_string());
        assert!(!lead.get(&format!("{path}/access-log")).expect(200)["items"].as_array().unwrap().is_empty());
        let with = json!({"person_id": trust_b(&app).schools[0].staff["dsl"], "kind": "share", "reason": "Advice."});
        work(&lead, &concern, "shares", with).expect(201);
        assert_eq!(at(&app, 0, "dsl").get(&path).status, 200);
        assert_eq!(at(&app, 0, "dsl").get(&format!("{path}/access-log")).status, 404);
        assert_eq!(ceo.get(&path).status, 404);
    }

    fn the_restricted_log_is_opened_by_those_who_work_there_and_to_few(backend) {
        let app = TestApp::start_demo(backend);
        let trust = &app.demo.trusts[0];
        let school = &trust.schools[0];
        let restricted = json!({"log": "restricted"});
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, restricted)).id();
        let share = |person: tutela::ids::Id| json!({"person_id": person, "kind": "share", "reason": "Advice."});
        let (dsl, head) = (app.as_role_at(0, "dsl"), app.as_role_at(0, "headteacher"));
        assert_eq!(work(&head, &concern, "shares", share(school.staff["welfare-lap"])).problem(404), "not_found");
        for role in ["welfare-lap", "family-liaison", "staff", "volunteer"] {
            let refused = work(&dsl, &concern, "shares", share(school.staff[role]));
            assert_eq!((refused.broken().as_str(), refused.json()["errors"][0]["code"].as_str()), ("/person_id", Some("cannot_be_let_in")), "{role}");
        }
        work(&dsl, &concern, "shares", share(trust.schools[1].staff["dsl"])).expect(201);
        assert_eq!(app.as_role_at(1, "dsl").get(&format!("/v1/concerns/{concern}")).status, 200);
    }

    fn nothing_is_shared_with_those_who_can_never_read(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let dsl = app.as_role_at(0, "dsl");
        for role in ["volunteer", "governor", "mis-admin"] {
            let share = json!({"person_id": school.staff[role], "kind": "share", "reason": "Advice."});
            assert_eq!(work(&dsl, &concern, "shares", share).broken(), "/person_id", "{role}");
            let action = json!({"kind": "observe", "description": "Watch.", "owner_id": school.staff[role]});
            assert_eq!(work(&dsl, &concern, "actions", action).broken(), "/owner_id", "{role}");
        }
        let action = json!({"kind": "observe", "description": "Watch.", "owner_id": school.staff["welfare-lap"]});
        let action = work(&dsl, &concern, "actions", action).id();
        let share = json!({"person_id": school.staff["welfare-lap"], "kind": "share", "reason": "Watches."});
        work(&dsl, &concern, "shares", share).expect(201);
        let outcome = json!({"done_on": "2025-01-15", "outcome": "Ate well."});
        let lap = app.as_role_at(0, "welfare-lap");
        assert_eq!(work(&lap, &concern, "notes", json!({"text": "No."})).problem(403), "forbidden");
        work(&lap, &concern, &format!("actions/{action}/outcome"), outcome).expect(201);
    }

    fn a_leaver_holds_nothing_and_one_who_moved_holds_nothing_where_they_were(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (crate::support::made::school(&app, 100_001), crate::support::made::school(&app, 100_002));
        let admin = crate::support::made::admin(&app);
        let engaged = |school, from: &str, to: Option<&str>| {
            json!({"school_id": school, "category": "teacher", "starts_on": from, "ends_on": to})
        };
        let person = |engagements: Vec<serde_json::Value>| {
            let who = admin.post("/v1/people", json!({"given_name": "Robin", "family_name": "Mover"})).id();
            for engagement in engagements {
                admin.post(&format!("/v1/people/{who}/engagements"), engagement).expect(201);
            }
            tutela::ids::Id::parse(&who).unwrap()
        };
        let roles = |who| {
            let me = app.person("trust-a", who, &["dsl:100001", "staff:100002"]).get("/v1/me");
            // Whoever holds no role may not even ask who they are.
            let roles = if me.status == 403 { Vec::new() } else { me.expect(200)["roles"].as_array().unwrap().clone() };
            roles.iter().map(|role| role["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let over = || engaged(one, "2020-09-01", Some("2024-08-31"));
        assert!(roles(person(vec![over(), engaged(two, "2099-09-01", None)])).is_empty());
        let moved = person(vec![over(), engaged(two, "2024-09-01", None)]);
        assert_eq!(roles(moved), ["staff"]);
        crate::support::made::appoint(&app, moved, "dsl", Some(one));
        assert_eq!(roles(moved).len(), 2);
    }

    fn what_a_key_fed_stays_with_the_key_that_took_its_place(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let expires_at = tutela::clock::Clock::System.now().plus_seconds(30 * 86_400);
        let body = json!({
            "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": "integration",
            "scopes": ["concerns-create"], "school_ids": [school.id], "expires_at": expires_at
        });
        let (admin, dsl) = (app.as_role("trust-a", "trust-admin"), app.as_role_at(0, "dsl"));
        let granted = |made: &crate::support::Answer| {
            let body = json!({"scopes": ["concerns-metadata"], "school_ids": [school.id]});
            dsl.post_on(&format!("{}/grants", made.header("location")), "*", body).expect(200);
            app.bearer(made.json()["key"].as_str().unwrap())
        };
        let first = admin.post("/v1/api-keys", body);
        let concern = granted(&first).post("/v1/concerns", raising(school, json!({}))).id();
        let rotation = format!("{}/rotation", first.header("location"));
        let second = admin.post_on(&rotation, "*", json!({"overlap_hours": 0}));
        second.expect(201);
        let key = granted(&second);
        assert_eq!(key.get(&format!("/v1/concerns/{concern}")).expect(200)["view"], "metadata");
        assert_eq!(key.get("/v1/concerns?raised_by_me=true&count=true").expect(200)["count"], 1);
    }
}
