//! What goes over the wire about concerns.

mod closing;
mod code;
mod correct;
mod entries;
mod escalations;
mod evidence;
mod filter;
mod namings;
mod placements;
mod raise;
mod referrals;
mod shares;
mod support;
mod view;
mod words;

pub use closing::{
    ConcernClosureCreate, ConcernClosureView, ConcernReopeningCreate, ConcernReopeningView,
    ConcernScrutinyCreate, ConcernScrutinyView, TrustLeadDeputyCreate, TrustLeadDeputyView,
};
pub use correct::{AddendumCreate, ConcernCorrection};
pub use entries::{
    ConcernActionCorrection, ConcernActionCreate, ConcernActionOutcome, ConcernActionView,
    ConcernDecisionCorrection, ConcernDecisionCreate, ConcernDecisionView, ConcernNoteCorrection,
    ConcernNoteCreate, ConcernNoteView, ConcernTriageCreate, ConcernTriageView,
};
pub use escalations::{
    ConcernEscalationCorrection, ConcernEscalationCreate, ConcernEscalationOutcome, ConcernEscalationReview,
    ConcernEscalationView,
};
pub use evidence::{
    AttachmentFile, ConcernAttachmentView, ConcernMarkCorrection, ConcernMarkCreate, ConcernMarkView,
    Fraction,
};
pub use filter::{AsOf, ConcernFilter, ConcernSearch, NoFilter, RestrictedLogFilter};
pub use namings::{NamingLiftingCreate, NamingLiftingView};
pub use placements::{ConcernPlacementCreate, ConcernPlacementView};
pub use raise::{CategoryGiven, ConcernCreate, PupilNamed, Told};
pub use referrals::{
    AgencyUsageFilter, AgencyUsageView, ChallengeStep, ConcernReferralCorrection, ConcernReferralCreate,
    ConcernReferralView, EscalationLevel, OutcomeCount, ReferralAcknowledgementCreate,
    ReferralAcknowledgementView, ReferralChallengeAnswer, ReferralChallengeCreate, ReferralChallengeView,
    ReferralChaseCreate, ReferralChaseView, ReferralConsent, ReferralDecisionCreate, ReferralDecisionView,
    ReferralFeedbackCreate, ReferralFeedbackView, ReferralMethod, ReferralState, ReferralStepKind,
    ReferralWithdrawal, ReferralWithdrawalView,
};
pub use shares::{
    ConcernLinkCreate, ConcernLinkView, ConcernLinkWithdrawal, ConcernShareCreate, ConcernShareRevocation,
    ConcernShareView, SharedWithMeFilter, SharedWithMeView,
};
pub use support::{
    SupportAnswerCreate, SupportFilter, SupportRequestCreate, SupportRequestView, SupportWithdrawal,
};
pub use view::{AddendumView, ConcernAccountView, ConcernSummary, ConcernView, ReporterView};
pub use words::{
    BodyMarkColour, BodyMarkShape, BodyView, ConcernActionKind, ConcernDecisionKind, ConcernLog,
    ConcernNoteKind, ConcernPlace, ConcernSeverity, ConcernShareKind, ConcernShareScope, ConcernSource,
    ConcernState, ConsentBasis, ParentInformed, Progress, PupilRole, ReporterKind, ScrutinyCapacity,
    SupportAnswer, SupportState, TimeSlot,
};
