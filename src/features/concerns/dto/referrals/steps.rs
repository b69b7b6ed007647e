//! What becomes of a referral, as it is recorded.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::words::{ChallengeStep, ReferralMethod};
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::{Name, Text};

/// That the agency has a referral. An agency answers within one working day.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "acknowledged_at": "2026-01-16T09:10:00Z", "acknowledged_by": "R. Holloway, front door",
    "note": "A social worker rings this afternoon."
}))]
pub struct ReferralAcknowledgementCreate {
    /// When it said so; not before the referral was made, and not in the future.
    pub acknowledged_at: Timestamp,
    /// Who said so, at the agency.
    pub acknowledged_by: Name<150>,
    /// What else was said.
    pub note: Option<Text<5000>>,
    /// Why the acknowledgement that is on record is put right; required where there is one, and refused where there is none.
    pub correction_reason: Option<Text<2000>>,
}

impl MediaType for ReferralAcknowledgementCreate {}

/// That the school asked after a referral.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "chased_at": "2026-01-19T09:00:00Z", "chased_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "method": "telephone", "to_whom": "The duty desk", "note": "They will ring back before noon."
}))]
pub struct ReferralChaseCreate {
    /// When; not before the referral was made, and not in the future.
    pub chased_at: Timestamp,
    /// Who: a person of the trust who has no conflict of interest.
    pub chased_by_id: Id,
    /// How.
    pub method: ReferralMethod,
    /// With whom, at the agency.
    pub to_whom: Name<150>,
    /// What was said.
    pub note: Option<Text<5000>>,
}

impl MediaType for ReferralChaseCreate {}

/// What the agency decided about a pupil of a referral: an external decision of the pupil's record, which says by whom, when
/// and with what outcome. It is recorded there first, and named here.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af"}))]
pub struct ReferralDecisionCreate {
    /// The external decision; about a pupil of the referral, not withdrawn, and not from before the day on which the referral
    /// was made.
    pub external_decision_id: Id,
}

impl MediaType for ReferralDecisionCreate {}

/// That whoever reported the concern was told what came of the referral. Their own view of the concern does not show it
/// (domain 8.3-2).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "told_at": "2026-01-20T12:30:00Z", "told_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "note": "That it was right to tell us, and that others see to it now."
}))]
pub struct ReferralFeedbackCreate {
    /// When; not before the referral was made, and not in the future.
    pub told_at: Timestamp,
    /// By whom: a person of the trust who has no conflict of interest.
    pub told_by_id: Id,
    /// What they were told.
    pub note: Option<Text<5000>>,
    /// Why the feedback that is on record is put right; required where there is one, and refused where there is none.
    pub correction_reason: Option<Text<2000>>,
}

impl MediaType for ReferralFeedbackCreate {}

/// Why a referral is taken back. The record stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"withdrawn_at": "2026-01-15T15:00:00Z", "reason": "Made about the wrong brother."}))]
pub struct ReferralWithdrawal {
    /// When the agency was told; not before the referral was made, acknowledged, chased or challenged, and not in the future.
    pub withdrawn_at: Timestamp,
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for ReferralWithdrawal {}

/// That the school disagrees with what the agency does, and with whom it took that up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "step": "practitioner", "raised_at": "2026-01-22T10:00:00Z",
    "raised_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "to_whom": "R. Holloway, team manager",
    "said": "Early help was offered before and refused; we see the harm grow."
}))]
pub struct ReferralChallengeCreate {
    /// With whom: each step once, from the first upward.
    pub step: ChallengeStep,
    /// When; not before the referral was made or the step below was taken, and not in the future.
    pub raised_at: Timestamp,
    /// By whom: a person of the trust who has no conflict of interest.
    pub raised_by_id: Id,
    /// To whom, by name and post.
    pub to_whom: Name<150>,
    /// What was said.
    pub said: Text<5000>,
    /// Why a step below is left out; required where one is.
    pub skipped_because: Option<Text<2000>>,
}

impl MediaType for ReferralChallengeCreate {}

/// What was answered to a step of a challenge.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "step": "practitioner", "answered_at": "2026-01-23T16:00:00Z", "answer": "An assessment begins on Monday."
}))]
pub struct ReferralChallengeAnswer {
    /// Which step.
    pub step: ChallengeStep,
    /// When; not before it was raised, and not in the future.
    pub answered_at: Timestamp,
    /// What.
    pub answer: Text<5000>,
    /// Why the answer that is on record is put right; required where there is one, and refused where there is none.
    pub correction_reason: Option<Text<2000>>,
}

impl MediaType for ReferralChallengeAnswer {}
