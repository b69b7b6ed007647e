//! Who may bring in what, and who sees it.

use super::*;
use crate::on_both;
use crate::support::made::{admin, confirmed_key};

const PEOPLE: &str = "Email,Forename,Surname,Category,Start date\n";

on_both! {
    fn an_import_is_seen_by_its_maker_and_those_with_the_right_at_the_school(backend) {
        let ground = Ground::new(backend);
        let import = ground.rehearse("pupils", &pupils_file(1));
        let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
        let colleague = mis(&ground.app, "Colleague", ground.schools[0], 199_001);
        let other = mis(&ground.app, "Other", ground.schools[1], 199_002);
        assert_eq!(colleague.get(&path).expect(200)["is_mine"], false);
        for (stranger, who) in [(&other, "another school"), (&admin(&ground.app), "no right to pupils")] {
            for part in ["", "/rows", "/rejected-rows"] {
                assert_eq!(stranger.get(&format!("{path}{part}")).problem(404), "not_found", "{who} {part}");
            }
            assert_eq!(stranger.get("/v1/imports").expect(200)["items"], json!([]), "{who}");
            let apply = stranger.post(&format!("{path}/application"), json!({"plan_hash": import["plan_hash"]}));
            assert_eq!(apply.problem(404), "not_found", "{who}");
        }
        let people = ground.rehearse("people", &format!("{PEOPLE}r@a.example,Robin,Example,Teacher,01/09/2025\n"));
        let seen = admin(&ground.app).get("/v1/imports").expect(200);
        assert_eq!(seen["items"][0]["id"], people["id"]);
        let foreign = ground.app.faceless("trust-b", &["trust-admin"]);
        assert_eq!(foreign.get(&format!("/v1/imports/{}", people["id"].as_str().unwrap())).problem(404), "not_found");
    }

    fn the_makers_reach_of_today_decides(backend) {
        let ground = Ground::new(backend);
        let maker = person(&ground.app, "Mover", Some(ground.schools[0]));
        let both = ground.app.person("trust-a", maker, &["mis-admin:199001", "mis-admin:199002"]);
        let head = "UPN,Forename,Surname,DOB,School,Admission date\n";
        let file = |urn: &str, number| format!("{head}{},Amara,Fenwick,01/10/2015,{urn},03/09/2024\n", upn(number));
        let rehearsed = |path: &str, file: &str| {
            let made = both.upload(path, file.as_bytes()).expect(202);
            wait(&both, made["id"].as_str().unwrap(), "rehearsed")
        };
        let first = rehearsed("/v1/imports?map=pupils", &file("199001", 1));
        let named = rehearsed(&format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]), &pupils_file(1));
        let second = rehearsed("/v1/imports?map=pupils", &file("199002", 2));
        let moved = ground.app.person("trust-a", maker, &["mis-admin:199002"]);
        for import in [&first, &named] {
            let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
            for part in ["", "/rows", "/rejected-rows"] {
                assert_eq!(moved.get(&format!("{path}{part}")).problem(404), "not_found", "{part}");
            }
            let vain = moved.post(&format!("{path}/application"), json!({"plan_hash": import["plan_hash"]}));
            assert_eq!(vain.problem(404), "not_found");
            both.get(&path).expect(200);
        }
        moved.get(&format!("/v1/imports/{}", second["id"].as_str().unwrap())).expect(200);
    }

    fn beside_the_right_to_imports_that_to_the_records_is_needed(backend) {
        let ground = Ground::new(backend);
        let pupils = pupils_file(1);
        let refuse = |client: &Client, map: &str, file: &str| {
            client.upload(&format!("/v1/imports?map={map}&school_id={}", ground.schools[0]), file.as_bytes()).status
        };
        assert_eq!(refuse(&admin(&ground.app), "pupils", &pupils), 403, "no pupil's record is the administrator's");
        assert_eq!(refuse(&ground.mis, "schools", "URN,Name\n199001,X\n"), 403);
        let staff = ground.app.person("trust-a", person(&ground.app, "Staff", Some(ground.schools[0])), &["staff:199001"]);
        assert_eq!(refuse(&staff, "people", PEOPLE), 403);
        let foreign = ground.mis.upload(
            &format!("/v1/imports?map=pupils&school_id={}", ground.schools[1]), pupils.as_bytes());
        assert_eq!((foreign.status, foreign.broken()), (409, "?school_id".to_owned()));
        let maps = |client: &Client| {
            let items = client.get("/v1/import-maps").expect(200)["items"].as_array().unwrap().clone();
            items.iter().map(|map| map["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(maps(&ground.mis), ["people", "pupils"]);
        assert_eq!(maps(&admin(&ground.app)), ["schools", "people"]);
    }

    fn a_row_for_another_school_is_like_one_for_none(backend) {
        let ground = Ground::new(backend);
        let head = "UPN,Forename,Surname,DOB,School,Admission date\n";
        let row = |urn: &str, number: usize| format!("{},Amara,Fenwick,01/10/2015,{urn},03/09/2024\n", upn(number));
        let import = ground.rehearse("pupils", &format!("{head}{}{}", row("199002", 1), row("123456", 2)));
        let rows = ground.rows(&import);
        assert_eq!(import["to_refuse"], 2, "{import}");
        assert_eq!(rows[0]["errors"], rows[1]["errors"]);
    }

    fn a_pupil_of_another_school_is_like_one_whom_nobody_knows(backend) {
        let ground = Ground::new(backend);
        let other = mis(&ground.app, "Other", ground.schools[1], 199_002);
        let hidden = json!({
            "upn": upn(1), "given_name": "Hidden", "family_name": "Zqcanary", "birth_date": "2015-10-01",
            "enrolment": {"school_id": ground.schools[1], "starts_on": "2023-09-04"}
        });
        let id = other.post("/v1/pupils", hidden).id();
        let file = format!("{PUPILS}{},Amara,Fenwick,01/10/2015,03/09/2024,5\n{},Amara,Fenwick,01/10/2015,03/09/2024,5\n", upn(1), upn(2));
        let import = ground.rehearse("pupils", &file);
        let rows = ground.rows(&import);
        let plain = |row: &Value| (row["outcome"].clone(), row["record_id"].clone(), row["differences"].clone(), row["errors"].clone());
        assert_eq!(plain(&rows[0]), plain(&rows[1]), "nothing tells them apart");
        assert!(!json!(rows).to_string().contains(&id) && !json!(rows).to_string().contains("Zqcanary"));
        apply(&ground.mis, &import);
        let done = wait(&ground.mis, import["id"].as_str().unwrap(), "applied");
        assert_eq!(done["applied"], 2);
        // As by hand: a record of its own, and the school that has the child is asked whether the two are one.
        assert_eq!(ground.mis.get(&format!("/v1/pupils/{id}")).status, 404);
        assert_eq!((ground.pupils().len(), events(&ground.app, "pupil.created")), (2, 3));
        let asked = || other.get("/v1/pupil-matches?state=open&count=true").expect(200)["count"].clone();
        assert_eq!(asked(), 1);
        let born_otherwise = json!({
            "upn": upn(3), "given_name": "Hidden", "family_name": "Zqcanary", "birth_date": "2015-10-01",
            "enrolment": {"school_id": ground.schools[1], "starts_on": "2023-09-04"}
        });
        other.post("/v1/pupils", born_otherwise).expect(201);
        let import = ground.rehearse("pupils", &format!("{PUPILS}{},Amara,Fenwick,02/10/2015,03/09/2024,5\n", upn(3)));
        apply(&ground.mis, &import);
        assert_eq!(wait(&ground.mis, import["id"].as_str().unwrap(), "applied")["applied"], 1);
        assert_eq!((ground.pupils().len(), asked()), (3, json!(2)));
    }

    fn a_file_finds_a_child_who_comes_back_by_what_the_school_knew(backend) {
        let ground = Ground::new(backend);
        let other = mis(&ground.app, "Other", ground.schools[1], 199_002);
        let file = |family: &str, from: &str| format!("{PUPILS}{},Amara,{family},01/10/2015,{from},5\n", upn(1));
        ground.bring_in("pupils", &file("Fenwick", "03/09/2024"));
        let path = format!("/v1/pupils/{}", ground.pupils()[0]["id"].as_str().unwrap());
        let end = |client: &crate::support::Client, on: &str| {
            let enrolments = format!("{path}/enrolments");
            let one = client.get(&enrolments).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
            let one = format!("{enrolments}/{one}");
            client.patch(&one, &client.get(&one).etag(), json!({"ends_on": on})).expect(200);
        };
        end(&ground.mis, "2025-07-18");
        let there = json!({
            "upn": upn(1), "given_name": "Amara", "family_name": "Fenwick", "birth_date": "2015-10-01",
            "enrolment": {"school_id": ground.schools[1], "starts_on": "2025-09-03"}
        });
        other.post("/v1/pupils", there).expect(201);
        let renamed = json!({"given_name": "Zadie", "family_name": "Zqlater"});
        other.patch(&path, &other.get(&path).etag(), renamed).expect(200);
        end(&other, "2026-01-30");
        let import = ground.rehearse("pupils", &file("Fenwick-Lee", "02/02/2026"));
        let rows = json!(ground.rows(&import)).to_string();
        assert!(rows.contains("Fenwick-Lee") && !rows.contains("Zqlater") && !rows.contains("Zadie"), "{rows}");
        apply(&ground.mis, &import);
        assert_eq!(wait(&ground.mis, import["id"].as_str().unwrap(), "applied")["applied"], 1);
        let now = ground.mis.get(&path).expect(200);
        assert_eq!((&now["family_name"], &now["given_name"]), (&json!("Fenwick-Lee"), &json!("Zadie")));
    }

    fn a_services_key_brings_in_what_its_scope_and_schools_allow(backend) {
        let ground = Ground::new(backend);
        let expires_at = tutela::clock::Clock::System.now().plus_seconds(30 * 86_400);
        let key = |scope: &str| {
            let body = json!({
                "name": "MIS feed", "owner": {"kind": "service", "service": "MIS"}, "role": "integration",
                "scopes": [scope], "school_ids": [ground.schools[0]], "expires_at": expires_at
            });
            confirmed_key(&ground.app, body)
        };
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        assert_eq!(key("pupils-read").upload(&path, pupils_file(2).as_bytes()).problem(403), "forbidden");
        assert_eq!(key("people-write").upload(&path, pupils_file(2).as_bytes()).problem(403), "forbidden");
        let feed = key("pupils-write");
        let made = feed.upload(&path, pupils_file(2).as_bytes()).expect(202);
        let import = wait(&feed, made["id"].as_str().unwrap(), "rehearsed");
        apply(&feed, &import);
        assert_eq!(wait(&feed, import["id"].as_str().unwrap(), "applied")["applied"], 2);
        let elsewhere = format!("/v1/imports?map=pupils&school_id={}", ground.schools[1]);
        assert_eq!(feed.upload(&elsewhere, pupils_file(1).as_bytes()).status, 409);
        assert_eq!(ground.pupils().len(), 2);
    }
}
