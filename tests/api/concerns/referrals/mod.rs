//! Referrals, challenges and escalations.

mod access;
mod alone;
mod chronology;
mod clock;
mod decisions;
mod escalations;
mod machine;
mod progress;
mod record;

use serde_json::{Value, json};
use tutela::clock::{Clock, Timestamp};

use crate::meetings::{Case, as_role, holder};
use crate::support::{Answer, Client, DemoApp};

/// So many days before now, at this time.
pub fn ago(days: i64) -> Timestamp {
    Clock::System.now().plus_seconds(-days * 86_400)
}

/// The front door of the demo's directory.
pub fn front_door(dsl: &Client) -> Value {
    dsl.get("/v1/agencies?kind=mash").expect(200)["items"][0]["id"].clone()
}

/// The pupil of the case.
pub fn pupil(case: &Case<'_>) -> Value {
    case.view()["account"]["pupils"][0]["pupil_id"].clone()
}

/// A referral of a case, made so many days ago by the DSL, with changes to what is sent.
pub fn asked(case: &Case<'_>, days: i64, changes: Value) -> Value {
    let mut body = json!({
        "agency_id": front_door(&case.dsl), "pupil_ids": [pupil(case)], "made_at": ago(days),
        "made_by_id": holder(case.app, case.trust, case.school, "dsl").0, "method": "telephone", "consent": "given",
        "reason": "Came without food for the third time."
    });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

/// Records it.
pub fn refer(case: &Case<'_>, days: i64) -> Answer {
    let made = case.record("referrals", asked(case, days, json!({})));
    made.expect(201);
    made
}

/// Something that becomes of a referral.
pub fn step(case: &Case<'_>, referral: &Answer, part: &str, body: Value) -> Answer {
    case.record(&format!("referrals/{}/{part}", referral.id()), body)
}

pub fn acknowledged(days: i64) -> Value {
    json!({"acknowledged_at": ago(days), "acknowledged_by": "P. Elmer, duty desk"})
}

pub fn chased(case: &Case<'_>, days: i64) -> Value {
    let by = holder(case.app, case.trust, case.school, "dsl").0;
    json!({"chased_at": ago(days), "chased_by_id": by, "method": "telephone", "to_whom": "Duty desk"})
}

/// A case about two pupils.
pub fn about_two(app: &DemoApp) -> (Case<'_>, Value, Value) {
    let place = &app.demo.trusts[0].schools[0];
    let body = json!({
        "school_id": place.id, "place": "classroom", "time_slot": "lesson", "source": "observation",
        "pupils": [{"pupil_id": place.pupils[2], "role": "subject"}, {"pupil_id": place.pupils[3], "role": "sibling"}],
        "reporter": {"kind": "self"}, "summary": "Neither had eaten."
    });
    let id = as_role(app, 0, 0, "staff").post("/v1/concerns", body).id();
    let case = Case { app, trust: 0, school: 0, id, dsl: as_role(app, 0, 0, "dsl") };
    (case, json!(place.pupils[2]), json!(place.pupils[3]))
}

/// Says that a decision answers a referral.
pub fn name(case: &Case<'_>, referral: &Answer, decision: &str) -> Answer {
    step(case, referral, "decisions", json!({"external_decision_id": decision}))
}

/// Withdraws the record of a decision about a pupil.
pub fn undo(case: &Case<'_>, pupil: &Value, decision: &str) {
    let path = format!("/v1/pupils/{}/external-decisions/{decision}", pupil.as_str().unwrap());
    let tag = case.dsl.get(&path).etag();
    case.dsl.post_on(&format!("{path}/withdrawal"), &tag, json!({"reason": "Another child's."})).expect(200);
}

/// Says that the holder of a role is related to a pupil.
pub fn relate(case: &Case<'_>, role: &str, pupil: &Value) {
    let person = holder(case.app, case.trust, case.school, role).0;
    let conflict = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
    case.caller("hr").post("/v1/conflicts", conflict).expect(201);
}

/// The deadline of a referral or an escalation.
pub fn deadline(client: &Client, record: &str, query: &str) -> Option<Value> {
    let of_rule = |rule: &str| {
        let page = client.get(&format!("/v1/deadlines?limit=200&rule={rule}{query}")).expect(200);
        let is_it = |one: &&Value| one["referral_id"] == record || one["escalation_id"] == record;
        page["items"].as_array().unwrap().iter().find(is_it).cloned()
    };
    of_rule("referral_response").or_else(|| of_rule("escalation_review"))
}

/// The task about a referral or an escalation.
pub fn task(client: &Client, record: &str) -> Option<Value> {
    let page = client.get("/v1/me/tasks?limit=200").expect(200);
    page["items"].as_array().unwrap().iter().find(|one| one["id"] == record).cloned()
}

/// An external decision about a pupil, so many days ago.
pub fn decision(case: &Case<'_>, pupil: &Value, days: i64) -> String {
    let body = json!({
        "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
        "decided_on": ago(days).london_date(), "outcome": "begins", "level": "L3"
    });
    case.dsl.post(&format!("/v1/pupils/{}/external-decisions", pupil.as_str().unwrap()), body).id()
}
