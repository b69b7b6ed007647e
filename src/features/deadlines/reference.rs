//! The rules, read once from the repository's file.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::access::Role;
use crate::clock::Date;

const RULES: &str = include_str!("../../../reference/deadlines.toml");

crate::words! {
    /// What a deadline is about. Lists have them in this order where days are equal.
    pub enum DeadlineRule {
        /// An action of a concern is done by its day.
        ConcernAction = "concern_action",
        /// A concern is scrutinised within the days that the trust's setting says.
        ConcernScrutiny = "concern_scrutiny",
        /// The weekly panel of a school is held (A-41, B-83).
        WeeklyPanel = "weekly_panel",
        /// A decision of a panel is done by its day (B-84).
        PanelDecision = "panel_decision",
        /// An agency answers a referral (domain 3.4): until it does, the school chases.
        ReferralResponse = "referral_response",
        /// An escalation is looked at again by its day.
        EscalationReview = "escalation_review",
        /// That somebody broke the glass is reviewed by a second person (domain 8.3-6).
        BreakGlassReview = "break_glass_review",
        /// Support of a family is reviewed by its day (B-51).
        FamilySupportReview = "family_support_review",
        /// A parent is told of a restrictive intervention as soon as can be.
        InterventionParent = "intervention_parent",
        /// The school's report for a meeting of agencies is sent in time (domain 5.2).
        AgencyMeetingReport = "agency_meeting_report",
        /// What came of a meeting of agencies is recorded.
        AgencyMeeting = "agency_meeting",
        /// The meeting of agencies that was agreed to follow is called.
        NextAgencyMeeting = "next_agency_meeting",
        /// A teacher reports female genital mutilation to the police.
        FgmReport = "fgm_report",
        /// An alternative provider has confirmed its checks in writing.
        ApConfirmation = "ap_confirmation",
        /// A placement with an alternative provider is reviewed in each half-term.
        ApReview = "ap_review",
        /// An assessment of risks and needs is looked at again by its day.
        RiskReview = "risk_review",
        /// An action of such an assessment is done by its day.
        RiskAction = "risk_action",
    }
}

crate::words! {
    /// How a deadline runs.
    pub enum DeadlineClock {
        /// So many days after the start.
        CalendarDays = "calendar_days",
        /// So many working days after the start: Monday to Friday without England's bank holidays.
        WorkingDays = "working_days",
        /// So many working days before the start.
        WorkingDaysBefore = "working_days_before",
        /// So many school days after the start, by the school's calendar.
        SchoolDays = "school_days",
        /// By the last school day of each week that has one.
        Weekly = "weekly",
        /// By the last school day of each half-term.
        HalfTermly = "half_termly",
    }
}

crate::words! {
    /// A setting of the trust that says how many days.
    pub enum DeadlineSetting {
        /// `scrutiny_alert_days` of the trust.
        ScrutinyAlertDays = "scrutiny_alert_days",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// A rule, as it is in force from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which rule.
    pub id: DeadlineRule,
    /// What it asks for.
    pub title: String,
    /// What it starts from.
    pub start: String,
    /// How it runs.
    pub clock: DeadlineClock,
    /// How many days, where no setting says so.
    #[serde(default)]
    pub amount: Option<u16>,
    /// The setting that says how many days.
    #[serde(default)]
    pub setting: Option<DeadlineSetting>,
    /// Whose task it is, where nobody is named.
    pub owner_role: Role,
    /// Who says so.
    pub source: String,
    /// In these words.
    pub sentence: String,
    /// The first day on which it is in force.
    pub effective_from: Date,
    /// The last one.
    #[serde(default)]
    pub effective_to: Option<Date>,
}

impl Rule {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, on: Date) -> bool {
        self.effective_from <= on && self.effective_to.is_none_or(|end| on <= end)
    }
}

/// Every rule in every form, in the file's order.
pub fn all() -> &'static [Rule] {
    static ALL: OnceLock<Vec<Rule>> = OnceLock::new();
    ALL.get_or_init(|| toml::from_str::<File>(RULES).map(|file| file.rule).unwrap_or_default())
}

/// A rule as it is in force on a day.
pub fn in_force(rule: DeadlineRule, on: Date) -> Option<&'static Rule> {
    all().iter().find(|known| known.id == rule && known.is_in_force(on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_rule_and_no_day_has_two_forms_of_one() {
        let rules = toml::from_str::<File>(RULES).unwrap().rule;
        let today = Date::ymd(2026, 5, 15).unwrap();
        for rule in DeadlineRule::ALL {
            assert!(in_force(*rule, today).is_some(), "{rule}");
        }
        for (at, rule) in rules.iter().enumerate() {
            for other in rules.iter().skip(at + 1).filter(|other| other.id == rule.id) {
                let shared = other.is_in_force(rule.effective_from) || rule.is_in_force(other.effective_from);
                assert!(!shared, "{}", rule.id);
            }
        }
    }

    #[test]
    fn a_rule_counts_days_or_follows_the_calendar() {
        for rule in all() {
            let counts = matches!(
                rule.clock,
                DeadlineClock::CalendarDays
                    | DeadlineClock::WorkingDays
                    | DeadlineClock::WorkingDaysBefore
                    | DeadlineClock::SchoolDays
            );
            let says = usize::from(rule.amount.is_some()) + usize::from(rule.setting.is_some());
            assert_eq!(says, usize::from(counts), "{}", rule.id);
        }
    }
}
