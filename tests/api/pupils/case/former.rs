//! A school that the child has left keeps what it recorded and learns no more; a record that becomes part of another one's
//! goes with it.

use super::*;
use crate::on_both;

on_both! {
    fn a_school_that_the_child_has_left_keeps_its_own_version(backend) {
        let place = Place::new(backend);
        let (north, south, pupil) = (&place.north_dsl, &place.south_dsl, pupil(&place));
        let made: Vec<(Class, Answer)> = classes(place.north_dsl_person)
            .into_iter()
            .map(|class| {
                let made = north.post(&at(&pupil, class.base), class.body.clone());
                (class, made)
            })
            .collect();
        moves_on(&place, &pupil);
        for (class, made) in &made {
            let (path, list, id) = (made.header("location"), at(&pupil, class.base), made.id());
            let known = north.get(path);
            assert_eq!(known.expect(200), made.json());
            let now = step(south, path, "corrections", &class.correction).expect(201);
            assert_eq!((&now["number"], &now["school_id"]), (&json!(2), &json!(place.south)));
            south.post(&list, class.body.clone()).expect(201);
            let after = north.get(path);
            assert_eq!((after.json(), after.etag()), (known.json(), known.etag()), "{}", class.base);
            assert_eq!(north.get(&format!("{list}?count=true")).expect(200)["count"], 1);
            assert_eq!(south.get(&format!("{list}?count=true")).expect(200)["count"], 2);
            assert_eq!(step(north, path, "corrections", &class.correction).problem(409), "state_conflict");
            assert_eq!(north.post(&list, class.body.clone()).problem(409), "state_conflict");
            // What is due is the task of the school that has the child.
            assert!(due(north, class.rule, &id, "").is_empty(), "{}", class.base);
            assert_eq!(due(south, class.rule, &id, "")[0]["school_id"], json!(place.south));
            assert_eq!(chronology(north, &pupil, &id).len(), 1);
        }
    }

    fn what_was_recorded_of_either_is_recorded_of_the_one(backend) {
        let place = Place::new(backend);
        let known = pupil(&place);
        let claim = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)).id();
        assert_ne!(claim, known);
        let made: Vec<(Class, Value)> = classes(place.south_person)
            .into_iter()
            .map(|class| {
                let made = place.south_dsl.post(&at(&claim, class.base), class.body.clone()).expect(201);
                (class, made)
            })
            .collect();
        let matched = place.north_dsl.get("/v1/pupil-matches?state=open").expect(200);
        let path = format!("/v1/pupil-matches/{}", matched["items"][0]["id"].as_str().unwrap());
        let tag = place.north_dsl.get(&path).etag();
        place.north_dsl.post_on(&format!("{path}/confirmation"), &tag, json!({})).expect(200);
        for (class, was) in &made {
            let id = was["id"].as_str().unwrap();
            for pupil in [&known, &claim] {
                let now = place.south_dsl.get(&format!("{}/{id}", at(pupil, class.base))).expect(200);
                let mut expected = was.clone();
                expected["pupil_id"] = json!(known);
                assert_eq!(now, expected);
            }
        }
    }
}
