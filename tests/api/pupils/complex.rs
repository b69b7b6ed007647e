//! Whom a school holds as complex: who sees it, and how it is reviewed.

use serde_json::json;

use super::place::Place;
use crate::on_both;

on_both! {
    fn a_review_keeps_a_pupil_on_the_list_or_takes_them_off(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let pupil = dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let held = json!({
            "school_id": place.north, "pupil_id": pupil, "held_since": "2026-01-12", "next_review_on": "2026-02-09",
            "reason": "Three agencies."
        });
        let made = dsl.post("/v1/complex-pupils", held.clone());
        let (path, tag) = (made.header("location").to_owned(), made.etag());
        assert_eq!(dsl.post("/v1/complex-pupils", held).problem(409), "state_conflict");
        assert_eq!(made.expect(201)["review_overdue"], true);
        let overdue = "/v1/complex-pupils?review_overdue=true&count=true";
        assert_eq!(dsl.get(overdue).expect(200)["count"], 1);
        let review = |day: &str, outcome: &str, next: Option<&str>| json!({
            "held_on": day, "outcome": outcome, "next_review_on": next, "summary": "All three met."
        });
        let reviews = format!("{path}/reviews");
        assert_eq!(dsl.post_on(&reviews, &tag, review("2026-02-09", "remains", None)).broken(), "/next_review_on");
        let early = review("2026-01-11", "remains", Some("2099-01-01"));
        assert_eq!(dsl.post_on(&reviews, &tag, early).broken(), "/held_on");
        let done = dsl.post_on(&reviews, &tag, review("2026-02-09", "remains", Some("2099-01-01")));
        assert_eq!(done.expect(201)["outcome"], "remains");
        let now = dsl.get(&path).expect(200);
        assert_eq!((&now["last_review_on"], &now["review_overdue"]), (&json!("2026-02-09"), &json!(false)));
        assert_eq!(dsl.get(overdue).expect(200)["count"], 0);
        assert_eq!(dsl.post_on(&reviews, &tag, review("2026-03-09", "ends", None)).problem(412), "version_stale");
        let off = dsl.post_on(&reviews, &done.etag(), review("2026-03-09", "ends", None));
        off.expect(201);
        assert_eq!(dsl.get("/v1/complex-pupils").expect(200), json!({"items": []}));
        assert_eq!(dsl.get("/v1/complex-pupils?with_ended=true").expect(200)["items"][0]["ended_on"], "2026-03-09");
        assert_eq!(dsl.get(&format!("{reviews}?count=true")).expect(200)["count"], 2);
        assert_eq!(dsl.post_on(&reviews, &off.etag(), review("2026-04-09", "ends", None)).problem(409), "state_conflict");
    }

    fn a_correction_keeps_the_words_before_it(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let pupil = dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let made = dsl.post("/v1/complex-pupils", json!({
            "school_id": place.north, "pupil_id": pupil, "held_since": "2026-01-12", "next_review_on": "2026-02-09",
            "reason": "Three agencies."
        }));
        let path = made.header("location").to_owned();
        let right = json!({
            "held_since": "2026-01-13", "next_review_on": "2026-02-09", "reason": "Four agencies.",
            "correction_reason": "Health is one of them."
        });
        let corrected = dsl.post_on(&format!("{path}/corrections"), &made.etag(), right);
        assert_eq!(corrected.expect(201)["number"], 2);
        let versions = format!("{path}/versions");
        let first = dsl.get(&format!("{versions}?limit=1&count=true")).expect(200);
        assert_eq!((&first["items"][0]["reason"], &first["count"]), (&json!("Three agencies."), &json!(2)));
        let next = dsl.get(&format!("{versions}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).expect(200);
        assert_eq!(next["items"][0], dsl.get(&path).expect(200));
        assert_eq!(next["items"][0]["correction_reason"], "Health is one of them.");
        let review = json!({"held_on": "2026-02-09", "outcome": "remains", "summary": "As before.", "next_review_on": "2099-01-01"});
        dsl.post_on(&format!("{path}/reviews"), &dsl.get(&path).etag(), review).expect(201);
        let items = dsl.get(&versions).expect(200)["items"].clone();
        assert!(items[0].get("last_review_on").is_none_or(serde_json::Value::is_null), "{}", items[0]);
        assert_eq!(dsl.get(&path).expect(200)["last_review_on"], "2026-02-09");
        assert_eq!(place.south_dsl.get(&versions).problem(404), "not_found");
    }

    fn the_list_is_for_the_trust_lead_and_the_team_alone(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let pupil = dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id();
        let held = |school| json!({
            "school_id": school, "pupil_id": pupil, "held_since": "2026-01-12", "next_review_on": "2026-02-09",
            "reason": "Three agencies."
        });
        assert_eq!(dsl.post("/v1/complex-pupils", held(place.south)).broken(), "/school_id");
        assert_eq!(place.trust_lead.post("/v1/complex-pupils", held(place.south)).broken(), "/pupil_id");
        let path = dsl.post("/v1/complex-pupils", held(place.north)).header("location").to_owned();
        assert_eq!(place.trust_lead.get(&path).expect(200)["reason"], "Three agencies.");
        let head = place.app.person("trust-a", place.staff_person, &["headteacher:100001"]);
        assert_eq!(head.get(&path).problem(403), "forbidden");
        let seen = head.get(&format!("/v1/pupils/{pupil}/chronology")).expect(200);
        assert!(!seen.to_string().contains("held_complex"), "{seen}");
        let all = dsl.get(&format!("/v1/pupils/{pupil}/chronology")).expect(200);
        assert!(all.to_string().contains("held_complex"), "{all}");
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        assert_eq!(place.south_dsl.get("/v1/complex-pupils?count=true").expect(200), json!({"items": [], "count": 0}));
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        assert_eq!(dsl.get(&path).problem(404), "not_found");
        assert_eq!(dsl.get("/v1/complex-pupils?count=true").expect(200), json!({"items": [], "count": 0}));
    }
}
