//! Escalations: that a case was taken to a higher level of the trust.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::referrals::EscalationLevel;
use crate::clock::{Date, Timestamp};
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// A case is taken to a higher level.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "level": "trust_safeguarding_lead", "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "raised_at": "2026-01-22T09:00:00Z", "review_on": "2026-01-29",
    "reason": "Two referrals without an answer, and he has been away for a week."
}))]
pub struct ConcernEscalationCreate {
    /// To which level.
    pub level: EscalationLevel,
    /// Who sees to it there: a person of the trust with a role by which they could be let in to the concern, and without a
    /// conflict of interest. They are told. As long as they do not read the concern, it is a task of who raised it and of
    /// the school's team too.
    pub owner_id: Id,
    /// When; not in the future and not before 1990.
    pub raised_at: Timestamp,
    /// By when it is looked at again.
    pub review_on: Date,
    /// Why.
    pub reason: Text<5000>,
}

impl MediaType for ConcernEscalationCreate {}

/// A corrected version of an escalation: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "level": "headteacher", "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "raised_at": "2026-01-22T09:00:00Z",
    "review_on": "2026-01-29", "reason": "Two referrals without an answer.", "correction_reason": "The head has it."
}))]
pub struct ConcernEscalationCorrection {
    /// To which level.
    pub level: EscalationLevel,
    /// Who sees to it there. Judged only where it is somebody else than before.
    pub owner_id: Id,
    /// When.
    pub raised_at: Timestamp,
    /// By when it is looked at again.
    pub review_on: Date,
    /// Why.
    pub reason: Text<5000>,
    /// Why the record is corrected.
    pub correction_reason: Text<2000>,
}

impl MediaType for ConcernEscalationCorrection {}

/// An escalation was looked at again, and goes on.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"found": "The agency has answered; the visit is on Friday.", "review_on": "2026-02-05"}))]
pub struct ConcernEscalationReview {
    /// What was found.
    pub found: Text<5000>,
    /// By when it is looked at again.
    pub review_on: Date,
}

impl MediaType for ConcernEscalationReview {}

/// What came of an escalation.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ended_at": "2026-02-05T15:00:00Z", "outcome": "The plan began; the school leads again."}))]
pub struct ConcernEscalationOutcome {
    /// When it ended; not before it was raised, and not in the future.
    pub ended_at: Timestamp,
    /// What came of it.
    pub outcome: Text<5000>,
}

impl MediaType for ConcernEscalationOutcome {}

/// An escalation, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789b3", "number": 1, "level": "trust_safeguarding_lead",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "raised_at": "2026-01-22T09:00:00.000000Z",
    "review_on": "2026-01-29", "reason": "Two referrals without an answer, and he has been away for a week.",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-22T09:10:00.000000Z"
}))]
pub struct ConcernEscalationView {
    /// The escalation: the same for all its versions.
    pub id: Id,
    /// 1 for the escalation as first recorded; a review, correction or outcome is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// To which level.
    pub level: EscalationLevel,
    /// Who sees to it there.
    pub owner_id: Id,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// By when it is looked at again.
    pub review_on: Date,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it was raised.
    pub reason: Text<5000>,
    /// What the newest review found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Text<5000>>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Text<5000>>,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}
