//! What was shared and what was kept back: on a basis that was in force, and as hidden as the concern in which it was
//! decided.

use serde_json::{Value, json};
use tutela::clock::Timestamp;
use tutela::ids::Id;

use super::place::Place;
use crate::on_both;
use crate::support::made::{appoint, person};
use crate::support::{Client, TestApp};

fn pupil(client: &Client, given: &str, school: Id) -> String {
    client.post("/v1/pupils", Place::pupil(given, None, school)).id()
}

fn decision(shared: bool, day: &str) -> Value {
    json!({
        "shared": shared, "agency": "health", "organisation": "School nursing service",
        "information": "Weight loss.", "purpose": "To have her seen.", "reason": "She asked for help.",
        "bases": if shared { json!(["public_task"]) } else { json!([]) }, "consent": "given", "decided_on": day
    })
}

fn about(pupil: &str, decision: Value) -> Value {
    json!({"pupil_id": pupil, "decision": decision})
}

fn count(client: &Client, query: &str) -> i64 {
    client.get(&format!("/v1/sharing-decisions?count=true{query}")).expect(200)["count"].as_i64().unwrap()
}

/// A concern of North about a pupil, and its address.
fn concern(place: &Place, pupil: &str, log: &str) -> (String, String) {
    let raised = place.north_dsl.post("/v1/concerns", json!({
        "school_id": place.north, "log": log, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Came without lunch."
    }));
    (raised.id(), raised.header("location").to_owned())
}

