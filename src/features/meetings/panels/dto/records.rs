//! Who attended, what was said, and what was decided.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::rules::PanelRole;
use crate::clock::{Date, Timestamp};
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// Somebody from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Robin Example", "organisation": "School nursing"}))]
pub struct Guest {
    /// Their name.
    pub name: Name<150>,
    /// Where they come from.
    pub organisation: Option<Name<200>>,
}

/// Says that somebody attended a panel, or did not. Said again of the same person, it takes the place of what was said
/// before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_attendance))]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "dsl", "present": true
}))]
pub struct AttendanceCreate {
    /// The person of the trust. For a role with a vote they hold that appointment on the day of the panel.
    pub person_id: Option<Id>,
    /// Somebody from outside, in the place of `person_id`; only with the role `guest`.
    #[validate(nested)]
    pub guest: Option<Guest>,
    /// In which role they attend, or were expected.
    pub role: PanelRole,
    /// Whether they came.
    pub present: bool,
    /// Why not. Required where they did not come.
    pub absence_reason: Option<Text<500>>,
}

impl MediaType for AttendanceCreate {}

fn check_attendance(input: &AttendanceCreate) -> Result<(), ValidationError> {
    match (input.person_id.is_some(), &input.guest) {
        (false, None) => return Err(fault("/person_id", "required", "say who: a person or a guest")),
        (true, Some(_)) => return Err(fault("/guest", "not_allowed", "a person or a guest, not both")),
        (false, Some(_)) if input.role != PanelRole::Guest => {
            return Err(fault("/role", "not_allowed", "whoever is from outside attends as a guest"));
        }
        _ => {}
    }
    if !input.present && input.absence_reason.is_none() {
        return Err(fault("/absence_reason", "required", "say why they did not come"));
    }
    Ok(())
}

/// That somebody attended a panel, or did not.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1,
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "dsl", "present": true, "has_vote": true,
    "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct AttendanceView {
    /// The entry: the same for all that was said of one person.
    pub id: Id,
    /// 1 for what was said first; the highest one holds.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The person of the trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<Id>,
    /// Somebody from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<Guest>,
    /// In which role.
    pub role: PanelRole,
    /// Whether they came.
    pub present: bool,
    /// Whether their role has a vote on closures.
    pub has_vote: bool,
    /// Why they did not come; for those who call the school's panels and the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absence_reason: Option<Text<500>>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When.
    pub recorded_at: Timestamp,
}

/// Minutes: one matter an entry.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Lunchtime supervision has been changed; two schools see fewer fights."}))]
pub struct PanelMinutesCreate {
    /// The concern that it is about: one that you see in full. Then only who sees the concern reads the entry. What is
    /// said about a child belongs to their concern.
    pub concern_id: Option<Id>,
    /// What was said.
    pub text: Text<10000>,
}

impl MediaType for PanelMinutesCreate {}

/// An entry of the minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "recorded_at": "2026-01-15T15:10:00.000000Z", "text": "Lunchtime supervision has been changed."
}))]
pub struct PanelMinutesView {
    /// The entry.
    pub id: Id,
    /// The concern that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When.
    pub recorded_at: Timestamp,
    /// What was said.
    pub text: Text<10000>,
}

crate::words! {
    /// What a decision of a panel is about (B-84).
    pub enum PanelDecisionKind {
        /// How one concern is met.
        Concern = "concern",
        /// How a trend is addressed.
        Trend = "trend",
    }
}

/// A decision of a panel.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_decision))]
#[schema(example = json!({
    "kind": "trend", "text": "Move the duty post to the bicycle shed at lunch.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-22"
}))]
pub struct PanelDecisionCreate {
    /// What it is about.
    pub kind: PanelDecisionKind,
    /// The concern; required for `concern`, refused for `trend`. One that you see in full.
    pub concern_id: Option<Id>,
    /// What was decided.
    pub text: Text<5000>,
    /// Who sees to it: a person of the trust, without a conflict of interest in the concern.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
}

impl MediaType for PanelDecisionCreate {}

fn check_decision(input: &PanelDecisionCreate) -> Result<(), ValidationError> {
    match (input.kind, input.concern_id.is_some()) {
        (PanelDecisionKind::Concern, false) => Err(fault("/concern_id", "required", "name the concern")),
        (PanelDecisionKind::Trend, true) => {
            Err(fault("/concern_id", "not_allowed", "a trend is about no single concern"))
        }
        _ => Ok(()),
    }
}

/// A decision of a panel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "kind": "trend",
    "text": "Move the duty post to the bicycle shed at lunch.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-22",
    "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct PanelDecisionView {
    /// The decision.
    pub id: Id,
    /// What it is about.
    pub kind: PanelDecisionKind,
    /// The concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// What was decided.
    pub text: Text<5000>,
    /// Who sees to it.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When.
    pub recorded_at: Timestamp,
}

/// A list of a panel's records takes no filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RecordFilter {}
