//! How each trust's safeguarding lead comes to a case that is not theirs by their role: in one trust a school asks for
//! support, in the other the glass was broken one evening, and reviewed.

use serde_json::{Value, json};

use super::DemoTrust;
use super::caller::Caller;
use super::plan::TrustPlan;

/// Makes them, at the trust's second school.
pub(super) fn seed(caller: &mut Caller<'_>, plan: &TrustPlan, trust: &DemoTrust) -> Result<(), String> {
    let Some(school) = trust.schools.get(1) else { return Ok(()) };
    let (Some((dsl, claim)), Some(lead)) =
        (school.holder("dsl"), trust.central.get("trust-safeguarding-lead"))
    else {
        return Ok(());
    };
    let Some(concern) = school.concerns.first() else { return Ok(()) };
    let team = caller.token(plan.slug, Some(dsl), &[claim])?;
    let lead = caller.token(plan.slug, Some(*lead), &["trust-safeguarding-lead".to_owned()])?;
    if plan.lead == "casework" {
        let path = format!("/v1/concerns/{concern}");
        let help = json!({"help": "The two families know each other; we would like you at the first meeting with both."});
        let request = on(caller, &team, &path, "support-requests", &help)?;
        let accepted = json!({"answer": "accept", "reason": "I can be there on Wednesday."});
        on(caller, &lead, &format!("/v1/support-requests/{request}"), "answer", &accepted)?;
    } else {
        let broken = json!({
            "concern_id": concern, "minutes": 15,
            "reason": "The emergency duty team rang at nine in the evening, and nobody of the school answers."
        });
        let id = caller.post(&lead, "/v1/break-glass", &broken)?.id;
        let path = format!("/v1/break-glass/{id}");
        on(caller, &lead, &path, "ending", &json!({}))?;
        let review = json!({
            "outcome": "justified",
            "words": "Both of us were at the school play. The duty team had what they needed within ten minutes."
        });
        on(caller, &team, &path, "review", &review)?;
    }
    Ok(())
}

/// A change of a record by somebody who reads it.
fn on(
    caller: &mut Caller<'_>,
    token: &str,
    record: &str,
    part: &str,
    body: &Value,
) -> Result<crate::ids::Id, String> {
    let tag = caller.tag(token, record)?;
    Ok(caller.post_on(token, &format!("{record}/{part}"), Some(&tag), body)?.id)
}