on_both! {
    fn every_sharing_and_every_decision_not_to_is_on_record(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let amara = pupil(dsl, "Amara", place.north);
        let made = dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12")));
        assert_eq!(made.expect(201)["decided_by_id"], json!(place.north_dsl_person));
        dsl.post("/v1/sharing-decisions", about(&amara, decision(false, "2026-01-13"))).expect(201);
        let all = [("", 2), ("&shared=true", 1), ("&shared=false", 1), ("&from=2026-01-13", 1), ("&to=2026-01-11", 0)];
        for (query, found) in all {
            assert_eq!(count(dsl, query), found, "{query}");
        }
        assert_eq!(count(dsl, &format!("&pupil_id={amara}&school_id={}", place.north)), 2);
        let path = made.header("location").to_owned();
        let correction = |decision: Value| json!({"decision": decision, "reason": "It was not sent."});
        let corrections = format!("{path}/corrections");
        assert_eq!(dsl.post_on(&corrections, "*", correction(decision(false, "2026-01-12"))).problem(412), "version_stale");
        let corrected = dsl.post_on(&corrections, &made.etag(), correction(decision(false, "2026-01-12")));
        assert_eq!(corrected.expect(201)["shared"], false);
        assert_eq!((count(dsl, "&shared=true"), count(dsl, "&shared=false")), (0, 2));
        let recorded = made.expect(201)["recorded_at"].as_str().unwrap().to_owned();
        assert_eq!(dsl.get(&format!("{path}?as_of={recorded}")).expect(200)["shared"], true);
        let versions = dsl.get(&format!("{path}/versions?count=true")).expect(200);
        assert_eq!((&versions["count"], &versions["items"][1]["correction_reason"]), (&json!(2), &json!("It was not sent.")));
        let told = dsl.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(told.contains("information_withheld") && told.contains("School nursing service: Weight loss."), "{told}");
        let withdrawn = dsl.post_on(&format!("{path}/withdrawal"), &corrected.etag(), json!({"reason": "Another child."}));
        assert_eq!(withdrawn.expect(200)["withdrawn"], true);
        assert_eq!(dsl.post_on(&corrections, &withdrawn.etag(), correction(decision(true, "2026-01-12"))).problem(409), "state_conflict");
    }

    fn a_basis_holds_on_the_day_of_the_decision_or_is_refused(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let amara = pupil(dsl, "Amara", place.north);
        let with = |bases: Value, day: &str| {
            let mut body = decision(true, day);
            body["bases"] = bases;
            dsl.post("/v1/sharing-decisions", about(&amara, body))
        };
        let refused = with(json!(["public_task", "data_protection_act_1998"]), "2026-01-12");
        assert_eq!(refused.broken(), "/decision/bases/1");
        assert_eq!(refused.json()["errors"][0]["code"], "not_in_force");
        assert_eq!(with(json!(["public_task"]), "2017-01-12").broken(), "/decision/bases/0");
        with(json!(["data_protection_act_1998"]), "2017-01-12").expect(201);
        let unknown = with(json!(["because"]), "2026-01-12");
        assert_eq!(unknown.json()["errors"][0]["code"], "unknown_reference");
        assert_eq!(with(json!([]), "2026-01-12").broken(), "/decision/bases");
        assert_eq!(with(json!(["public_task"]), "2099-01-12").broken(), "/decision/decided_on");
        let mut silent = decision(true, "2026-01-12");
        silent["consent"] = json!("not_sought");
        assert_eq!(dsl.post("/v1/sharing-decisions", about(&amara, silent)).broken(), "/decision/consent_reason");
        let bases = |day: &str| dsl.get(&format!("/v1/sharing-bases?on={day}")).expect(200).to_string();
        assert!(bases("2017-01-12").contains("data_protection_act_1998"));
        assert!(!bases("2026-01-12").contains("data_protection_act_1998") && bases("2026-01-12").contains("public_task"));
    }

    fn it_is_for_the_team_the_head_and_the_trust_lead(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let amara = pupil(dsl, "Amara", place.north);
        let made = dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12")));
        let path = made.header("location").to_owned();
        let head = place.app.person("trust-a", place.staff_person, &["headteacher:100001"]);
        assert_eq!((head.get(&path).status, place.trust_lead.get(&path).status), (200, 200));
        assert_eq!(head.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12"))).problem(403), "forbidden");
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        assert_eq!(count(&place.south_dsl, ""), 0);
        assert_eq!(place.south_dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12"))).broken(), "/pupil_id");
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
        let mut by_other = decision(true, "2026-01-12");
        by_other["decided_by_id"] = json!(place.south_person);
        assert_eq!(dsl.post("/v1/sharing-decisions", about(&amara, by_other)).broken(), "/decision/decided_by_id");
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": amara, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        for part in ["", "/versions"] {
            assert_eq!(dsl.get(&format!("{path}{part}")).problem(404), "not_found", "{part}");
        }
        assert_eq!(count(dsl, ""), 0);
        let right = json!({"decision": decision(true, "2026-01-12"), "reason": "So."});
        assert_eq!(dsl.post_on(&format!("{path}/corrections"), &made.etag(), right).problem(404), "not_found");
        let reason = json!({"reason": "So."});
        assert_eq!(dsl.post_on(&format!("{path}/withdrawal"), &made.etag(), reason).problem(404), "not_found");
        assert_eq!(dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12"))).broken(), "/pupil_id");
    }

    fn what_was_decided_in_a_concern_is_as_hidden_as_the_concern(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let (amara, bea) = (pupil(dsl, "Amara", place.north), pupil(dsl, "Bea", place.north));
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        appoint(&place.app, deputy_person, "deputy-dsl", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12"))).expect(201);
        let before = deputy.get("/v1/sharing-decisions?count=true");
        let raised = dsl.post("/v1/concerns", json!({
            "school_id": place.north, "pupils": [
                {"pupil_id": amara, "role": "victim"}, {"pupil_id": bea, "role": "alleged_perpetrator"}
            ], "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
            "summary": "They fought."
        })).id();
        // The deputy is Bea's relative: the concern is closed to them, and Amara's record is not.
        let conflict = json!({"person_id": deputy_person, "pupil_id": bea, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        let (other, _) = concern(&place, &bea, "safeguarding");
        let mut linked = about(&amara, decision(true, "2026-01-13"));
        linked["concern_id"] = json!(other);
        assert_eq!(dsl.post("/v1/sharing-decisions", linked.clone()).broken(), "/concern_id");
        linked["concern_id"] = json!(raised);
        assert_eq!(deputy.post("/v1/sharing-decisions", linked.clone()).broken(), "/concern_id");
        let made = dsl.post("/v1/sharing-decisions", linked);
        assert_eq!(made.expect(201)["concern_id"], raised);
        assert_eq!(count(dsl, ""), 2);
        let after = deputy.get("/v1/sharing-decisions?count=true");
        assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
        assert_eq!(deputy.get(made.header("location")).problem(404), "not_found");
        assert_eq!(count(&deputy, &format!("&concern_id={raised}")), 0);
        let told = deputy.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(!told.contains(&made.id()), "{told}");
    }

    fn a_school_that_the_child_has_left_sees_what_it_recorded_until_then(backend) {
        let at = Timestamp::parse("2026-01-15T09:00:00Z").unwrap();
        let place = Place::over(TestApp::start_idle_at(backend, at));
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let made = place.north_dsl.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-12")));
        let path = made.header("location").to_owned();
        let enrolments = format!("/v1/pupils/{amara}/enrolments");
        let list = place.north_dsl.get(&enrolments).expect(200);
        let one = format!("{enrolments}/{}", list["items"][0]["id"].as_str().unwrap());
        place.north_dsl.patch(&one, &place.north_dsl.get(&one).etag(), json!({"ends_on": "2026-01-16"})).expect(200);
        place.app.services.clock.advance(3 * 86_400);
        let both = place.app.person("trust-a", place.south_person, &["dsl:100001", "dsl:100002"]);
        both.post(&enrolments, json!({"school_id": place.south, "starts_on": "2026-01-17"})).expect(201);
        let (north, south) = (place.north_now(), place.app.person("trust-a", place.south_person, &["dsl:100002"]));
        let right = json!({"decision": decision(false, "2026-01-12"), "reason": "It was not sent."});
        assert_eq!(south.post_on(&format!("{path}/corrections"), &made.etag(), right.clone()).expect(201)["number"], 2);
        south.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-17"))).expect(201);
        assert_eq!(north.get(&path).expect(200)["shared"], true);
        assert_eq!((count(&north, ""), count(&north, &format!("&pupil_id={amara}")), count(&south, "")), (0, 1, 2));
        assert_eq!(north.post_on(&format!("{path}/corrections"), "\"1\"", right).problem(409), "state_conflict");
        assert_eq!(north.post("/v1/sharing-decisions", about(&amara, decision(true, "2026-01-17"))).broken(), "/pupil_id");
    }
}
