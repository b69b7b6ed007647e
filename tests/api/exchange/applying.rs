//! From plan to records: what is created, changed, skipped; what is stale; what is repeated.

use super::*;
use crate::on_both;

fn row(number: usize, family: &str, more: &str) -> String {
    format!("{},Amara,{family},01/10/2015,03/09/2024,{more}\n", upn(number))
}

on_both! {
    fn a_plan_changes_nothing_until_it_is_applied_and_then_as_by_hand(backend) {
        let ground = Ground::new(backend);
        let import = ground.rehearse("pupils", &pupils_file(3));
        assert_eq!((&import["rows"], &import["to_create"], &import["percent"]), (&json!(3), &json!(3), &json!(100)));
        assert!(ground.pupils().is_empty());
        assert_eq!(events(&ground.app, "pupil.created"), 0);
        apply(&ground.mis, &import);
        let import = wait(&ground.mis, import["id"].as_str().unwrap(), "applied");
        assert_eq!((&import["applied"], &import["failed"]), (&json!(3), &json!(0)));
        let pupils = ground.pupils();
        assert_eq!(pupils.len(), 3);
        assert_eq!(pupils[0]["national_curriculum_year"], 5);
        assert_eq!(pupils[0]["enrolments"][0]["school_id"], json!(ground.schools[0]));
        for kind in ["pupil.created", "enrolment.created"] {
            assert_eq!((events(&ground.app, kind), entries(&ground.app, kind)), (3, 3), "{kind}");
        }
        let rows = ground.rows(&import);
        assert!(rows.iter().all(|row| row["result"] == "applied"));
        assert_eq!(rows[0]["record_id"], pupils[0]["id"]);
    }

    fn what_is_there_already_is_skipped_and_what_differs_is_named(backend) {
        let ground = Ground::new(backend);
        ground.bring_in("pupils", &pupils_file(2));
        let again = ground.rehearse("pupils", &pupils_file(2));
        assert_eq!((&again["to_skip"], &again["to_create"]), (&json!(2), &json!(0)), "{again}");
        let file = format!("{PUPILS}{}{}", row(1, "Fenwick-Lee", "6"), row(2, "Fenwick 2", "5"));
        let import = ground.rehearse("pupils", &file);
        let rows = ground.rows(&import);
        assert_eq!((&rows[0]["outcome"], &rows[1]["outcome"]), (&json!("change"), &json!("skip")));
        assert_eq!(
            rows[0]["differences"],
            json!([
                {"pointer": "/family_name", "from": "Fenwick 1", "to": "Fenwick-Lee"},
                {"pointer": "/enrolment/year_group", "from": "5", "to": "6"}
            ])
        );
        apply(&ground.mis, &import);
        wait(&ground.mis, import["id"].as_str().unwrap(), "applied");
        assert!(ground.pupils().iter().any(|pupil| pupil["family_name"] == "Fenwick-Lee"));
        assert_eq!((events(&ground.app, "pupil.changed"), events(&ground.app, "enrolment.changed")), (1, 1));
        let path = format!("/v1/imports/{}/rows?outcome=skip", import["id"].as_str().unwrap());
        assert_eq!(ground.mis.get(&path).expect(200)["items"].as_array().unwrap().len(), 1);
    }

    fn an_enrolment_that_contradicts_another_is_a_conflict(backend) {
        let ground = Ground::new(backend);
        ground.bring_in("pupils", &pupils_file(1));
        let other_day = format!("{PUPILS}{}", row(1, "Fenwick 1", "5").replace("03/09/2024", "04/09/2024"));
        let import = ground.rehearse("pupils", &other_day);
        assert_eq!(import["in_conflict"], 1, "{import}");
        assert_eq!(faults(&ground.rows(&import)[0])[0].2, "state_conflict");
    }

    fn a_plan_does_not_hold_once_a_record_has_changed(backend) {
        let ground = Ground::new(backend);
        ground.bring_in("pupils", &pupils_file(2));
        let changing = ground.rehearse("pupils", &format!("{PUPILS}{}", row(1, "Fenwick-Lee", "5")));
        let path = format!("/v1/imports/{}/application", changing["id"].as_str().unwrap());
        let wrong = ground.mis.post(&path, json!({"plan_hash": "0".repeat(64)}));
        assert_eq!(wrong.problem(409), "plan_stale");
        let pupil = ground.pupils().into_iter().find(|pupil| pupil["upn"] == json!(upn(1))).unwrap();
        let pupil = format!("/v1/pupils/{}", pupil["id"].as_str().unwrap());
        let tag = ground.mis.get(&pupil).etag();
        ground.mis.patch(&pupil, &tag, json!({"preferred_name": "Mara"})).expect(200);
        let stale = ground.mis.post(&path, json!({"plan_hash": changing["plan_hash"]}));
        assert_eq!(stale.problem(409), "plan_stale");
        let creating = ground.rehearse("pupils", &format!("{PUPILS}{}", row(9, "Fenwick", "5")));
        ground.bring_in("pupils", &format!("{PUPILS}{}", row(9, "Fenwick", "5")));
        let path = format!("/v1/imports/{}/application", creating["id"].as_str().unwrap());
        let stale = ground.mis.post(&path, json!({"plan_hash": creating["plan_hash"]}));
        assert_eq!(stale.problem(409), "plan_stale");
        assert_eq!(events(&ground.app, "pupil.created"), 3);
    }

    fn a_record_that_changes_while_a_plan_is_applied_is_left_alone_and_reported(backend) {
        let ground = Ground::idle(backend);
        let node = Node::new(&ground.app.services);
        let made = |file: &str| {
            let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
            let id = ground.mis.upload(&path, file.as_bytes()).expect(202)["id"].as_str().unwrap().to_owned();
            node.run();
            let import = ground.mis.get(&format!("/v1/imports/{id}")).expect(200);
            apply(&ground.mis, &import);
            import
        };
        made(&pupils_file(2));
        node.run();
        let import = made(&format!("{PUPILS}{}{}", row(1, "Fenwick-Lee", "5"), row(2, "Fenwick-Moss", "5")));
        let pupil = ground.pupils().into_iter().find(|pupil| pupil["upn"] == json!(upn(1))).unwrap();
        let pupil = format!("/v1/pupils/{}", pupil["id"].as_str().unwrap());
        let tag = ground.mis.get(&pupil).etag();
        ground.mis.patch(&pupil, &tag, json!({"family_name": "Byhand"})).expect(200);
        node.run();
        let import = ground.mis.get(&format!("/v1/imports/{}", import["id"].as_str().unwrap())).expect(200);
        assert_eq!((&import["state"], &import["applied"], &import["failed"]), (&json!("applied"), &json!(1), &json!(1)));
        let rows = ground.rows(&import);
        assert_eq!((&rows[0]["result"], &rows[1]["result"]), (&json!("stale"), &json!("applied")));
        assert_eq!(faults(&rows[0])[0].2, "stale");
        assert_eq!(ground.mis.get(&pupil).expect(200)["family_name"], "Byhand");
        let path = format!("/v1/imports/{}/rejected-rows", import["id"].as_str().unwrap());
        assert!(ground.mis.get(&path).text.contains("Fenwick-Lee"));
    }

    fn a_plan_is_applied_once(backend) {
        let ground = Ground::new(backend);
        let import = ground.bring_in("pupils", &pupils_file(2));
        let path = format!("/v1/imports/{}/application", import["id"].as_str().unwrap());
        let again = ground.mis.post(&path, json!({"plan_hash": import["plan_hash"]}));
        assert_eq!(again.problem(409), "state_conflict");
        assert_eq!(ground.pupils().len(), 2);
    }

    fn a_repeated_request_is_answered_as_before(backend) {
        let ground = Ground::new(backend);
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        let send = |path: &str, file: &str| {
            let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", "\"once\"")];
            ground.mis.send("POST", path, &headers, Some(file.as_bytes()))
        };
        let first = send(&path, &pupils_file(2)).expect(202);
        let again = send(&path, &pupils_file(2)).expect(202);
        assert_eq!(first["id"], again["id"]);
        assert_eq!(send(&path, &pupils_file(3)).problem(422), "idempotency_mismatch");
        let elsewhere = path.replace("pupils", "people");
        let people = "Email,Forename,Surname,Category,Start date\nr@a.example,R,E,Teacher,01/09/2025\n";
        assert_eq!(send(&elsewhere, people).problem(422), "idempotency_mismatch");
        assert_eq!(ground.mis.get("/v1/imports").expect(200)["items"].as_array().unwrap().len(), 1);
        let import = wait(&ground.mis, first["id"].as_str().unwrap(), "rehearsed");
        let apply = format!("/v1/imports/{}/application", import["id"].as_str().unwrap());
        for _ in 0..2 {
            ground.mis.post_keyed(&apply, "apply-once", json!({"plan_hash": import["plan_hash"]})).expect(202);
        }
        wait(&ground.mis, import["id"].as_str().unwrap(), "applied");
        assert_eq!(ground.pupils().len(), 2);
    }

    fn an_import_that_is_called_off_is_destroyed(backend) {
        let ground = Ground::new(backend);
        let import = ground.rehearse("pupils", &pupils_file(2));
        let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
        let tag = ground.mis.get(&path).etag();
        let reason = json!({"reason": "The wrong file."});
        assert_eq!(ground.mis.post(&format!("{path}/cancellation"), reason.clone()).problem(428), "precondition_required");
        let import = ground.mis.post_on(&format!("{path}/cancellation"), &tag, reason).expect(200);
        assert_eq!((&import["state"], &import["has_rows"]), (&json!("cancelled"), &json!(false)));
        assert!(ground.rows(&import).is_empty());
        assert_eq!(ground.mis.get(&format!("{path}/rejected-rows")).problem(404), "not_found");
        let late = ground.mis.post(&format!("{path}/application"), json!({"plan_hash": import["plan_hash"]}));
        assert_eq!(late.problem(409), "state_conflict");
    }

    fn a_number_that_comes_later_finds_its_pupil(backend) {
        let ground = Ground::new(backend);
        let without = format!("{PUPILS}{}", row(1, "Fenwick", "5").replace(&upn(1), ""));
        ground.bring_in("pupils", &without);
        assert_eq!(ground.rehearse("pupils", &without)["to_skip"], 1);
        let import = ground.bring_in("pupils", &format!("{PUPILS}{}", row(1, "Fenwick", "5")));
        assert_eq!(import["to_change"], 1, "{import}");
        let pupils = ground.pupils();
        assert_eq!((pupils.len(), &pupils[0]["upn"]), (1, &json!(upn(1))));
    }
}
