//! The text of family support, and its words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::records::{Done, RecordBody, RecordClass};
use crate::clock::Date;
use crate::text::{Name, Text};

crate::words! {
    /// What came of support.
    pub enum SupportOutcome {
        /// What was needed is there.
        NeedsMet = "needs_met",
        /// An agency goes on with it.
        PassedOn = "passed_on",
        /// It became a concern, or more is needed than the school can give.
        SteppedUp = "stepped_up",
        /// The family wanted no more of it.
        Declined = "declined",
        /// The family has moved, or the pupil has left.
        MovedAway = "moved_away",
        /// Something else.
        Other = "other",
    }
}

crate::words! {
    /// What was done.
    pub enum SupportEntryKind {
        /// Somebody was spoken or written to.
        Contact = "contact",
        /// The family was shown the way to help.
        Signpost = "signpost",
    }
}

crate::words! {
    /// How somebody was reached.
    pub enum ContactMethod {
        /// They met at school.
        Meeting = "meeting",
        /// They met at the family's home.
        HomeVisit = "home_visit",
        /// By telephone or video.
        Call = "call",
        /// By text message or e-mail.
        Message = "message",
        /// By letter.
        Letter = "letter",
        /// It was tried, and nobody was reached.
        NotReached = "not_reached",
    }
}

crate::words! {
    /// What the family said to help that it was shown the way to.
    pub enum SignpostResponse {
        /// It was offered; nothing is known of an answer.
        Offered = "offered",
        /// The family takes it.
        Agreed = "agreed",
        /// The family does not want it.
        Declined = "declined",
    }
}

/// A review that was held.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(example = json!({"held_on": "2026-02-09", "summary": "Breakfast club twice a week; she asks for a third day."}))]
pub struct SupportReview {
    /// The day of the review.
    pub held_on: Date,
    /// What was found.
    pub summary: Text<5000>,
}

/// The text of support.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SupportBody {
    pub agreed: Text<5000>,
    pub last_review: Option<SupportReview>,
    pub outcome: Option<SupportOutcome>,
    pub outcome_summary: Option<Text<5000>>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl RecordBody for SupportBody {
    const CLASSES: &'static [RecordClass] = &[RecordClass::FamilySupport];
    const CLASS: &'static str = "family_support";
    const DONE: Done = Done {
        recorded: "family-support.began",
        corrected: "family-support.corrected",
        withdrawn: "family-support.withdrawn",
    };

    fn because(self, reason: Text<2000>) -> Self {
        Self { reason: Some(reason), ..self }
    }
}

/// The text of a contact or signpost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EntryBody {
    pub summary: Text<5000>,
    pub method: Option<ContactMethod>,
    pub with: Option<Name<150>>,
    pub resource: Option<Name<200>>,
    pub link: Option<Name<500>>,
    pub response: Option<SignpostResponse>,
    pub responded_on: Option<Date>,
    /// Why the version before was corrected.
    pub reason: Option<Text<2000>>,
}

impl RecordBody for EntryBody {
    const CLASSES: &'static [RecordClass] = &[RecordClass::SupportContact, RecordClass::SupportSignpost];
    const CLASS: &'static str = "family_support_entry";
    const DONE: Done = Done {
        recorded: "family-support.entry-recorded",
        corrected: "family-support.entry-corrected",
        withdrawn: "family-support.entry-withdrawn",
    };

    fn because(self, reason: Text<2000>) -> Self {
        Self { reason: Some(reason), ..self }
    }
}
