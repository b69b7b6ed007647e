//! Statuses, and the outside decisions on which they rest.

use serde_json::{Value, json};
use tutela::features::pupils::{AuthorityStatus, open_authority_statuses};
use tutela::ids::Id;

use super::place::Place;
use crate::on_both;
use crate::support::Client;

/// A pupil of the north school.
fn pupil(place: &Place) -> String {
    place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id()
}

/// An external decision of social care about a pupil.
pub fn decide(client: &Client, pupil: &str, day: &str, outcome: &str, level: Option<&str>) -> String {
    client.post(&format!("/v1/pupils/{pupil}/external-decisions"), decision(day, outcome, level)).id()
}

pub fn decision(day: &str, outcome: &str, level: Option<&str>) -> Value {
    json!({
        "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
        "decided_on": day, "outcome": outcome, "level": level, "reference": "A-1"
    })
}

fn in_need(day: &str, decision: &str) -> Value {
    json!({"kind": "child_in_need", "starts_on": day, "external_decision_id": decision})
}

fn open(place: &Place, pupil: &str) -> Vec<AuthorityStatus> {
    let (trust, pupil) = (place.app.world.trust_a, Id::parse(pupil).unwrap());
    let now = tutela::clock::Clock::System.now();
    let db = &place.app.services.db;
    db.read_now(Some(trust), move |conn| open_authority_statuses(conn, trust, &[pupil], now)).unwrap()
}

