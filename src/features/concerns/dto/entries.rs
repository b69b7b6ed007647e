//! The entries of the work on a concern: triages, notes, actions, decisions. None is ever changed: a correction is a
//! new version, and the one before is kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::words::{
    ConcernActionKind, ConcernDecisionKind, ConcernNoteKind, ConcernSeverity, ConsentBasis, ParentInformed,
};
use crate::clock::{Date, Timestamp};
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// The safeguarding team's judgement of a concern. Recording another one takes the place of the one before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_triage))]
#[schema(example = json!({
    "severity": "same_day", "school_view_level": 2, "monitor": true, "parent_informed": "not_safe",
    "parent_informed_reason": "The concern is about the home.", "consent_basis": "not_sought_unsafe"
}))]
pub struct ConcernTriageCreate {
    /// How soon somebody must act.
    pub severity: ConcernSeverity,
    /// The school's view of the level of need, from 1 (universal) to 4 (child protection). Advice only: the statutory
    /// level is the local authority's decision (B-55).
    #[validate(range(min = 1, max = 4))]
    #[schema(minimum = 1, maximum = 4)]
    pub school_view_level: Option<i16>,
    /// Whether the concern is watched. A flag, not a state: it does not keep a concern open.
    #[serde(default)]
    pub monitor: bool,
    /// Whether a parent or carer was told.
    pub parent_informed: ParentInformed,
    /// Why not. Required unless `parent_informed` is `yes`.
    pub parent_informed_reason: Option<Text<2000>>,
    /// On what footing information is shared.
    pub consent_basis: Option<ConsentBasis>,
}

impl MediaType for ConcernTriageCreate {}

fn check_triage(input: &ConcernTriageCreate) -> Result<(), ValidationError> {
    if input.parent_informed != ParentInformed::Yes && input.parent_informed_reason.is_none() {
        return Err(fault("/parent_informed_reason", "required", "say why no parent or carer was told"));
    }
    Ok(())
}

/// A judgement of a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1,
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T13:30:00.000000Z",
    "severity": "same_day", "school_view_level": 2, "monitor": true, "parent_informed": "yes"
}))]
pub struct ConcernTriageView {
    /// The judgement.
    pub id: Id,
    /// 1 for the first; the highest one holds.
    #[schema(minimum = 1)]
    pub number: i32,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When the next one took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Timestamp>,
    /// How soon somebody must act.
    pub severity: ConcernSeverity,
    /// The school's view of the level of need: advice only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 4)]
    pub school_view_level: Option<i16>,
    /// Whether the concern is watched.
    pub monitor: bool,
    /// Whether a parent or carer was told.
    pub parent_informed: ParentInformed,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_informed_reason: Option<Text<2000>>,
    /// On what footing information is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_basis: Option<ConsentBasis>,
}

/// A note of the safeguarding team.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Spoke with his form tutor.", "happened_at": "2026-01-15T14:00:00Z"}))]
pub struct ConcernNoteCreate {
    /// The note.
    pub text: Text<10000>,
    /// When it happened, where that is not now; not in the future and not before 1990.
    pub happened_at: Option<Timestamp>,
}

impl MediaType for ConcernNoteCreate {}

/// A corrected version of a note.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Spoke with his head of year.", "reason": "Named the wrong person."}))]
pub struct ConcernNoteCorrection {
    /// The whole note as it should read.
    pub text: Text<10000>,
    /// When it happened, where that changes.
    pub happened_at: Option<Timestamp>,
    /// Why it is corrected.
    pub reason: Text<2000>,
}

impl MediaType for ConcernNoteCorrection {}

/// A note, or something that the reporter added.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "kind": "note",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "happened_at": "2026-01-15T14:00:00.000000Z",
    "recorded_at": "2026-01-15T14:10:00.000000Z", "text": "Spoke with his form tutor."
}))]
pub struct ConcernNoteView {
    /// The note: the same for all its versions.
    pub id: Id,
    /// 1 for the note as first recorded; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What it is.
    pub kind: ConcernNoteKind,
    /// Who recorded this version; left out where it is a reporter who is protected from you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// The note.
    pub text: Text<10000>,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

/// Something to be done.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "speak_to_family", "description": "Ring his mother before the end of the day.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-15", "is_required": true
}))]
pub struct ConcernActionCreate {
    /// What kind of thing.
    pub kind: ConcernActionKind,
    /// What is to be done.
    pub description: Text<5000>,
    /// Who is to do it: a person of the trust who has no conflict of interest. They are told that there is something
    /// for them; the case itself opens to them only by role or by name.
    pub owner_id: Option<Id>,
    /// By when.
    pub due_on: Option<Date>,
    /// Whether the concern cannot be closed before it is done.
    #[serde(default)]
    pub is_required: bool,
}

