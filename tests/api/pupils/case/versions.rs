//! A record is kept in versions, and each step is one.

use super::*;
use crate::on_both;

on_both! {
    fn a_correction_is_a_version_and_the_one_before_is_known(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        for class in classes(place.north_dsl_person) {
            let made = dsl.post(&at(&pupil, class.base), class.body.clone());
            let (path, first) = (made.header("location").to_owned(), made.expect(201));
            assert_eq!(dsl.get(&path).expect(200), first, "{}", class.base);
            assert_eq!(dsl.get(&path).etag(), made.etag());
            let corrections = format!("{path}/corrections");
            assert_eq!(dsl.post(&corrections, class.correction.clone()).problem(428), "precondition_required");
            assert_eq!(dsl.post_on(&corrections, "*", class.correction.clone()).problem(412), "version_stale");
            let now = dsl.post_on(&corrections, &made.etag(), class.correction.clone()).expect(201);
            let (field, value) = &class.corrected;
            assert_eq!((&now["number"], &now[field]), (&json!(2), value), "{now}");
            assert_eq!(dsl.post_on(&corrections, &made.etag(), class.correction.clone()).problem(412), "version_stale");
            let then = format!("{path}?as_of={}", first["recorded_at"].as_str().unwrap());
            assert_eq!(dsl.get(&then).expect(200), first);
            assert_eq!(dsl.get(&format!("{path}?as_of=2020-01-01T00:00:00Z")).problem(404), "not_found");
            let none = format!("{}?as_of=2020-01-01T00:00:00Z", at(&pupil, class.base));
            assert_eq!(dsl.get(&none).expect(200), json!({"items": []}));
        }
    }

    fn what_was_withdrawn_stays_and_asks_for_nothing(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        for class in classes(place.north_dsl_person) {
            let made = dsl.post(&at(&pupil, class.base), class.body.clone());
            let (path, id) = (made.header("location").to_owned(), made.id());
            assert_eq!(due(dsl, class.rule, &id, "").len(), 1, "{}", class.base);
            assert_eq!(chronology(dsl, &pupil, &id).len(), 1, "{}", class.base);
            let reason = json!({"reason": "Recorded for the wrong pupil."});
            let view = step(dsl, &path, "withdrawal", &reason).expect(200);
            assert_eq!((&view["withdrawn"], &view["number"]), (&json!(true), &json!(2)));
            assert!(due(dsl, class.rule, &id, "").is_empty());
            assert!(chronology(dsl, &pupil, &id).is_empty());
            for (part, body) in &class.steps {
                assert_eq!(step(dsl, &path, part, body).problem(409), "state_conflict", "{part}");
            }
            assert_eq!(step(dsl, &path, "corrections", &class.correction).problem(409), "state_conflict");
            let list = dsl.get(&format!("{}?count=true", at(&pupil, class.base))).expect(200);
            assert_eq!((&list["count"], &list["items"][0]["withdrawn"]), (&json!(1), &json!(true)));
        }
    }

    fn a_repetition_is_answered_as_before(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        for class in classes(place.north_dsl_person) {
            let (list, key) = (at(&pupil, class.base), format!("same-{}", class.base));
            let first = dsl.post_keyed(&list, &key, class.body.clone()).expect(201);
            assert_eq!(dsl.post_keyed(&list, &key, class.body.clone()).expect(201), first);
            let path = format!("{list}/{}", first["id"].as_str().unwrap());
            let (part, body) = &class.steps[0];
            let (key, text) = (format!("\"step-{}\"", class.base), body.to_string());
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &*key), ("If-Match", "\"1\"")];
            let stepped = dsl.send("POST", &format!("{path}/{part}"), &headers, Some(text.as_bytes()));
            let again = dsl.send("POST", &format!("{path}/{part}"), &headers, Some(text.as_bytes()));
            assert_eq!((again.status, again.json()), (stepped.status, stepped.json()), "{}", again.text);
            assert_eq!(dsl.get(&path).expect(200)["number"], 2);
        }
    }

    fn pages_follow_each_other(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        for class in classes(place.north_dsl_person) {
            let list = at(&pupil, class.base);
            let made: Vec<String> = (0..3).map(|_| dsl.post(&list, class.body.clone()).id()).collect();
            let first = dsl.get(&format!("{list}?limit=2&count=true")).expect(200);
            let cursor = first["next_cursor"].as_str().unwrap();
            let second = dsl.get(&format!("{list}?limit=2&cursor={cursor}")).expect(200);
            let ids = |page: &Value| -> Vec<String> {
                page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
            };
            assert_eq!([ids(&first), ids(&second)].concat(), made);
            assert_eq!((&first["count"], &second["next_cursor"]), (&json!(3), &Value::Null));
        }
    }
}
