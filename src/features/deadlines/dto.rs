//! What goes over the wire about deadlines: identifiers and days, and no text of any record.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reference::{DeadlineClock, DeadlineRule, DeadlineSetting, Rule};
use super::rules::DeadlineState;
use crate::access::Role;
use crate::clock::Date;
use crate::ids::Id;

crate::words! {
    /// Whose deadlines.
    pub enum DeadlineOwner {
        /// The caller's: what names them, and what is a task of a role that they hold.
        Me = "me",
    }
}

crate::words! {
    /// What has to be decided before anybody can say when something is due.
    pub enum UndecidedBecause {
        /// The trust has not set the number of days.
        SettingUnset = "setting_unset",
        /// Nobody has made the calendar of this academic year.
        CalendarUnknown = "calendar_unknown",
    }
}

/// Something that is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "rule": "concern_action", "state": "overdue", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "due_on": "2026-01-15", "owner_role": "dsl", "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "action_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"
}))]
pub struct DeadlineView {
    /// By which rule; `GET /v1/deadlines/rules` says what it asks for and who says so.
    pub rule: DeadlineRule,
    /// What has become of it.
    pub state: DeadlineState,
    /// The school.
    pub school_id: Id,
    /// The last day on which it is in time, in England; absent while undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// When it was met, in time or late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_on: Option<Date>,
    /// Whose task it is, where nobody is named: of scrutiny the trust lead's, where only their stamp is missing. A deputy
    /// has what is a safeguarding lead's.
    pub owner_role: Role,
    /// Who is named for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id>,
    /// The concern that it is about; of a panel's decision, where you see that concern in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// The action of that concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_id: Option<Id>,
    /// The referral of that concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral_id: Option<Id>,
    /// The escalation of that concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation_id: Option<Id>,
    /// The pupil that it is about, outside any concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<Id>,
    /// The record of that pupil's case: of the class that the rule is about, such as a meeting of agencies or a placement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<Id>,
    /// The panel of which it is a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel_id: Option<Id>,
    /// That decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<Id>,
    /// Which breaking of the glass is to be reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_glass_id: Option<Id>,
    /// The support of a family that is to be reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_support_id: Option<Id>,
    /// The restrictive intervention of which a parent is to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervention_id: Option<Id>,
    /// The Monday of the week that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week_starts_on: Option<Date>,
    /// What has to be decided first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided_because: Option<UndecidedBecause>,
}

/// Which deadlines to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct DeadlineFilter {
    /// Of this school only.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// By this rule only.
    #[param(inline)]
    pub rule: Option<DeadlineRule>,
    /// With this state only; where absent, all that is not met.
    #[param(inline)]
    pub state: Option<DeadlineState>,
    /// Due on this day or later. Where absent, panels from the beginning of the academic year on and all else. What is
    /// undecided has no day and is listed whatever days are asked for.
    #[param(inline)]
    pub from: Option<Date>,
    /// Due on this day or earlier, at most 800 days after `from`, or after 1 September of this academic year where `from`
    /// is absent (409 `rule_broken` with `range` at `?to`); where absent, within the next 28 days.
    #[param(inline)]
    pub to: Option<Date>,
    /// Only the caller's.
    #[param(inline)]
    pub owner: Option<DeadlineOwner>,
}

/// A rule by which something is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "rule": "concern_scrutiny", "title": "A concern is scrutinised", "start": "The day on which it was reported or reopened",
    "clock": "calendar_days", "setting": "scrutiny_alert_days", "owner_role": "dsl", "source": "A-34",
    "sentence": "Every safeguarding slip is scrutinised", "effective_from": "2020-09-01"
}))]
pub struct DeadlineRuleView {
    /// The rule.
    pub rule: DeadlineRule,
    /// What it asks for.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it starts from.
    #[schema(max_length = 200)]
    pub start: String,
    /// How it runs.
    pub clock: DeadlineClock,
    /// How many days, where no setting says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 4000)]
    pub amount: Option<u16>,
    /// The setting of the trust that says how many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<DeadlineSetting>,
    /// Whose task it is, where nobody is named.
    pub owner_role: Role,
    /// Who says so: a place in the trusts' plans or in the law.
    #[schema(max_length = 200)]
    pub source: String,
    /// In these words.
    #[schema(max_length = 1000)]
    pub sentence: String,
    /// The first day on which it is in force.
    pub effective_from: Date,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Date>,
}

impl From<&Rule> for DeadlineRuleView {
    fn from(rule: &Rule) -> Self {
        Self {
            rule: rule.id,
            title: rule.title.clone(),
            start: rule.start.clone(),
            clock: rule.clock,
            amount: rule.amount,
            setting: rule.setting,
            owner_role: rule.owner_role,
            source: rule.source.clone(),
            sentence: rule.sentence.clone(),
            effective_from: rule.effective_from,
            effective_to: rule.effective_to,
        }
    }
}

/// Which rules to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct DeadlineRuleFilter {
    /// Those in force on this day; today where absent.
    #[param(inline)]
    pub on: Option<Date>,
}
