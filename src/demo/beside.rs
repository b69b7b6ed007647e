//! What stands about pupils beside concerns: a family, its support, what was shared and what was kept back, and a
//! restrictive intervention.

use serde_json::json;

use super::DemoSchool;
use super::caller::Caller;
use super::plan::TrustPlan;
use super::seed::token;
use crate::ids::Id;

/// Makes them, of two pupils of a school who come from one household.
pub(super) fn seed(
    caller: &mut Caller<'_>,
    trust: &TrustPlan,
    school: &DemoSchool,
    pupils: [Id; 2],
) -> Result<(), String> {
    let lead = token(caller, trust, school, "dsl")?;
    family(caller, &lead, pupils)?;
    support(caller, &lead, school, pupils[1])?;
    sharing(caller, &lead, pupils[1])?;
    let teacher = token(caller, trust, school, "staff")?;
    intervention(caller, [&teacher, &lead], school, pupils[0])
}

/// Two step-brothers, one of whom lives where nobody may be told.
fn family(caller: &mut Caller<'_>, lead: &str, [first, second]: [Id; 2]) -> Result<(), String> {
    let adult = |relationship: &str, confidential: bool| {
        json!({
            "name": "Robin Hartley", "relationship": relationship, "parental_responsibility": "held",
            "in_household": true, "address_confidential": confidential
        })
    };
    let member = |pupil: Id, adult: serde_json::Value| {
        json!({
            "pupil_id": pupil, "relationship": "step_sibling", "in_household": true, "starts_on": "2024-09-02",
            "adults": [adult]
        })
    };
    let members = [member(first, adult("Stepmother", false)), member(second, adult("Mother", true))];
    let body = json!({"name": "Hartley, Mill Lane", "members": members});
    caller.post(lead, "/v1/families", &body)?;
    Ok(())
}

/// Somebody is allocated to the family, has rung, and has shown it the way to help.
fn support(caller: &mut Caller<'_>, lead: &str, school: &DemoSchool, pupil: Id) -> Result<(), String> {
    let today = caller.now().london_date();
    let worker = ["family-liaison", "welfare-lap", "dsl"].into_iter().find_map(|role| school.holder(role));
    let (worker, _) = worker.ok_or_else(|| format!("nobody works with families at {}", school.urn))?;
    let body = json!({
        "pupil_id": pupil, "allocated_to_id": worker, "started_on": today.plus_days(-21),
        "agreed": "A call every Monday, and help with the form for free school meals.",
        "next_review_on": today.plus_days(42)
    });
    let path = format!("/v1/family-supports/{}/entries", caller.post(lead, "/v1/family-supports", &body)?.id);
    let contact = json!({
        "kind": "contact", "done_on": today.plus_days(-14), "method": "call", "with": "Her mother",
        "summary": "The form is filled in; the washing machine is broken."
    });
    caller.post(lead, &path, &contact)?;
    let signpost = json!({
        "kind": "signpost", "done_on": today.plus_days(-14), "resource": "Family hub, household grants",
        "link": "https://familyhub.example/grants", "response": "agreed", "responded_on": today.plus_days(-13),
        "summary": "Sent her the address, and rang there with her."
    });
    caller.post(lead, &path, &signpost)?;
    Ok(())
}

/// One time it was shared, and one time it was not.
fn sharing(caller: &mut Caller<'_>, lead: &str, pupil: Id) -> Result<(), String> {
    let day = caller.now().london_date().plus_days(-9);
    let shared = json!({
        "shared": true, "agency": "health", "organisation": "School nursing service",
        "recipient_role": "School nurse", "information": "That she comes hungry, and since when.",
        "purpose": "To have her seen this week.", "reason": "Her mother asked for it.",
        "bases": ["public_task", "safeguarding_condition"], "consent": "given", "decided_on": day
    });
    let kept_back = json!({
        "shared": false, "agency": "other", "organisation": "A housing association",
        "information": "Whether the family has had support from the school.", "purpose": "To decide on a transfer.",
        "reason": "Her mother does not want it, and nobody is at risk by it.", "bases": [], "consent": "refused",
        "decided_on": day
    });
    for decision in [shared, kept_back] {
        caller.post(lead, "/v1/sharing-decisions", &json!({"pupil_id": pupil, "decision": decision}))?;
    }
    Ok(())
}

/// A teacher held a pupil back, and the lead told his mother.
fn intervention(
    caller: &mut Caller<'_>,
    [teacher, lead]: [&str; 2],
    school: &DemoSchool,
    pupil: Id,
) -> Result<(), String> {
    let began = caller.now().plus_seconds(-2 * 86_400);
    let held_by = school.holder("staff").map(|(person, _)| person);
    let facts = json!({
        "occurred_at": began, "minutes": 2, "place": "The gate", "kinds": ["force"],
        "staff": [{"person_id": held_by, "part": "Held him by both arms from behind."}],
        "led_to": "He ran towards the road after a quarrel.", "techniques": "A standing hold, one person.",
        "necessity": "There was traffic, and he did not stop when he was called."
    });
    let body = json!({"pupil_id": pupil, "facts": facts});
    let path = format!(
        "/v1/restrictive-interventions/{}",
        caller.post(teacher, "/v1/restrictive-interventions", &body)?.id
    );
    let told = json!({"parent": {
        "told": "told", "at": began.plus_seconds(3 * 3600), "by": "call", "who_told": "The safeguarding lead",
        "who_was_told": "His mother", "summary": "She will speak with him about the road."
    }, "pupil_debrief": {
        "done_on": began.plus_seconds(86_400).london_date(), "by": "The safeguarding lead",
        "summary": "He drew the gate, and who he had quarrelled with."
    }});
    caller.post_on(lead, &format!("{path}/follow-up"), Some("\"1\""), &told)?;
    Ok(())
}
