//! The text of an intervention, and its words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::super::records::{Done, RecordBody, RecordClass};
use crate::clock::{Date, Timestamp};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// What was used.
    pub enum InterventionKind {
        /// Physical force: holding, guiding, separating.
        Force = "force",
        /// Restraint that keeps a pupil from moving, with equipment or by taking equipment away.
        Mechanical = "mechanical",
        /// Restraint without touching: standing in the way, holding a door.
        NonContact = "non_contact",
        /// Seclusion: the pupil was kept alone, and could not leave.
        Seclusion = "seclusion",
        /// Something else.
        Other = "other",
    }
}

crate::words! {
    /// Whether a parent was told.
    pub enum ParentTold {
        /// A parent was told.
        Told = "told",
        /// It would have been likely to cause the pupil significant harm: the local authority was told in their place.
        AuthorityTold = "authority_told",
    }
}

crate::words! {
    /// How somebody was told.
    pub enum ToldBy {
        /// In person.
        InPerson = "in_person",
        /// By telephone or video.
        Call = "call",
        /// In writing.
        Writing = "writing",
    }
}

/// Somebody who took part.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "part": "Held his left arm."}))]
pub struct InterventionStaff {
    /// Who, of those within your reach. They read of the record what they submitted themselves.
    pub person_id: Id,
    /// What they did.
    pub part: Name<300>,
}

/// What happened.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "occurred_at": "2026-01-15T12:10:00.000000Z", "minutes": 4, "place": "The corridor by the hall", "kinds": ["force"],
    "staff": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "part": "Held his left arm."}],
    "led_to": "Two pupils were fighting, and words did not stop it.", "techniques": "A guiding hold, two people.",
    "necessity": "The smaller one had his head near the radiator.", "injuries": "A graze on the left hand."
}))]
pub struct InterventionFacts {
    /// When it began; not in the future and not before 1990.
    pub occurred_at: Timestamp,
    /// How long it lasted, in minutes.
    #[validate(range(min = 0, max = 1440))]
    #[schema(minimum = 0, maximum = 1440)]
    pub minutes: i32,
    /// Where.
    pub place: Name<200>,
    /// What was used.
    #[validate(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    pub kinds: Vec<InterventionKind>,
    /// Who took part.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    pub staff: Vec<InterventionStaff>,
    /// What led to it, and what was tried before.
    pub led_to: Text<5000>,
    /// How it was done.
    pub techniques: Text<5000>,
    /// Why it was necessary.
    pub necessity: Text<5000>,
    /// Who was hurt, and how; absent where nobody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injuries: Option<Text<5000>>,
}

/// That a parent was told.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "told": "told", "at": "2026-01-15T14:30:00.000000Z", "by": "call", "who_told": "The deputy head",
    "who_was_told": "His mother", "summary": "She asked to come in tomorrow."
}))]
pub struct ParentInformation {
    /// Whether it was a parent, or the local authority in their place.
    pub told: ParentTold,
    /// When; not in the future, not before it happened.
    pub at: Timestamp,
    /// How.
    pub by: ToldBy,
    /// Who told them.
    pub who_told: Name<150>,
    /// Who was told.
    pub who_was_told: Name<150>,
    /// What was said; where no parent was told, why that would harm the pupil.
    pub summary: Text<5000>,
}

/// Something that was done afterwards.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done_on": "2026-01-16", "by": "Mrs Hale", "summary": "He drew what happened, and what would help."}))]
pub struct InterventionStep {
    /// The day; not in the future, not before it happened.
    pub done_on: Date,
    /// Who did it, or led it.
    pub by: Name<150>,
    /// What was found and said.
    pub summary: Text<5000>,
}

/// The text of an intervention.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InterventionBody {
    pub facts: InterventionFacts,
    pub parent: Option<ParentInformation>,
    pub medical_check: Option<InterventionStep>,
    pub pupil_debrief: Option<InterventionStep>,
    pub staff_debrief: Option<InterventionStep>,
    pub review: Option<InterventionStep>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl RecordBody for InterventionBody {
    const CLASSES: &'static [RecordClass] = &[RecordClass::Intervention];
    const CLASS: &'static str = "restrictive_intervention";
    const DONE: Done = Done {
        recorded: "restrictive-intervention.recorded",
        corrected: "restrictive-intervention.corrected",
        withdrawn: "restrictive-intervention.withdrawn",
    };

    fn because(self, reason: Text<2000>) -> Self {
        Self { reason: Some(reason), ..self }
    }
}
