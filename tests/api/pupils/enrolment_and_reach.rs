//! A school knows a pupil by an enrolment, and nothing of the others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tutela::ids::Id;

use super::place::Place;
use crate::on_both;
use crate::support::Client;

on_both! {
    fn a_pupil_is_made_read_changed_and_enrolled(backend) {
        let place = Place::new(backend);
        let made = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some("v825200025001"), place.north));
        let path = made.header("location").to_owned();
        assert_eq!(made.expect(201)["upn"], "V825200025001");
        let read = place.north_dsl.get(&path);
        assert_eq!(read.expect(200)["enrolments"].as_array().unwrap().len(), 1);
        let changed = place.north_dsl.patch(&path, &read.etag(), json!({"preferred_name": "Mara", "upn": null}));
        assert_eq!(changed.expect(200)["preferred_name"], "Mara");
        assert_eq!(changed.json()["upn"], json!(null));
        let enrolments = format!("{path}/enrolments");
        let first = place.north_dsl.get(&enrolments).expect(200)["items"][0].clone();
        let one = format!("{enrolments}/{}", first["id"].as_str().unwrap());
        let tag = place.north_dsl.get(&one).etag();
        let overlapping = json!({"school_id": place.north, "starts_on": "2025-01-06"});
        assert_eq!(place.north_dsl.post(&enrolments, overlapping.clone()).problem(409), "state_conflict");
        let before = json!({"school_id": place.north, "starts_on": "2023-09-05", "ends_on": "2024-07-19"});
        place.north_dsl.post(&enrolments, before).expect(201);
        place.north_dsl.patch(&one, &tag, json!({"ends_on": "2024-12-20", "year_group": 4})).expect(200);
        place.north_dsl.post(&enrolments, overlapping).expect(201);
    }

    fn a_school_that_the_child_has_left_changes_nothing_and_learns_no_more(backend) {
        let place = Place::new(backend);
        let upn = Some("V825200025001");
        let made = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.north));
        let (path, pupil) = (made.header("location").to_owned(), made.id());
        let conflict = json!({"person_id": place.staff_person, "pupil_id": pupil, "relationship": "parent"});
        let conflict = place.north_dsl.post("/v1/conflicts", conflict);
        let enrolments = format!("{path}/enrolments");
        let first = place.north_dsl.get(&enrolments).expect(200)["items"][0].clone();
        let one = format!("{enrolments}/{}", first["id"].as_str().unwrap());
        let tag = place.north_dsl.get(&one).etag();
        place.north_dsl.patch(&one, &tag, json!({"ends_on": "2025-07-18"})).expect(200);
        place.south_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.south)).expect(201);
        let sen = json!({"kind": "sen", "value": "support", "starts_on": "2025-09-03"});
        place.south_dsl.post(&format!("{path}/characteristics"), sen.clone()).expect(201);
        let read = place.north_dsl.get(&path);
        read.expect(200);
        assert_eq!(place.north_dsl.patch(&path, &read.etag(), json!({"family_name": "X"})).problem(409), "state_conflict");
        assert_eq!(place.north_dsl.get(&format!("{path}/characteristics")).problem(404), "not_found");
        assert_eq!(place.north_dsl.post(&format!("{path}/characteristics"), sen).problem(404), "not_found");
        let ending = format!("{}/ending", conflict.header("location"));
        let reason = json!({"reason": "Over."});
        assert_eq!(place.north_dsl.get(conflict.header("location")).status, 200);
        assert_eq!(place.north_dsl.post_on(&ending, &conflict.etag(), reason).problem(409), "state_conflict");
        let another = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        let another = place.trust_lead.post("/v1/conflicts", another);
        assert_eq!(place.south_dsl.get(another.header("location")).status, 200);
        let left = json!({"person_id": place.south_person, "pupil_id": pupil, "relationship": "relative"});
        assert_eq!(place.north_dsl.post("/v1/conflicts", left).broken(), "/person_id");
        assert_eq!(place.south_dsl.get(conflict.header("location")).status, 200);
    }

    fn a_last_day_that_is_past_is_put_right_until_another_school_has_the_child(backend) {
        let place = Place::new(backend);
        let upn = Some("V825200025001");
        let made = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.north));
        let path = made.header("location").to_owned();
        let enrolments = format!("{path}/enrolments");
        let first = place.north_dsl.get(&enrolments).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let one = format!("{enrolments}/{first}");
        let change = |body: Value| place.north_dsl.patch(&one, &place.north_dsl.get(&one).etag(), body);
        let again = json!({"school_id": place.north, "starts_on": "2025-09-03"});
        change(json!({"ends_on": "2024-12-20"})).expect(200);
        change(json!({"ends_on": null})).expect(200);
        change(json!({"ends_on": "2025-07-18"})).expect(200);
        let status = json!({"kind": "young_carer", "starts_on": "2025-02-03"});
        let recorded = place.north_dsl.post(&format!("{path}/statuses"), status.clone());
        recorded.expect(201);
        place.south_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.south)).expect(201);
        for refused in [
            change(json!({"ends_on": null})),
            place.north_dsl.post(&enrolments, again),
            place.north_dsl.post(&format!("{path}/statuses"), status),
        ] {
            assert_eq!(refused.problem(409), "state_conflict");
        }
    }

    fn a_relative_changes_nothing_of_the_childs_record(backend) {
        let place = Place::new(backend);
        let upn = Some("V825200025001");
        let made = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.north));
        let (path, pupil) = (made.header("location").to_owned(), made.id());
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        let enrolments = format!("{path}/enrolments");
        let read = place.north_dsl.get(&path);
        let first = read.expect(200)["enrolments"][0]["id"].as_str().unwrap().to_owned();
        let one = format!("{enrolments}/{first}");
        let tag = place.north_dsl.get(&one).etag();
        for refused in [
            place.north_dsl.patch(&path, &read.etag(), json!({"given_name": "Zara"})),
            place.north_dsl.patch(&one, &tag, json!({"ends_on": "2025-07-18"})),
            place.north_dsl.post(&enrolments, json!({"school_id": place.north, "starts_on": "2023-09-04", "ends_on": "2024-07-19"})),
        ] {
            assert_eq!(refused.problem(409), "conflict_of_interest");
        }
        assert_eq!(place.north_dsl.get(&path).expect(200), read.expect(200));
    }

    fn another_school_of_the_trust_knows_nothing(backend) {
        let place = Place::new(backend);
        let made = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north));
        let path = made.header("location").to_owned();
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        assert_eq!(place.south_dsl.get(&format!("{path}/enrolments")).problem(404), "not_found");
        for query in ["/v1/pupils?count=true".to_owned(), format!("/v1/pupils?count=true&school_id={}", place.north)] {
            assert_eq!(place.south_dsl.get(&query).expect(200), json!({"items": [], "count": 0}));
        }
        assert_eq!(place.trust_lead.get(&path).status, 200);
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
        let elsewhere = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.south));
        assert_eq!(elsewhere.broken(), "/enrolment/school_id");
    }

    fn one_whom_the_school_has_gets_another_enrolment(backend) {
        let place = Place::new(backend);
        let upn = Some("V825200025001");
        let mut first = Place::pupil("Amara", upn, place.north);
        first["enrolment"]["ends_on"] = json!("2025-07-18");
        let first = place.north_dsl.post("/v1/pupils", first).id();
        let second = place.south_dsl.post("/v1/pupils", Place::pupil("Amara", upn, place.south));
        assert_eq!(second.id(), first);
        let path = format!("/v1/pupils/{first}");
        let schools = |client: &crate::support::Client| client.get(&path).expect(200)["enrolments"].clone();
        assert_eq!(schools(&place.south_dsl).as_array().unwrap().len(), 1);
        assert_eq!(schools(&place.trust_lead).as_array().unwrap().len(), 2);
        let mut other = Place::pupil("Amara", upn, place.south);
        other["birth_date"] = json!("2015-10-02");
        let refusal = place.south_dsl.post("/v1/pupils", other);
        assert_eq!(refusal.problem(409), "already_exists");
        assert!(!refusal.text.contains("Fenwick") && !refusal.text.contains("2015"));
        assert_ne!(place.north_dsl.get(&path).etag(), place.trust_lead.get(&path).etag());
    }

    fn searches_keep_to_reach_words_number_and_day(backend) {
        let place = Place::new(backend);
        place.north_dsl.post("/v1/pupils", Place::pupil("Zoë", Some("V825200025001"), place.north)).expect(201);
        place.north_dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).expect(201);
        place.south_dsl.post("/v1/pupils", Place::pupil("Zora", None, place.south)).expect(201);
        let found = |client: &crate::support::Client, body| {
            client.search("/v1/pupils/searches", body).expect(200)["items"].as_array().unwrap().len()
        };
        for (body, count) in [
            (json!({"words": "zo fen"}), 1),
            (json!({"words": "%"}), 0),
            (json!({"upn": "V825200025001"}), 1),
            (json!({"on": "2023-01-01"}), 0),
            (json!({"on": "2025-01-01"}), 2),
            (json!({"school_id": place.south}), 0),
            (json!({}), 2),
        ] {
            assert_eq!(found(&place.north_dsl, body.clone()), count, "{body}");
        }
        assert_eq!(found(&place.trust_lead, json!({"words": "zo", "on": "2025-01-01"})), 2);
        let page = place.trust_lead.search("/v1/pupils/searches", json!({"limit": 2})).expect(200);
        let next = json!({"limit": 2, "cursor": page["next_cursor"]});
        assert_eq!(found(&place.trust_lead, next), 1);
        assert_eq!(place.north_dsl.search("/v1/pupils/searches", json!({"limit": 0})).invalid(), "/limit");
        let page = place.trust_lead.search("/v1/pupils/searches", json!({"limit": 1})).expect(200);
        assert!(page["next_cursor"].as_str().unwrap().len() < 200, "a cursor holds no name: {page}");
        let long = place.trust_lead.search("/v1/pupils/searches", json!({"cursor": "a".repeat(601)}));
        assert!(long.text.contains("at most 600 characters"), "{}", long.text);
    }

    fn staff_find_a_pupil_of_their_school_by_name_only(backend) {
        let place = Place::new(backend);
        place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some("V825200025001"), place.north)).expect(201);
        let find = |school| place.north_staff.search("/v1/pupils/directory-searches", json!({"words": "amara", "school_id": school}));
        let entry = find(place.north).expect(200)["items"][0].clone();
        assert_eq!(entry["name"], "Amara Fenwick");
        assert_eq!(entry.as_object().unwrap().len(), 3);
        assert_eq!(find(place.south).expect(200), json!({"items": []}));
    }

    fn a_cursor_of_ones_own_making_tells_nothing(backend) {
        let place = Place::new(backend);
        let made = |dsl: &Client, name: &str, school| dsl.post("/v1/pupils", Place::pupil(name, None, school)).id();
        made(&place.north_dsl, "Amara", place.north);
        made(&place.north_dsl, "Zoe", place.north);
        let hidden = made(&place.south_dsl, "Mila", place.south);
        let path = "/v1/pupils/directory-searches";
        let search = |cursor: Option<String>| {
            let body = json!({"words": "fenwick", "school_id": place.north, "limit": 1, "cursor": cursor});
            place.north_staff.search(path, body)
        };
        let first = search(None).expect(200);
        let cursor = URL_SAFE_NO_PAD.decode(first["next_cursor"].as_str().unwrap()).unwrap();
        let cursor: Value = serde_json::from_slice(&cursor).unwrap();
        for id in [hidden, Id::from_bytes([9; 16]).to_string()] {
            let mut forged = cursor.clone();
            forged["k"] = json!([id]);
            let forged = URL_SAFE_NO_PAD.encode(forged.to_string());
            let answer = search(Some(forged));
            assert_eq!((answer.problem(409), answer.broken()), ("rule_broken".into(), "/cursor".into()));
        }
    }
}