impl MediaType for ConcernActionCreate {}

/// A corrected version of an action.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "speak_to_family", "description": "Ring his father before the end of the day.", "is_required": true,
    "reason": "His mother is abroad."
}))]
pub struct ConcernActionCorrection {
    /// What kind of thing.
    pub kind: ConcernActionKind,
    /// What is to be done.
    pub description: Text<5000>,
    /// Who is to do it; absent for nobody in particular.
    pub owner_id: Option<Id>,
    /// By when; absent for no date.
    pub due_on: Option<Date>,
    /// Whether the concern cannot be closed before it is done.
    #[serde(default)]
    pub is_required: bool,
    /// Why it is corrected.
    pub reason: Text<2000>,
}

impl MediaType for ConcernActionCorrection {}

/// What came of an action.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done_on": "2026-01-15", "outcome": "She will talk with him tonight and ring tomorrow."}))]
pub struct ConcernActionOutcome {
    /// The day on which it was done; not in the future and not before 1990.
    pub done_on: Date,
    /// What came of it (KCSIE Part 1: action taken, decisions reached and the outcome).
    pub outcome: Text<5000>,
}

impl MediaType for ConcernActionOutcome {}

/// Something to be done, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "kind": "speak_to_family",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T14:10:00.000000Z",
    "description": "Ring his mother before the end of the day.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-15", "is_required": true
}))]
pub struct ConcernActionView {
    /// The action: the same for all its versions.
    pub id: Id,
    /// 1 for the action as first recorded; a correction or outcome is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What kind of thing.
    pub kind: ConcernActionKind,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// What is to be done.
    pub description: Text<5000>,
    /// Who is to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Whether the concern cannot be closed before it is done.
    pub is_required: bool,
    /// The day on which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Text<5000>>,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

/// A decision with its reason (KCSIE Part 1: decisions reached and why).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "no_action", "decision": "Nothing further.", "reason": "Both families had settled it before we knew.",
    "decided_at": "2026-01-15T15:00:00Z"
}))]
pub struct ConcernDecisionCreate {
    /// What kind of decision.
    pub kind: ConcernDecisionKind,
    /// What was decided.
    pub decision: Text<5000>,
    /// Why.
    pub reason: Text<5000>,
    /// When; not in the future and not before 1990.
    pub decided_at: Timestamp,
}

impl MediaType for ConcernDecisionCreate {}

/// A corrected version of a decision.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "decision", "decision": "Speak with both families.", "reason": "They had not settled it after all.",
    "decided_at": "2026-01-15T15:00:00Z", "correction_reason": "Recorded against the wrong concern."
}))]
pub struct ConcernDecisionCorrection {
    /// What kind of decision.
    pub kind: ConcernDecisionKind,
    /// What was decided.
    pub decision: Text<5000>,
    /// Why.
    pub reason: Text<5000>,
    /// When; not in the future and not before 1990.
    pub decided_at: Timestamp,
    /// Why the record is corrected.
    pub correction_reason: Text<2000>,
}

impl MediaType for ConcernDecisionCorrection {}

/// A decision with its reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "kind": "no_action",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T15:10:00.000000Z",
    "decision": "Nothing further.", "reason": "Both families had settled it before we knew.",
    "decided_at": "2026-01-15T15:00:00.000000Z"
}))]
pub struct ConcernDecisionView {
    /// The decision: the same for all its versions.
    pub id: Id,
    /// 1 for the decision as first recorded; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What kind of decision.
    pub kind: ConcernDecisionKind,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// What was decided.
    pub decision: Text<5000>,
    /// Why.
    pub reason: Text<5000>,
    /// When.
    pub decided_at: Timestamp,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}
