//! Who attended.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::super::rules::PanelRole;
use crate::clock::Timestamp;
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
    check_absence(input.present, input.absence_reason.as_ref())
}

fn check_absence(is_present: bool, reason: Option<&Text<500>>) -> Result<(), ValidationError> {
    if is_present || reason.is_some() {
        return Ok(());
    }
    Err(fault("/absence_reason", "required", "say why they did not come"))
}

/// A corrected version of an attendance; whose it is stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_correction))]
#[schema(example = json!({
    "role": "dsl", "present": false, "absence_reason": "At a strategy meeting.", "reason": "Named the wrong meeting."
}))]
pub struct AttendanceCorrection {
    /// Somebody from outside, where their name or organisation changes; only where the entry is of such a one.
    #[validate(nested)]
    pub guest: Option<Guest>,
    /// In which role they attended, or were expected.
    pub role: PanelRole,
    /// Whether they came.
    pub present: bool,
    /// Why not. Required where they did not come.
    pub absence_reason: Option<Text<500>>,
    /// Why it is corrected.
    pub reason: Text<2000>,
}

impl MediaType for AttendanceCorrection {}

fn check_correction(input: &AttendanceCorrection) -> Result<(), ValidationError> {
    check_absence(input.present, input.absence_reason.as_ref())
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
    /// Why the version before was corrected; for those who call the school's panels and the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}
