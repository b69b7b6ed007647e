//! A panel that was held in each trust, and a concern that was closed by the trust's rule.

use chrono::{Datelike, Weekday};
use serde_json::{Value, json};

use super::caller::Caller;
use super::plan::TrustPlan;
use super::{DemoSchool, DemoTrust};
use crate::ids::Id;

/// Who attends at the first school of each trust.
fn attendees(trust: &TrustPlan) -> &'static [&'static str] {
    match trust.panel_expected {
        "all_dsls" => &["dsl", "deputy-dsl"],
        _ => &["dsl", "deputy-dsl", "welfare-lap", "headteacher", "trust-safeguarding-lead"],
    }
}

/// Makes them, at the trust's first school.
pub(super) fn seed(caller: &mut Caller<'_>, plan: &TrustPlan, trust: &mut DemoTrust) -> Result<(), String> {
    let Some(school) = trust.schools.first().cloned() else { return Ok(()) };
    let mut room = Room { caller, plan, trust, school };
    let concern = room.concern()?;
    let panel = room.panel()?;
    room.minutes(panel, concern)?;
    room.close(panel, concern)?;
    if let Some(first) = trust.schools.first_mut() {
        first.concerns.push(concern);
        first.panels.push(panel);
    }
    Ok(())
}

struct Room<'a, 'b> {
    caller: &'a mut Caller<'b>,
    plan: &'a TrustPlan,
    trust: &'a DemoTrust,
    school: DemoSchool,
}

impl Room<'_, '_> {
    fn holder(&self, role: &str) -> Result<(Id, String), String> {
        let central = self.trust.central.get(role).map(|person| (*person, role.to_owned()));
        central.or_else(|| self.school.holder(role)).ok_or_else(|| format!("nobody is {role}"))
    }

    fn token(&self, role: &str) -> Result<String, String> {
        let (person, claim) = self.holder(role)?;
        self.caller.token(self.plan.slug, Some(person), &[claim])
    }

    /// A change of a record by the holder of a role; the DSL, who reads everything here, knows its version.
    fn on(&mut self, role: &str, record: &str, part: &str, body: &Value) -> Result<Id, String> {
        let tag = self.caller.tag(&self.token("dsl")?, record)?;
        let token = self.token(role)?;
        Ok(self.caller.post_on(&token, &format!("{record}/{part}"), Some(&tag), body)?.id)
    }

    /// A concern that came to its end: acted on and scrutinised.
    fn concern(&mut self) -> Result<Id, String> {
        let body = json!({
            "school_id": self.school.id, "place": "dining_hall", "time_slot": "lunch", "source": "observation",
            "pupils": [{"pupil_id": self.school.pupils.first(), "role": "subject"}], "reporter": {"kind": "self"},
            "categories": [{"code": "WEL-HUN", "is_primary": true}],
            "summary": "Had no lunch with him for the third time this week."
        });
        let id = self.caller.post(&self.token("staff")?, "/v1/concerns", &body)?.id;
        let path = format!("/v1/concerns/{id}");
        let triage = json!({"severity": "same_day", "school_view_level": 1, "parent_informed": "yes"});
        self.on("dsl", &path, "triage", &triage)?;
        let action = json!({"kind": "speak_to_family", "description": "Ask at home about lunch.", "is_required": true});
        let action = self.on("dsl", &path, "actions", &action)?;
        let done = json!({
            "done_on": self.caller.now().london_date(),
            "outcome": "The form for free school meals had not arrived. It was filled in together; he eats with us."
        });
        self.on("dsl", &path, &format!("actions/{action}/outcome"), &done)?;
        self.on("dsl", &path, "scrutiny", &json!({"as": "team", "comment": "Settled within two days."}))?;
        if self.plan.scrutiny == "team_and_trust_lead" {
            self.on("trust-safeguarding-lead", &path, "scrutiny", &json!({"as": "trust_lead"}))?;
        }
        Ok(id)
    }

    /// Last week's panel, on a day on which a school can have met.
    fn panel(&mut self) -> Result<Id, String> {
        let mut meets_on = self.caller.now().london_date().plus_days(-7);
        while matches!(meets_on.chrono().weekday(), Weekday::Sat | Weekday::Sun) {
            meets_on = meets_on.plus_days(-1);
        }
        let body = json!({"school_id": self.school.id, "meets_on": meets_on});
        let id = self.caller.post(&self.token("dsl")?, "/v1/panels", &body)?.id;
        let path = format!("/v1/panels/{id}");
        for role in attendees(self.plan) {
            let person = self.holder(role)?.0;
            let body = json!({"person_id": person, "role": role, "present": true});
            self.on("dsl", &path, "attendance", &body)?;
        }
        let guest = json!({
            "guest": {"name": "Robin Ashgrove", "organisation": "School nursing"}, "role": "guest", "present": true
        });
        self.on("dsl", &path, "attendance", &guest)?;
        self.on("dsl", &path, "holding", &json!({}))
    }

    fn minutes(&mut self, panel: Id, concern: Id) -> Result<(), String> {
        let path = format!("/v1/panels/{panel}");
        let general = json!({"text": "Lunchtime is quieter since the second sitting. The nurse offers a morning a week."});
        self.on("dsl", &path, "minutes", &general)?;
        let about = json!({"concern_id": concern, "text": "Eats every day; his mother thanked the office."});
        self.on("dsl", &path, "minutes", &about)?;
        let owner = self.holder("headteacher")?.0;
        let trend = json!({
            "kind": "trend", "text": "Ask every new family about free school meals at the first visit.",
            "owner_id": owner, "due_on": self.caller.now().london_date().plus_days(14)
        });
        self.on("dsl", &path, "decisions", &trend)?;
        Ok(())
    }

    /// Closes it by the trust's rule.
    fn close(&mut self, panel: Id, concern: Id) -> Result<(), String> {
        let path = format!("/v1/concerns/{concern}");
        let outcome = "He has free school meals, and no day without lunch since.";
        let body = if self.plan.closure_rule == "unanimous_panel" {
            for role in attendees(self.plan) {
                self.agree(role, panel, concern)?;
            }
            json!({"panel_id": panel, "outcome": outcome, "closure_rationale": "The cause is found and gone."})
        } else {
            json!({"outcome": outcome, "safety_statement": "He eats every day, and his family knows whom to ask."})
        };
        self.on("dsl", &path, "closure", &body)?;
        Ok(())
    }

    fn agree(&mut self, role: &str, panel: Id, concern: Id) -> Result<(), String> {
        let tag = self.caller.tag(&self.token("dsl")?, &format!("/v1/concerns/{concern}"))?;
        let seen: i64 = tag
            .trim_matches('"')
            .split('.')
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(|_| format!("no version: {tag}"))?;
        let body = json!({"concern_id": concern, "concern_version": seen, "answer": "agree"});
        let token = self.token(role)?;
        self.caller.post(&token, &format!("/v1/panels/{panel}/agreements"), &body)?;
        Ok(())
    }
}
