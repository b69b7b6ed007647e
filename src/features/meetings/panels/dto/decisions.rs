//! What was decided, and what became of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::clock::{Date, Timestamp};
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

crate::words! {
    /// What a decision of a panel is about (B-84).
    pub enum PanelDecisionKind {
        /// How one concern is met.
        Concern = "concern",
        /// How a trend is addressed.
        Trend = "trend",
    }
}

crate::words! {
    /// What has become of a decision of a panel.
    pub enum PanelDecisionState {
        /// It is still to be done.
        Open = "open",
        /// It was done.
        Done = "done",
        /// It was called off.
        CalledOff = "called_off",
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
    /// Who sees to it: a person of the trust, without a conflict of interest in the concern. They read this decision, and
    /// nothing else of the panel or the concern by it: write it so that it stands for itself.
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

/// A corrected version of a decision; what it is about, and what has become of it, stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "text": "Move the duty post to the bicycle shed at break and lunch.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-29", "reason": "Break was forgotten."
}))]
pub struct PanelDecisionCorrection {
    /// What was decided, as it should read.
    pub text: Text<5000>,
    /// Who sees to it: a person of the trust, without a conflict of interest in the concern.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
    /// Why it is corrected.
    pub reason: Text<2000>,
}

impl MediaType for PanelDecisionCorrection {}

/// That a decision was done.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done_on": "2026-01-21", "outcome": "The post was moved; nobody has been pushed since."}))]
pub struct PanelDecisionOutcome {
    /// When it was done; not in the future and not before 1990.
    pub done_on: Date,
    /// What came of it.
    pub outcome: Text<5000>,
}

impl MediaType for PanelDecisionOutcome {}

/// That a decision was called off.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The shed was taken down over half-term."}))]
pub struct PanelDecisionWithdrawal {
    /// Why it is not done.
    pub reason: Text<2000>,
}

impl MediaType for PanelDecisionWithdrawal {}

/// A decision of a panel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "kind": "trend", "state": "open",
    "text": "Move the duty post to the bicycle shed at lunch.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-22",
    "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct PanelDecisionView {
    /// The decision: the same for all its versions.
    pub id: Id,
    /// 1 for the decision as first recorded; each correction is the next number, and so is its end.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What it is about.
    pub kind: PanelDecisionKind,
    /// The concern; left out where you do not see it in full, and read the decision as its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// What was decided.
    pub text: Text<5000>,
    /// Who sees to it.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
    /// What has become of it.
    pub state: PanelDecisionState,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Text<5000>>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_off_reason: Option<Text<2000>>,
    /// Who recorded this version. Not for its owner, where they see neither the panel nor the concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why the version before was corrected. Not for its owner, where they see neither the panel nor the concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}
