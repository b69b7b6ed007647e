//! What is written of a pupil's case outside any concern: meetings of agencies, placements with alternative providers, FGM reports,
//! assessments.

mod assessments;
mod former;
mod meetings;
mod placements;
mod reports;
mod rights;
mod versions;

use serde_json::{Value, json};
use tutela::clock::{Clock, Date};
use tutela::ids::Id;

use super::place::Place;
use crate::support::{Answer, Client};

/// A class of records: where they stand, a record of it, and a change that puts it right.
pub struct Class {
    pub base: &'static str,
    /// The rule by which something of the record is due, open as it is made.
    pub rule: &'static str,
    pub body: Value,
    pub correction: Value,
    /// The other steps, each with a body.
    pub steps: Vec<(&'static str, Value)>,
    /// A field of its text, as the correction has it.
    pub corrected: (&'static str, Value),
}

pub fn today() -> Date {
    Clock::System.now().london_date()
}

pub fn meeting(lead: Id) -> Value {
    json!({
        "kind": "core_group", "agency": "children_social_care", "invited_on": "2026-01-12", "meets_on": "2026-01-28",
        "attendees": [{"person_id": lead, "role": "Safeguarding lead"}], "wants_report": true, "details": "At ten."
    })
}

pub fn placement() -> Value {
    json!({
        "unregistered_provider": {"name": "Boats", "address": "The boatyard", "contact": "Kim Example"},
        "starts_on": "2026-01-13", "timetable": [{"day": "tuesday", "sessions": "all_day"}], "reason": "By hand."
    })
}

pub fn report(teacher: Id) -> Value {
    json!({"teacher_id": teacher, "discovered_on": "2026-01-15", "how": "told_by_child", "account": "Told me."})
}

pub fn assessment() -> Value {
    json!({
        "kind": "exploitation", "assessed_on": "2026-01-15", "review_on": "2026-02-12",
        "participants": [{"name": "R. Holloway", "role": "Social worker"}], "risks": "At the gate.",
        "measures": "By the side door."
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

/// Every class that begins with a pupil; `person` is who does something in each.
pub fn classes(person: Id) -> Vec<Class> {
    let reason = json!({"reason": "Recorded for the wrong pupil."});
    let police = json!({
        "reported_by_id": person, "reported_at": "2026-01-15T15:20:00Z", "method": "telephone_101", "reference": "CAD 1"
    });
    vec![
        Class {
            base: "agency-meetings",
            rule: "agency_meeting_report",
            body: meeting(person),
            correction: json!({
                "invitation": with(meeting(person), "details", json!("At eleven.")), "reason": "An hour later."
            }),
            steps: vec![
                ("report", json!({"written_on": "2026-01-20", "written_by_id": person})),
                ("outcome", json!({"took_place": true, "attended_ids": [person], "outcome": "Goes on."})),
                ("withdrawal", reason.clone()),
            ],
            corrected: ("details", json!("At eleven.")),
        },
        Class {
            base: "ap-placements",
            rule: "ap_confirmation",
            body: placement(),
            correction: json!({
                "placement": with(placement(), "reason", json!("With tools.")), "reason": "Said better."
            }),
            steps: vec![
                (
                    "confirmation",
                    json!({
                        "confirmed_on": "2026-01-09", "confirmed_by": "Kim Example", "confirmed_by_role": "Manager",
                        "tells_of_changes": true
                    }),
                ),
                ("ending", json!({"ends_on": "2026-03-26", "reason": "Back in lessons."})),
                ("withdrawal", reason.clone()),
            ],
            corrected: ("reason", json!("With tools.")),
        },
        Class {
            base: "fgm-reports",
            rule: "fgm_report",
            body: report(person),
            correction: json!({
                "discovery": with(report(person), "account", json!("Told me twice.")), "reason": "Twice."
            }),
            steps: vec![
                ("police-report", police),
                ("lead-told", json!({"told_on": "2026-01-15", "person_id": person})),
                ("withdrawal", reason.clone()),
            ],
            corrected: ("account", json!("Told me twice.")),
        },
        Class {
            base: "risk-assessments",
            rule: "risk_review",
            body: assessment(),
            correction: json!({
                "assessment": with(assessment(), "risks", json!("At both gates.")), "reason": "Both."
            }),
            steps: vec![
                ("reviews", json!({"assessment": assessment(), "found": "Quieter."})),
                ("ending", json!({"ended_on": "2026-02-12", "reason": "Gone."})),
                ("withdrawal", reason),
            ],
            corrected: ("risks", json!("At both gates.")),
        },
    ]
}

/// A pupil of the north school, with a number.
pub fn pupil(place: &Place) -> String {
    place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id()
}

pub const HELD: &str = "V825200025001";

/// The place of a class of a pupil's records.
pub fn at(pupil: &str, base: &str) -> String {
    format!("/v1/pupils/{pupil}/{base}")
}

/// A step on a record as it is.
pub fn step(client: &Client, path: &str, part: &str, body: &Value) -> Answer {
    let tag = client.get(path).etag();
    client.post_on(&format!("{path}/{part}"), &tag, body.clone())
}

/// The lines that are due by a rule, of one record.
pub fn due(client: &Client, rule: &str, record: &str, more: &str) -> Vec<Value> {
    let page = client.get(&format!("/v1/deadlines?rule={rule}&limit=200{more}")).expect(200);
    let items = page["items"].as_array().unwrap().clone();
    items.into_iter().filter(|one| one["record_id"] == record).collect()
}

/// The lines of a pupil's chronology, of one record: kind and text.
pub fn chronology(client: &Client, pupil: &str, record: &str) -> Vec<(String, String)> {
    let page = client.get(&format!("/v1/pupils/{pupil}/chronology?limit=200")).expect(200);
    let of = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap().iter().filter(|one| one["source_id"] == record);
    items.map(|one| (of(one, "kind"), of(one, "summary"))).collect()
}

/// Lets a child whom North has go to South.
pub fn moves_on(place: &Place, pupil: &str) {
    let enrolments = format!("/v1/pupils/{pupil}/enrolments");
    let first = place.north_dsl.get(&enrolments).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let one = format!("{enrolments}/{first}");
    let tag = place.north_dsl.get(&one).etag();
    place.north_dsl.patch(&one, &tag, json!({"ends_on": "2026-02-13"})).expect(200);
    let same = place.south_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.south)).id();
    assert_eq!(same, pupil);
}
