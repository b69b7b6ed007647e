//! The correction of an account, and what a reporter adds.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::raise::{CategoryGiven, PupilNamed, Told, check_categories, check_people};
use super::words::{ConcernPlace, ConcernSource, TimeSlot};
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::http::patch::{Patch, not_null};
use crate::ids::Id;
use crate::text::Text;

/// A correction of the account of what happened. Nothing is overwritten: the corrected account is kept beside the one
/// before, with the reason. Fields that are absent stay as they were; `null` empties those that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check))]
#[schema(example = json!({
    "reason": "The pupil who was named is another of the same name.",
    "pupils": [{"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "role": "subject"}]
}))]
pub struct ConcernCorrection {
    /// Why the account is corrected.
    pub reason: Text<2000>,
    /// When it happened.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    pub occurred_at: Patch<Timestamp>,
    /// Whether that time is only approximate.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub occurred_approximately: Option<bool>,
    /// Where it happened.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub place: Option<ConcernPlace>,
    /// When in the day or week.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub time_slot: Option<TimeSlot>,
    /// How the school came to know.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub source: Option<ConcernSource>,
    /// The children: this list takes the place of the one before.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 20))]
    #[schema(nullable = false, max_items = 20)]
    pub pupils: Option<Vec<PupilNamed>>,
    /// Children who could not be named.
    #[serde(default)]
    #[schema(value_type = Option<Text<500>>)]
    pub unnamed_pupils: Patch<Text<500>>,
    /// The categories: this list takes the place of the one before; an empty one counts as `OTH-UNC`.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 10))]
    #[schema(nullable = false, max_items = 10)]
    pub categories: Option<Vec<CategoryGiven>>,
    /// Adults of the trust whom it touches: this list takes the place of the one before. A name shuts its bearer out of the
    /// concern, also one that is no longer in the list: until another lead lifts it (`naming-liftings`).
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 10))]
    #[schema(nullable = false, max_items = 10)]
    pub adult_ids: Option<Vec<Id>>,
    /// The summary.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub summary: Option<Text<2000>>,
    /// The child's own words.
    #[serde(default)]
    #[schema(value_type = Option<Text<10000>>)]
    pub verbatim_words: Patch<Text<10000>>,
    /// What was seen and heard.
    #[serde(default)]
    #[schema(value_type = Option<Text<10000>>)]
    pub facts: Patch<Text<10000>>,
    /// What the reporter makes of it.
    #[serde(default)]
    #[schema(value_type = Option<Text<5000>>)]
    pub opinion: Patch<Text<5000>>,
    /// What the child wishes and feels.
    #[serde(default)]
    #[schema(value_type = Option<Text<5000>>)]
    pub voice_of_child: Patch<Text<5000>>,
    /// What was done at once.
    #[serde(default)]
    #[schema(value_type = Option<Text<5000>>)]
    pub immediate_action: Patch<Text<5000>>,
    /// Who else saw or heard it.
    #[serde(default)]
    #[schema(value_type = Option<Text<2000>>)]
    pub witnesses: Patch<Text<2000>>,
    /// Who was told: this list takes the place of the one before.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 10))]
    #[schema(nullable = false, max_items = 10)]
    pub told: Option<Vec<Told>>,
}

impl MediaType for ConcernCorrection {}

fn check(input: &ConcernCorrection) -> Result<(), ValidationError> {
    let changes_nothing = input.occurred_at.is_keep()
        && input.occurred_approximately.is_none()
        && input.place.is_none()
        && input.time_slot.is_none()
        && input.source.is_none()
        && input.pupils.is_none()
        && input.unnamed_pupils.is_keep()
        && input.categories.is_none()
        && input.adult_ids.is_none()
        && input.summary.is_none()
        && input.verbatim_words.is_keep()
        && input.facts.is_keep()
        && input.opinion.is_keep()
        && input.voice_of_child.is_keep()
        && input.immediate_action.is_keep()
        && input.witnesses.is_keep()
        && input.told.is_none();
    if changes_nothing {
        return Err(fault("", "required", "a correction changes at least one field"));
    }
    check_people(
        input.pupils.as_deref().unwrap_or_default(),
        input.adult_ids.as_deref().unwrap_or_default(),
    )?;
    check_categories(input.categories.as_deref().unwrap_or_default())
}

/// Something that the reporter adds to a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "His sister was there too."}))]
pub struct AddendumCreate {
    /// What is added. It cannot be changed afterwards.
    pub text: Text<10000>,
}

impl MediaType for AddendumCreate {}
