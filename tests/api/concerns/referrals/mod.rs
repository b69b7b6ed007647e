//! Referrals, challenges and escalations.

mod access;
mod clock;
mod decisions;
mod escalations;
mod machine;
mod record;

use serde_json::{Value, json};
use tutela::clock::{Clock, Timestamp};

use crate::meetings::{Case, holder};
use crate::support::{Answer, Client};

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

/// An external decision about a pupil, so many days ago.
pub fn decision(case: &Case<'_>, pupil: &Value, days: i64) -> String {
    let body = json!({
        "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
        "decided_on": ago(days).london_date(), "outcome": "begins", "level": "L3"
    });
    case.dsl.post(&format!("/v1/pupils/{}/external-decisions", pupil.as_str().unwrap()), body).id()
}
