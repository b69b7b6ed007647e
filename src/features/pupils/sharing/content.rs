//! The text of a decision about sharing, and its words.

use serde::{Deserialize, Serialize};

use super::super::records::{Done, RecordBody, RecordClass};
use super::super::statuses::Agency;
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// Whether consent was asked for.
    pub enum ConsentSought {
        /// It was asked for, and given.
        Given = "given",
        /// It was asked for, and refused.
        Refused = "refused",
        /// It was not asked for.
        NotSought = "not_sought",
    }
}

/// The text of a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SharingBody {
    pub agency: Agency,
    pub organisation: Name<200>,
    pub recipient_name: Option<Name<150>>,
    pub recipient_role: Option<Name<150>>,
    pub information: Text<5000>,
    pub purpose: Text<2000>,
    pub reason: Text<5000>,
    pub bases: Vec<Name<60>>,
    pub consent: ConsentSought,
    pub consent_reason: Option<Text<2000>>,
    pub decided_by_id: Id,
    /// Why the version before was corrected or withdrawn.
    pub correction_reason: Option<Text<2000>>,
}

impl SharingBody {
    /// In one line: with whom, and what.
    pub fn line(&self) -> String {
        format!("{}: {}", self.organisation.as_str(), self.information.as_str())
    }
}

impl RecordBody for SharingBody {
    const CLASSES: &'static [RecordClass] =
        &[RecordClass::InformationShared, RecordClass::InformationWithheld];
    const CLASS: &'static str = "sharing_decision";
    const DONE: Done = Done {
        recorded: "sharing-decision.recorded",
        corrected: "sharing-decision.corrected",
        withdrawn: "sharing-decision.withdrawn",
    };

    fn because(self, reason: Text<2000>) -> Self {
        Self { correction_reason: Some(reason), ..self }
    }
}
