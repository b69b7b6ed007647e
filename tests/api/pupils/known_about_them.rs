//! Characteristics and conflicts of interest: who is kept from what.

use serde_json::json;

use super::place::Place;
use crate::on_both;

on_both! {
    fn a_later_value_ends_the_open_one(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let path = format!("/v1/pupils/{pupil}/characteristics");
        let value = |value: &str, day: &str| json!({"kind": "sen", "value": value, "starts_on": day});
        let first = place.north_dsl.post(&path, value("support", "2024-09-03")).header("location").to_owned();
        place.north_dsl.post(&path, value("ehcp", "2025-09-01")).expect(201);
        let closed = place.north_dsl.get(&first);
        assert_eq!(closed.expect(200)["ends_on"], "2025-08-31");
        assert_eq!(place.north_dsl.post(&path, value("none", "2025-01-01")).problem(409), "state_conflict");
        assert_eq!(place.north_dsl.patch(&first, &closed.etag(), json!({"ends_on": null})).problem(409), "state_conflict");
        assert_eq!(place.north_dsl.patch(&first, &closed.etag(), json!({"value": "x"})).broken(), "/value");
        assert_eq!(place.north_dsl.get(&format!("{path}?on=2025-09-01")).expect(200)["items"][0]["value"], "ehcp");
        assert_eq!(place.north_dsl.post(&path, value("yes", "2026-01-01")).broken(), "/value");
    }

    fn protected_kinds_leave_no_trace_for_others(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let path = format!("/v1/pupils/{pupil}/characteristics");
        let religion = json!({"kind": "religion", "value": "canary", "starts_on": "2024-09-03"});
        let made = place.north_dsl.post(&path, religion.clone()).header("location").to_owned();
        assert_eq!(place.north_dsl.get(&format!("{path}?count=true")).expect(200)["count"], 1);
        let admin = place.app.person("trust-a", place.staff_person, &["mis-admin:100001"]);
        assert_eq!(admin.get(&format!("{path}?count=true")).expect(200), json!({"items": [], "count": 0}));
        assert_eq!(admin.get(&made).problem(404), "not_found");
        assert_eq!(admin.post(&path, religion).broken(), "/kind");
        admin.post(&path, json!({"kind": "eal", "value": "yes", "starts_on": "2024-09-03"})).expect(201);
    }

    fn one_with_a_conflict_knows_no_characteristic(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let path = format!("/v1/pupils/{pupil}/characteristics");
        let sen = json!({"kind": "sen", "value": "support", "starts_on": "2024-09-03"});
        let made = place.north_dsl.post(&path, sen.clone()).header("location").to_owned();
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        assert_eq!(place.north_dsl.get(&path).expect(200), json!({"items": []}));
        assert_eq!(place.north_dsl.get(&made).problem(404), "not_found");
        assert_eq!(place.north_dsl.post(&path, sen).problem(409), "conflict_of_interest");
    }

    fn a_conflict_is_recorded_and_ended_by_another(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let of = |person| json!({"person_id": person, "pupil_id": pupil, "relationship": "parent"});
        assert_eq!(place.north_dsl.post("/v1/conflicts", of(place.south_person)).broken(), "/person_id");
        assert_eq!(place.south_dsl.post("/v1/conflicts", of(place.south_person)).broken(), "/pupil_id");
        let made = place.trust_lead.post("/v1/conflicts", of(place.north_dsl_person));
        let (path, tag) = (made.header("location").to_owned(), made.etag());
        assert_eq!(place.trust_lead.post("/v1/conflicts", of(place.north_dsl_person)).problem(409), "already_exists");
        let reason = json!({"reason": "Recorded for the wrong person."});
        let ending = format!("{path}/ending");
        assert_eq!(place.north_dsl.post_on(&ending, &tag, reason.clone()).problem(409), "conflict_of_interest");
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        let ended = place.trust_lead.post_on(&ending, &tag, reason.clone());
        assert!(ended.expect(200)["ended_at"].is_string());
        assert_eq!(place.trust_lead.post_on(&ending, &ended.etag(), reason).problem(409), "state_conflict");
    }

    fn one_with_a_conflict_sees_only_their_own_about_that_pupil(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        for person in [place.north_dsl_person, place.staff_person] {
            let body = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
            place.trust_lead.post("/v1/conflicts", body).expect(201);
        }
        let own = place.north_dsl.get("/v1/conflicts?count=true").expect(200);
        assert_eq!((own["count"].clone(), own["items"][0]["person_id"].clone()), (json!(1), json!(place.north_dsl_person)));
        assert_eq!(place.trust_lead.get(&format!("/v1/conflicts?count=true&pupil_id={pupil}")).expect(200)["count"], 2);
    }
}