on_both! {
    fn a_statutory_status_begins_only_by_an_external_decision(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}/statuses");
        let refused = dsl.post(&path, json!({"kind": "child_in_need", "starts_on": "2026-01-12"}));
        assert_eq!(refused.problem(409), "external_decision_required");
        assert!(refused.json()["detail"].as_str().unwrap().contains("not the school's"), "{}", refused.text);
        let mut police = decision("2026-01-12", "begins", Some("L3"));
        police["agency"] = json!("police");
        let police = dsl.post(&format!("/v1/pupils/{pupil}/external-decisions"), police).id();
        let early = decide(dsl, &pupil, "2026-01-12", "begins", Some("L2"));
        for wrong in [police, early] {
            assert_eq!(dsl.post(&path, in_need("2026-01-12", &wrong)).problem(409), "external_decision_required");
        }
        let right = decide(dsl, &pupil, "2026-01-12", "begins", Some("L3"));
        assert_eq!(dsl.post(&path, in_need("2026-01-11", &right)).problem(409), "external_decision_required");
        let made = dsl.post(&path, in_need("2026-01-12", &right));
        let view = made.expect(201);
        assert_eq!((&view["owner"], &view["level"], &view["decision_recorded"]), (&json!("local_authority"), &json!("L3"), &json!(true)));
        assert_eq!(dsl.get(made.header("location")).expect(200), view);
        assert_eq!(dsl.post(&path, in_need("2026-01-13", &right)).problem(409), "state_conflict");
        let carer = json!({"kind": "young_carer", "starts_on": "2025-01-12"});
        assert_eq!(dsl.post(&path, carer).expect(201)["owner"], "nobody");
    }

    fn a_decision_about_another_pupil_carries_nothing(backend) {
        let place = Place::new(backend);
        let (one, other) = (pupil(&place), pupil(&place));
        let theirs = decide(&place.north_dsl, &other, "2026-01-12", "begins", Some("L3"));
        let path = format!("/v1/pupils/{one}/statuses");
        let refused = place.north_dsl.post(&path, in_need("2026-01-12", &theirs));
        assert_eq!(refused.broken(), "/external_decision_id");
        let found = place.north_dsl.get(&format!("/v1/pupils/{one}/external-decisions/{theirs}"));
        assert_eq!(found.problem(404), "not_found");
    }

    fn support_is_stepped_and_ended_by_decisions(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}/statuses");
        let began = decide(dsl, &pupil, "2026-01-12", "begins", Some("L3"));
        let made = dsl.post(&path, in_need("2026-01-12", &began));
        let (need, tag) = (made.header("location").to_owned(), made.etag());
        let up = |decision: Option<&str>| json!({
            "kind": "child_protection", "category": "NEG", "starts_on": "2026-02-20", "external_decision_id": decision
        });
        let steps = format!("{need}/steps");
        assert_eq!(dsl.post_on(&steps, &tag, up(None)).problem(409), "external_decision_required");
        let goes_on = decide(dsl, &pupil, "2026-02-20", "continues", Some("L4"));
        assert_eq!(dsl.post_on(&steps, &tag, up(Some(&goes_on))).problem(409), "external_decision_required");
        let stepped_up = decide(dsl, &pupil, "2026-02-20", "steps_up", Some("L4"));
        let mut unnamed = up(Some(&stepped_up));
        unnamed["category"] = json!(null);
        assert_eq!(dsl.post_on(&steps, &tag, unnamed).broken(), "/category");
        assert_eq!(dsl.post(&steps, up(Some(&stepped_up))).problem(428), "precondition_required");
        let plan = dsl.post_on(&steps, &tag, up(Some(&stepped_up)));
        assert_eq!(plan.expect(201)["follows_id"], dsl.get(&need).json()["id"]);
        let before = dsl.get(&need).expect(200);
        assert_eq!((&before["ends_on"], &before["number"]), (&json!("2026-02-19"), &json!(2)));
        assert_eq!(before["end_decision_id"], json!(stepped_up));
        let ending = |decision: Option<&str>| json!({
            "ends_on": "2026-06-30", "external_decision_id": decision, "reason": "The plan has done its work."
        });
        let end = format!("{}/ending", plan.header("location"));
        assert_eq!(dsl.post_on(&end, &plan.etag(), ending(None)).problem(409), "external_decision_required");
        let over = decide(dsl, &pupil, "2026-06-30", "ends", Some("L1"));
        let ended = dsl.post_on(&end, &plan.etag(), ending(Some(&over)));
        assert_eq!(ended.expect(200)["ends_on"], "2026-06-30");
        assert_eq!(dsl.post_on(&end, &ended.etag(), ending(Some(&over))).problem(409), "state_conflict");
        assert_eq!(dsl.post_on(&end, "*", ending(Some(&over))).problem(412), "version_stale");
        let held = |day: &str| dsl.get(&format!("{path}?on={day}&count=true")).expect(200)["count"].clone();
        assert_eq!((held("2026-02-19"), held("2026-02-20"), held("2026-07-01")), (json!(1), json!(1), json!(0)));
    }

    fn a_correction_is_a_new_version_and_the_old_one_is_known(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}/external-decisions");
        let made = dsl.post(&path, decision("2026-01-12", "begins", Some("L3")));
        let (at, first) = (made.header("location").to_owned(), made.expect(201));
        let mut corrected = decision("2026-01-13", "begins", Some("L3"));
        corrected["reason"] = json!("A day later.");
        let now = dsl.post_on(&format!("{at}/corrections"), &made.etag(), corrected.clone());
        assert_eq!(now.expect(201)["number"], 2);
        assert_eq!(dsl.post_on(&format!("{at}/corrections"), &made.etag(), corrected).problem(412), "version_stale");
        let then = format!("{at}?as_of={}", first["recorded_at"].as_str().unwrap());
        assert_eq!(dsl.get(&then).expect(200)["decided_on"], "2026-01-12");
        assert_eq!(dsl.get(&at).expect(200)["decided_on"], "2026-01-13");
        let before = format!("{path}?as_of=2020-01-01T00:00:00Z");
        assert_eq!(dsl.get(&before).expect(200), json!({"items": []}));
    }

    fn nothing_rests_on_what_was_withdrawn(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}");
        let began = decide(dsl, &pupil, "2026-01-12", "begins", Some("L3"));
        let made = dsl.post(&format!("{path}/statuses"), in_need("2026-01-12", &began));
        let (status, tag) = (made.header("location").to_owned(), made.etag());
        let reason = json!({"reason": "Recorded for the wrong pupil."});
        let refused = dsl.post_on(&format!("{status}/withdrawal"), &tag, reason.clone());
        assert_eq!(refused.problem(409), "external_decision_required");
        assert!(open(&place, &pupil)[0].decision.is_some());
        let decision = format!("{path}/external-decisions/{began}");
        let withdrawn = dsl.post_on(&format!("{decision}/withdrawal"), "\"1\"", reason.clone());
        assert_eq!(withdrawn.expect(200)["withdrawn"], true);
        assert_eq!(dsl.get(&status).expect(200)["decision_recorded"], false);
        assert_eq!(open(&place, &pupil)[0].decision, None);
        assert_eq!(dsl.post_on(&format!("{status}/withdrawal"), &tag, reason).expect(200)["withdrawn"], true);
        assert!(open(&place, &pupil).is_empty());
        assert_eq!(dsl.get(&format!("{path}/statuses?on=2026-01-20")).expect(200), json!({"items": []}));
    }

    fn a_closure_can_ask_what_the_authority_has_decided(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let day = |text| tutela::clock::Date::parse(text).unwrap();
        let path = format!("/v1/pupils/{pupil}/statuses");
        dsl.post(&path, json!({"kind": "young_carer", "starts_on": "2026-01-12"})).expect(201);
        assert!(open(&place, &pupil).is_empty());
        let began = decide(dsl, &pupil, "2026-01-12", "begins", Some("L3"));
        dsl.post(&path, in_need("2026-01-12", &began)).expect(201);
        let known = open(&place, &pupil);
        assert!(known[0].is_decided_since(day("2026-01-12")) && !known[0].is_decided_since(day("2026-01-13")));
        let health = json!({
            "agency": "health", "decision_maker_name": "N. Nurse", "decision_maker_role": "Nurse",
            "decided_on": "2026-03-01", "outcome": "continues", "level": "L3"
        });
        dsl.post(&format!("/v1/pupils/{pupil}/external-decisions"), health).expect(201);
        assert_eq!(open(&place, &pupil)[0].decision.unwrap().id.to_string(), began);
        let goes_on = decide(dsl, &pupil, "2026-03-02", "continues", Some("L3"));
        assert_eq!(open(&place, &pupil)[0].decision.unwrap().id.to_string(), goes_on);
        assert!(open(&place, &pupil)[0].is_decided_since(day("2026-03-02")));
    }

    fn a_school_keeps_what_it_knew_and_learns_no_more(backend) {
        let place = Place::new(backend);
        let (north, south, upn) = (&place.north_dsl, &place.south_dsl, Some("V825200025001"));
        let pupil = north.post("/v1/pupils", Place::pupil("Amara", upn, place.north)).id();
        let path = format!("/v1/pupils/{pupil}/statuses");
        let carer = north.post(&path, json!({"kind": "young_carer", "starts_on": "2025-01-12"})).id();
        assert_eq!(south.get(&path).problem(404), "not_found");
        let enrolments = north.get(&format!("/v1/pupils/{pupil}/enrolments")).expect(200);
        let first = format!("/v1/pupils/{pupil}/enrolments/{}", enrolments["items"][0]["id"].as_str().unwrap());
        north.patch(&first, "\"1\"", json!({"ends_on": "2025-07-21"})).expect(200);
        south.post("/v1/pupils", Place::pupil("Amara", upn, place.south)).expect(201);
        let kinship = south.post(&path, json!({"kind": "kinship_care", "starts_on": "2026-01-12"}));
        assert_eq!(kinship.expect(201)["school_id"], json!(place.south));
        assert_eq!(south.get(&format!("{path}?count=true")).expect(200)["count"], 2);
        let kept = north.get(&format!("{path}?count=true")).expect(200);
        assert_eq!((&kept["items"][0]["id"], &kept["count"]), (&json!(carer), &json!(1)));
        assert_eq!(north.get(kinship.header("location")).problem(404), "not_found");
        let late = json!({"kind": "home_educated", "starts_on": "2026-01-12"});
        assert_eq!(north.post(&path, late).problem(409), "state_conflict");
        let entries = north.get(&format!("/v1/pupils/{pupil}/chronology")).expect(200).to_string();
        assert!(entries.contains(&carer) && !entries.contains("kinship"), "{entries}");
    }

    fn a_conflict_closes_everything_about_the_pupil(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}");
        let carer = dsl.post(&format!("{path}/statuses"), json!({"kind": "young_carer", "starts_on": "2025-01-12"})).id();
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        for part in ["statuses", "external-decisions", "chronology", "chronology/marks"] {
            assert_eq!(dsl.get(&format!("{path}/{part}")).problem(404), "not_found");
        }
        assert_eq!(dsl.get(&format!("{path}/statuses/{carer}")).problem(404), "not_found");
        let again = json!({"kind": "kinship_care", "starts_on": "2025-01-12"});
        assert_eq!(dsl.post(&format!("{path}/statuses"), again).problem(404), "not_found");
        // That they looked and found nothing is what a record that never was would leave too.
        let entries = dsl.get(&format!("/v1/audit/entries?record_id={carer}")).expect(200);
        let own = entries["items"].as_array().unwrap();
        assert!(own.iter().all(|entry| entry["outcome"] == "not_found"), "{entries}");
    }

    fn a_repeated_step_is_answered_as_before(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let path = format!("/v1/pupils/{pupil}/statuses");
        let body = json!({"kind": "early_help", "starts_on": "2026-01-12"});
        let first = dsl.post_keyed(&path, "same", body.clone()).expect(201);
        assert_eq!(dsl.post_keyed(&path, "same", body).expect(201), first);
        let up = decide(dsl, &pupil, "2026-02-20", "steps_up", Some("L3"));
        let body = json!({"kind": "child_in_need", "starts_on": "2026-02-20", "external_decision_id": up}).to_string();
        let steps = format!("{path}/{}/steps", first["id"].as_str().unwrap());
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "\"step\""), ("If-Match", "\"1\"")];
        let stepped = dsl.send("POST", &steps, &headers, Some(body.as_bytes())).expect(201);
        assert_eq!(dsl.send("POST", &steps, &headers, Some(body.as_bytes())).expect(201), stepped);
        // Put right and taken by another step: the first key goes on to name what it made.
        let before = format!("{path}/{}", first["id"].as_str().unwrap());
        let reason = json!({"reason": "Recorded by mistake."});
        let decision = format!("/v1/pupils/{pupil}/external-decisions/{up}");
        dsl.post_on(&format!("{decision}/withdrawal"), &dsl.get(&decision).etag(), reason.clone());
        let wrong = format!("{path}/{}", stepped["id"].as_str().unwrap());
        dsl.post_on(&format!("{wrong}/withdrawal"), &dsl.get(&wrong).etag(), reason).expect(200);
        let open = json!({"starts_on": "2026-01-12", "reason": "It went on."});
        dsl.post_on(&format!("{before}/corrections"), &dsl.get(&before).etag(), open).expect(201);
        let next = decide(dsl, &pupil, "2026-02-20", "steps_up", Some("L3"));
        let again = json!({"kind": "child_in_need", "starts_on": "2026-02-20", "external_decision_id": next});
        let second = dsl.post_on(&steps, &dsl.get(&before).etag(), again).expect(201);
        let replayed = dsl.send("POST", &steps, &headers, Some(body.as_bytes())).expect(201);
        assert_eq!(replayed["id"], stepped["id"]);
        assert_ne!(replayed["id"], second["id"]);
    }
}
