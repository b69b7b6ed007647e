//! What is written of a child's case around the concern: a core group with a report that is due, a placement with an alternative
//! provider, an assessment with an action.

use serde_json::{Value, json};

use super::DemoTrust;
use super::caller::Caller;
use super::plan::TrustPlan;
use crate::ids::Id;

/// Makes them of a pupil of the trust's first school.
pub(super) fn seed(caller: &mut Caller<'_>, plan: &TrustPlan, trust: &DemoTrust) -> Result<(), String> {
    let Some(school) = trust.schools.first() else { return Ok(()) };
    let [_, pupil, ..] = *school.pupils.as_slice() else { return Ok(()) };
    let (lead, claim) = school.holder("dsl").ok_or("nobody is DSL")?;
    let token = caller.token(plan.slug, Some(lead), &[claim])?;
    let mut case = Case { caller, token, lead, path: format!("/v1/pupils/{pupil}") };
    case.meetings()?;
    case.placement()?;
    case.assessment()
}

struct Case<'a, 'b> {
    caller: &'a mut Caller<'b>,
    token: String,
    lead: Id,
    path: String,
}

impl Case<'_, '_> {
    fn make(&mut self, part: &str, body: &Value) -> Result<Id, String> {
        Ok(self.caller.post(&self.token, &format!("{}/{part}", self.path), body)?.id)
    }

    fn step(&mut self, record: &str, part: &str, body: &Value) -> Result<(), String> {
        let path = format!("{}/{record}", self.path);
        let tag = self.caller.tag(&self.token, &path)?;
        self.caller.post_on(&self.token, &format!("{path}/{part}"), Some(&tag), body).map(drop)
    }

    /// One that was held, and the one that was agreed to follow.
    fn meetings(&mut self) -> Result<(), String> {
        let today = self.caller.now().london_date();
        let attendees = json!([{"person_id": self.lead, "role": "Designated safeguarding lead"}]);
        let held = json!({
            "kind": "child_in_need", "agency": "children_social_care", "invited_on": today.plus_days(-9),
            "meets_on": today.plus_days(-3), "attendees": attendees, "wants_report": true,
            "report_due_on": today.plus_days(-4), "details": "At the family centre, 10 o'clock."
        });
        let held = self.make("agency-meetings", &held)?;
        let record = format!("agency-meetings/{held}");
        let report = json!({
            "written_on": today.plus_days(-5), "written_by_id": self.lead, "sent_on": today.plus_days(-5),
            "sent_to": "R. Holloway, by secure email"
        });
        self.step(&record, "report", &report)?;
        let outcome = json!({
            "took_place": true, "attended_ids": [self.lead],
            "outcome": "The plan goes on; breakfast at school each day.",
            "next_meeting": {"kind": "child_in_need", "meets_on": today.plus_days(18)}
        });
        self.step(&record, "outcome", &outcome)?;
        let next = json!({
            "kind": "child_in_need", "agency": "children_social_care", "invited_on": today,
            "meets_on": today.plus_days(18), "attendees": attendees, "wants_report": true
        });
        self.make("agency-meetings", &next).map(drop)
    }

    /// One with the provider's confirmation and a first look.
    fn placement(&mut self) -> Result<(), String> {
        let today = self.caller.now().london_date();
        let placement = json!({
            "unregistered_provider": {
                "name": "Wharfside Boats", "address": "The old boatyard, Wharfside",
                "contact": "K. Sparrow, 01632 960 011"
            },
            "starts_on": today.plus_days(-6), "timetable": [
                {"day": "tuesday", "sessions": "all_day"}, {"day": "thursday", "sessions": "morning"}
            ],
            "reason": "Works with her hands there, and stays the day."
        });
        let placement = self.make("ap-placements", &placement)?;
        let confirmation = json!({
            "confirmed_on": today.plus_days(-8), "confirmed_by": "K. Sparrow", "confirmed_by_role": "Manager",
            "tells_of_changes": true, "reference": "Letter, kept with the pupil's file."
        });
        self.step(&format!("ap-placements/{placement}"), "confirmation", &confirmation)?;
        let check = json!({
            "placement_id": placement, "kind": "safety", "done_on": today.plus_days(-1), "outcome": "goes_on",
            "child_seen": true, "sessions_possible": 3, "sessions_attended": 3,
            "summary": "Likes it there, and knows whom to ask for."
        });
        self.make("ap-checks", &check).map(drop)
    }

    fn assessment(&mut self) -> Result<(), String> {
        let today = self.caller.now().london_date();
        let assessment = json!({
            "kind": "other", "assessed_on": today.plus_days(-3), "review_on": today.plus_days(25),
            "participants": [{"name": "R. Holloway", "role": "Social worker"}, {"name": "The mother", "role": "Parent"}],
            "risks": "Nobody at home before six, and the heating is off.",
            "needs": "Breakfast, clean clothes, and an adult to talk to.",
            "measures": "Breakfast club each day; the family liaison officer rings on Fridays."
        });
        let assessment = self.make("risk-assessments", &assessment)?;
        let action = json!({
            "assessment_id": assessment, "description": "Find a uniform from the school's store.",
            "owner_id": self.lead, "due_on": today.plus_days(4)
        });
        self.make("risk-actions", &action).map(drop)
    }
}
