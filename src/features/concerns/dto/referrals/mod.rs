//! What goes over the wire about referrals and escalations.

mod requests;
mod steps;
mod usage;
mod views;
mod words;

pub use requests::{ConcernReferralCorrection, ConcernReferralCreate};
pub use steps::{
    ReferralAcknowledgementCreate, ReferralChallengeAnswer, ReferralChallengeCreate, ReferralChaseCreate,
    ReferralDecisionCreate, ReferralFeedbackCreate, ReferralWithdrawal,
};
pub use usage::{AgencyUsageFilter, AgencyUsageView, OutcomeCount};
pub use views::{
    ConcernReferralView, ReferralAcknowledgementView, ReferralChallengeView, ReferralChaseView,
    ReferralDecisionView, ReferralFeedbackView, ReferralWithdrawalView,
};
pub use words::{
    ChallengeStep, EscalationLevel, ReferralConsent, ReferralMethod, ReferralState, ReferralStepKind,
};
