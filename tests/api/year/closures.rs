//! Every closure of the year judged anew, from nothing but what the service shows of it: at its moment it fulfilled the
//! trust's rule.

use std::collections::BTreeSet;

use serde_json::Value;

use super::school::{Concern, School};
use super::{Year, lists};
use crate::support::Client;

pub fn check(year: &Year) -> String {
    let mut closures = 0;
    for school in year.trusts.iter().flat_map(|trust| &trust.schools) {
        for concern in school.concerns.iter().filter(|concern| concern.parts.contains_key("closures")) {
            let judge = Judge { school, concern, dsl: school.by(&year.app, "dsl") };
            closures += judge.all();
        }
    }
    format!("{closures} closures by the rule")
}

struct Judge<'a> {
    school: &'a School,
    concern: &'a Concern,
    dsl: Client,
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}"))
}

impl Judge<'_> {
    fn list(&self, part: &str) -> Vec<Value> {
        lists::paged(&self.dsl, &format!("/v1/concerns/{}/{part}", self.concern.id))
    }

    fn all(&self) -> usize {
        let closures = self.list("closures");
        let stamps = self.list("scrutiny");
        for (closure, round) in closures.iter().zip(1..) {
            assert_eq!(closure["round"], round, "{closure}");
            let is_last = round == closures.len();
            assert_eq!(closure.get("reopening").is_some(), !(is_last && self.concern.is_closed), "{closure}");
            self.check_work(closure, &stamps);
            if self.school.ways.is_panel {
                self.check_panel(closure);
            } else {
                self.check_statement(closure, &closures);
            }
        }
        closures.len()
    }

    /// Stamps of two people in this round, the required actions done, and an action or a reason for none.
    fn check_work(&self, closure: &Value, stamps: &[Value]) {
        let at = text(closure, "closed_at");
        let by = |capacity: &str| -> BTreeSet<&str> {
            let fits = |stamp: &&Value| {
                stamp["round"] == closure["round"]
                    && stamp["as"] == capacity
                    && text(stamp, "recorded_at") <= at
            };
            stamps.iter().filter(fits).map(|stamp| text(stamp, "author_id")).collect()
        };
        let (team, lead) = (by("team"), by("trust_lead"));
        assert!(!team.is_empty(), "no stamp of the team: {closure}");
        if self.school.ways.is_panel {
            assert!(
                lead.iter().any(|person| team.len() > 1 || !team.contains(person)),
                "no stamp of the lead: {closure}"
            );
        }
        let actions = self.list(&format!("actions?as_of={at}"));
        let is_open = |action: &Value| action["is_required"] == true && action.get("done_on").is_none();
        assert!(!actions.iter().any(is_open), "a required action was open: {closure}");
        let decisions = self.list(&format!("decisions?as_of={at}"));
        let has_reason = decisions.iter().any(|decision| decision["kind"] == "no_action");
        assert!(!actions.is_empty() || has_reason, "neither action nor reason: {closure}");
    }

    /// In the school's last held panel, with a DSL or deputy and the trust lead, everybody who was there and has a vote
    /// agreed, and their answers stood.
    fn check_panel(&self, closure: &Value) {
        let at = text(closure, "closed_at");
        let path = format!("/v1/panels/{}", text(closure, "panel_id"));
        let panel = self.dsl.get(&path).expect(200);
        assert_eq!(panel["school_id"], self.school.id.to_string());
        assert!(text(&panel, "held_at") <= at);
        let attendance = lists::paged(&self.dsl, &format!("{path}/attendance"));
        let answers = lists::paged(&self.dsl, &format!("{path}/agreements?concern_id={}", self.concern.id));
        let asked: Vec<&Value> = attendance
            .iter()
            .filter(|one| one["present"] == true && one["has_vote"] == true)
            .filter(|one| one["role"] != "welfare-lap" || !self.concern.is_restricted)
            .collect();
        for role in [&["dsl", "deputy-dsl"][..], &["trust-safeguarding-lead"]] {
            assert!(asked.iter().any(|one| role.contains(&text(one, "role"))), "without {role:?}: {closure}");
        }
        for one in asked {
            let stood = |answer: &&Value| {
                answer["person_id"] == one["person_id"]
                    && answer["round"] == closure["round"]
                    && text(answer, "recorded_at") <= at
                    && answer["lapsed_at"].as_str().is_none_or(|lapsed| lapsed > at)
            };
            let stood: Vec<&Value> = answers.iter().filter(stood).collect();
            assert_eq!(stood.len(), 1, "{one} on {closure}: {answers:?}");
            assert_eq!(stood[0]["answer"], "agree", "{closure}");
        }
        assert!(closure["closure_rationale"].is_string());
    }

    /// A DSL or deputy said why the child is safe, and the authority had decided since the round began.
    fn check_statement(&self, closure: &Value, closures: &[Value]) {
        let at = text(closure, "closed_at");
        assert!(!text(closure, "safety_statement").is_empty());
        let leads = ["dsl", "deputy-dsl"].map(|role| self.school.posts[role].to_string());
        assert!(leads.iter().any(|person| person == text(closure, "author_id")));
        let subject = &self.school.children[self.concern.children[0]];
        if subject.decided_on.is_none() {
            return;
        }
        let reopened = closures
            .iter()
            .filter_map(|one| one.get("reopening"))
            .find(|one| one["round"] == closure["round"]);
        let raised = self.dsl.get(&format!("/v1/concerns?pupil_id={}&limit=200", subject.id)).expect(200);
        let raised = raised["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == self.concern.id.as_str())
            .cloned();
        let began =
            reopened.map_or_else(|| raised.unwrap()["reported_at"].clone(), |one| one["recorded_at"].clone());
        let day = tutela::clock::Timestamp::parse(began.as_str().unwrap()).unwrap().london_date().to_string();
        let decisions = lists::paged(&self.dsl, &format!("/v1/pupils/{}/external-decisions", subject.id));
        let decided = decisions
            .iter()
            .any(|one| text(one, "decided_on") >= day.as_str() && text(one, "recorded_at") <= at);
        assert!(decided, "the authority had not decided since {day}: {closure}");
    }
}
