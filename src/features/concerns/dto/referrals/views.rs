//! A referral with all that became of it.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::{ChallengeStep, ReferralConsent, ReferralMethod, ReferralState};
use crate::clock::Timestamp;
use crate::features::pupils::ExternalDecisionView;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A referral, in the version that holds, with what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789b1", "number": 1, "agency_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1",
    "pupil_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"], "made_at": "2026-01-15T14:30:00.000000Z",
    "made_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "method": "web_form", "form": "MARF", "consent": "given",
    "reason": "Third time in a month that he came without food, and the heating at home is off.",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T14:40:00.000000Z",
    "state": "made", "chases": [], "decisions": [], "challenges": []
}))]
pub struct ConcernReferralView {
    /// The referral: the same for all its versions.
    pub id: Id,
    /// 1 for the referral as first recorded; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The agency.
    pub agency_id: Id,
    /// About which pupils.
    #[schema(max_items = 20)]
    pub pupil_ids: Vec<Id>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by_id: Id,
    /// How.
    pub method: ReferralMethod,
    /// On which form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Name<100>>,
    /// Whether the family agreed.
    pub consent: ReferralConsent,
    /// Why it was made without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_reason: Option<Text<2000>>,
    /// The threshold document that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework_id: Option<Id>,
    /// The number of the level in it that the school sees: advice only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10)]
    pub framework_level: Option<i16>,
    /// Why it was made.
    pub reason: Text<5000>,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
    /// How far it has come.
    pub state: ReferralState,
    /// That the agency has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<ReferralAcknowledgementView>,
    /// When the school asked after it, the first one first.
    #[schema(max_items = 1000)]
    pub chases: Vec<ReferralChaseView>,
    /// What the agency decided, the first record first.
    #[schema(max_items = 1000)]
    pub decisions: Vec<ReferralDecisionView>,
    /// With whom the school took up that it disagrees, the first step first.
    #[schema(max_items = 4)]
    pub challenges: Vec<ReferralChallengeView>,
    /// That whoever reported the concern was told what came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<ReferralFeedbackView>,
    /// That it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<ReferralWithdrawalView>,
}

impl ConcernReferralView {
    /// The decisions that it shows.
    pub fn decisions_shown(&self) -> impl Iterator<Item = &ExternalDecisionView> {
        self.decisions.iter().filter_map(|one| one.decision.as_ref())
    }
}

/// A part of a referral: its own fields, then by whom and when it was recorded, and of what is put right where it stands,
/// why it was.
macro_rules! part {
    (recorded: $($part:tt)+) => {
        part! { @ {} $($part)+ }
    };
    (corrected: $($part:tt)+) => {
        part! {
            @ {
                /// Why what was on record before was put right.
                #[serde(skip_serializing_if = "Option::is_none")]
                pub correction_reason: Option<Text<2000>>,
            }
            $($part)+
        }
    };
    (@ { $($more:tt)* } $(#[$meta:meta])+ pub struct $name:ident { $($field:tt)* }) => {
        $(#[$meta])+
        pub struct $name {
            $($field)*
            /// Who recorded it.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub author_id: Option<Id>,
            /// When it was recorded.
            pub recorded_at: Timestamp,
            $($more)*
        }
    };
}

part! {
    corrected:
    /// That the agency has a referral.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "acknowledged_at": "2026-01-16T09:10:00.000000Z", "acknowledged_by": "R. Holloway, front door",
        "recorded_at": "2026-01-16T09:15:00.000000Z"
    }))]
    pub struct ReferralAcknowledgementView {
        /// When it said so.
        pub acknowledged_at: Timestamp,
        /// Who said so, at the agency.
        pub acknowledged_by: Name<150>,
        /// What else was said.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub note: Option<Text<5000>>,
    }
}

part! {
    recorded:
    /// That the school asked after a referral.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789b2", "chased_at": "2026-01-19T09:00:00.000000Z",
        "chased_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "method": "telephone", "to_whom": "The duty desk",
        "recorded_at": "2026-01-19T09:05:00.000000Z"
    }))]
    pub struct ReferralChaseView {
        /// The chase.
        pub id: Id,
        /// When.
        pub chased_at: Timestamp,
        /// Who.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub chased_by_id: Option<Id>,
        /// How.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub method: Option<ReferralMethod>,
        /// With whom, at the agency.
        pub to_whom: Name<150>,
        /// What was said.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub note: Option<Text<5000>>,
    }
}

part! {
    recorded:
    /// What the agency decided about a pupil.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
        "external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "recorded_at": "2026-01-20T09:00:00.000000Z"
    }))]
    pub struct ReferralDecisionView {
        /// The pupil.
        pub pupil_id: Id,
        /// The external decision of the pupil's record.
        pub external_decision_id: Id,
        /// That decision as it reads now (with `as_of`, then): by whom, when, with which outcome, and whether its record was
        /// withdrawn. Left out where you do not see it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub decision: Option<ExternalDecisionView>,
    }
}

part! {
    corrected:
    /// With whom the school took up that it disagrees.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "step": "practitioner", "raised_at": "2026-01-22T10:00:00.000000Z",
        "raised_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "to_whom": "R. Holloway, team manager",
        "said": "Early help was offered before and refused; we see the harm grow.",
        "recorded_at": "2026-01-22T10:20:00.000000Z"
    }))]
    pub struct ReferralChallengeView {
        /// Which step.
        pub step: ChallengeStep,
        /// When.
        pub raised_at: Timestamp,
        /// By whom.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub raised_by_id: Option<Id>,
        /// To whom.
        pub to_whom: Name<150>,
        /// What was said.
        pub said: Text<5000>,
        /// Why a step below was left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub skipped_because: Option<Text<2000>>,
        /// When it was answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub answered_at: Option<Timestamp>,
        /// What was answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub answer: Option<Text<5000>>,
    }
}

part! {
    corrected:
    /// That whoever reported the concern was told what came of a referral.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "told_at": "2026-01-20T12:30:00.000000Z", "told_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
        "recorded_at": "2026-01-20T12:35:00.000000Z"
    }))]
    pub struct ReferralFeedbackView {
        /// When.
        pub told_at: Timestamp,
        /// By whom.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub told_by_id: Option<Id>,
        /// What they were told.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub note: Option<Text<5000>>,
    }
}

part! {
    recorded:
    /// That a referral was taken back.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[schema(example = json!({
        "withdrawn_at": "2026-01-15T15:00:00.000000Z", "reason": "Made about the wrong brother.",
        "recorded_at": "2026-01-15T15:05:00.000000Z"
    }))]
    pub struct ReferralWithdrawalView {
        /// When.
        pub withdrawn_at: Timestamp,
        /// Why.
        pub reason: Text<2000>,
    }
}
