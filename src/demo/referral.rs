//! Whom each trust refers to, and the referral of a child: answered and decided on, with a second one that waits.

use serde_json::{Value, json};

use super::caller::Caller;
use super::plan::TrustPlan;
use super::{DemoSchool, DemoTrust};
use crate::ids::Id;

const DAY: i64 = 24 * 3600;

/// Makes them; the referrals are at the trust's first school.
pub(super) fn seed(
    caller: &mut Caller<'_>,
    plan: &TrustPlan,
    trust: &DemoTrust,
    admin: &str,
) -> Result<(), String> {
    let agency = |kind: &str, name: &str| {
        json!({
            "kind": kind, "name": name, "la_code": "935", "telephone": "01632 960 001",
            "secure_email": "front.door@council-a.example", "hours": "Monday to Friday, 8.30 to 17.00",
            "out_of_hours_telephone": "01632 960 002", "used_from": "2024-09-01"
        })
    };
    let front_door = caller.post(admin, "/v1/agencies", &agency("mash", "Council A: front door"))?.id;
    let early_help = caller.post(admin, "/v1/agencies", &agency("early_help", "Council A: early help"))?.id;
    let level = |number: i16, name: &str, level: &str| json!({"number": number, "name": name, "support_level": level});
    let framework = json!({
        "la_code": "935", "name": "Council A: thresholds of need", "starts_on": "2024-09-01",
        "web_address": "https://www.council-a.example/thresholds",
        "levels": [
            level(1, "Universal", "L1"), level(2, "Emerging needs", "L2"),
            level(3, "Complex needs", "L3"), level(4, "At risk", "L4")
        ]
    });
    let framework = caller.post(admin, "/v1/threshold-frameworks", &framework)?.id;
    let Some(school) = trust.schools.first() else { return Ok(()) };
    let [_, pupil, ..] = *school.pupils.as_slice() else { return Ok(()) };
    let [_, concern, ..] = *school.concerns.as_slice() else { return Ok(()) };
    let (lead, claim) = school.holder("dsl").ok_or("nobody is DSL")?;
    let token = caller.token(plan.slug, Some(lead), &[claim])?;
    let path = format!("/v1/concerns/{concern}");
    let mut case = Case { caller, token, lead, path, pupil };
    case.answered(front_door, framework)?;
    case.waiting(early_help)?;
    case.escalated(school)
}

struct Case<'a, 'b> {
    caller: &'a mut Caller<'b>,
    token: String,
    lead: Id,
    path: String,
    pupil: Id,
}

impl Case<'_, '_> {
    fn record(&mut self, part: &str, body: &Value) -> Result<Id, String> {
        let tag = self.caller.tag(&self.token, &self.path)?;
        let path = format!("{}/{part}", self.path);
        Ok(self.caller.post_on(&self.token, &path, Some(&tag), body)?.id)
    }

    /// The one that was answered the next day, and decided on.
    fn answered(&mut self, agency: Id, framework: Id) -> Result<(), String> {
        let now = self.caller.now();
        let made_at = now.plus_seconds(-13 * DAY);
        let referral = json!({
            "agency_id": agency, "pupil_ids": [self.pupil], "made_at": made_at, "made_by_id": self.lead,
            "method": "web_form", "form": "MARF", "consent": "given", "framework_id": framework,
            "framework_level": 3, "reason": "Hungry and in unwashed clothes all week; his mother asks for help."
        });
        let referral = self.record("referrals", &referral)?;
        let acknowledged = json!({
            "acknowledged_at": made_at.plus_seconds(3 * 3600), "acknowledged_by": "P. Elmer, duty desk"
        });
        self.record(&format!("referrals/{referral}/acknowledgement"), &acknowledged)?;
        let decision = json!({
            "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager, front door",
            "decided_on": now.plus_seconds(-12 * DAY).london_date(), "outcome": "begins", "level": "L3",
            "summary": "An assessment begins."
        });
        let decisions = format!("/v1/pupils/{}/external-decisions", self.pupil);
        let decision = self.caller.post(&self.token, &decisions, &decision)?.id;
        let decided = json!({"external_decision_id": decision});
        self.record(&format!("referrals/{referral}/decisions"), &decided)?;
        let told = json!({
            "told_at": now.plus_seconds(-11 * DAY), "told_by_id": self.lead, "note": "That it was right to tell us."
        });
        self.record(&format!("referrals/{referral}/feedback"), &told)?;
        Ok(())
    }

    /// The one to which nobody has answered yet.
    fn waiting(&mut self, agency: Id) -> Result<(), String> {
        let referral = json!({
            "agency_id": agency, "pupil_ids": [self.pupil], "made_at": self.caller.now().plus_seconds(-3600),
            "made_by_id": self.lead, "method": "telephone", "consent": "given",
            "reason": "A visit at home before the plan begins."
        });
        self.record("referrals", &referral)?;
        Ok(())
    }

    fn escalated(&mut self, school: &DemoSchool) -> Result<(), String> {
        let (head, _) = school.holder("headteacher").ok_or("nobody is headteacher")?;
        let now = self.caller.now();
        let escalation = json!({
            "level": "headteacher", "owner_id": head, "raised_at": now,
            "review_on": now.london_date().plus_days(7), "reason": "The family is out of reach since Monday."
        });
        self.record("escalations", &escalation)?;
        Ok(())
    }
}
