//! What goes over the wire about restrictive interventions.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::records::RecordRow;
use super::content::{InterventionBody, InterventionFacts, InterventionStep, ParentInformation};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// A restrictive intervention.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "facts": {
        "occurred_at": "2026-01-15T12:10:00.000000Z", "minutes": 4, "place": "The corridor by the hall",
        "kinds": ["force"],
        "staff": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "part": "Held his left arm."}],
        "led_to": "Two pupils were fighting, and words did not stop it.", "techniques": "A guiding hold, two people.",
        "necessity": "The smaller one had his head near the radiator."
    }
}))]
pub struct InterventionCreate {
    /// The pupil, whom a school within your reach has.
    pub pupil_id: Id,
    /// The concern that was raised about it: one about the pupil that you read in full. Whoever does not see it does not
    /// see this either.
    #[serde(default)]
    pub concern_id: Option<Id>,
    /// What happened.
    #[validate(nested)]
    pub facts: InterventionFacts,
}

impl MediaType for InterventionCreate {}

/// A corrected version of what happened: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "facts": {
        "occurred_at": "2026-01-15T12:10:00.000000Z", "minutes": 6, "place": "The corridor by the hall",
        "kinds": ["force"],
        "staff": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "part": "Held his left arm."}],
        "led_to": "Two pupils were fighting, and words did not stop it.", "techniques": "A guiding hold, two people.",
        "necessity": "The smaller one had his head near the radiator."
    }, "reason": "The camera shows six minutes."
}))]
pub struct InterventionCorrection {
    /// The concern that was raised about it.
    #[serde(default)]
    pub concern_id: Option<Id>,
    /// What happened.
    #[validate(nested)]
    pub facts: InterventionFacts,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for InterventionCorrection {}

/// What was done afterwards: what is given takes the place of what was there, what is left out stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = says_something))]
#[schema(example = json!({"parent": {
    "told": "told", "at": "2026-01-15T14:30:00.000000Z", "by": "call", "who_told": "The deputy head",
    "who_was_told": "His mother", "summary": "She asked to come in tomorrow."
}}))]
pub struct InterventionFollowUp {
    /// That a parent was told.
    #[serde(default)]
    #[validate(nested)]
    pub parent: Option<ParentInformation>,
    /// That the pupil was looked over.
    #[serde(default)]
    #[validate(nested)]
    pub medical_check: Option<InterventionStep>,
    /// That the pupil was spoken with.
    #[serde(default)]
    #[validate(nested)]
    pub pupil_debrief: Option<InterventionStep>,
    /// That those who took part were spoken with.
    #[serde(default)]
    #[validate(nested)]
    pub staff_debrief: Option<InterventionStep>,
    /// That it was reviewed, and what is done otherwise next time.
    #[serde(default)]
    #[validate(nested)]
    pub review: Option<InterventionStep>,
}

impl MediaType for InterventionFollowUp {}

impl InterventionFollowUp {
    /// The steps that are given, each with its field.
    pub fn steps(&self) -> impl Iterator<Item = (&'static str, &InterventionStep)> {
        [
            ("/medical_check/done_on", &self.medical_check),
            ("/pupil_debrief/done_on", &self.pupil_debrief),
            ("/staff_debrief/done_on", &self.staff_debrief),
            ("/review/done_on", &self.review),
        ]
        .into_iter()
        .filter_map(|(pointer, step)| step.as_ref().map(|step| (pointer, step)))
    }
}

fn says_something(input: &InterventionFollowUp) -> Result<(), ValidationError> {
    if input.parent.is_none() && input.steps().next().is_none() {
        return Err(fault("/parent", "required", "say what was done"));
    }
    Ok(())
}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded twice."}))]
pub struct InterventionWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for InterventionWithdrawal {}

/// A restrictive intervention, in the version that holds; for whoever submitted it or took part, as it was submitted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 2, "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "facts": {
        "occurred_at": "2026-01-15T12:10:00.000000Z", "minutes": 4, "place": "The corridor by the hall",
        "kinds": ["force"],
        "staff": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "part": "Held his left arm."}],
        "led_to": "Two pupils were fighting, and words did not stop it.", "techniques": "A guiding hold, two people.",
        "necessity": "The smaller one had his head near the radiator."
    }, "parent": {
        "told": "told", "at": "2026-01-15T14:30:00.000000Z", "by": "call", "who_told": "The deputy head",
        "who_was_told": "His mother", "summary": "She asked to come in tomorrow."
    }, "withdrawn": false, "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct InterventionView {
    /// The intervention: the same for all its versions.
    pub id: Id,
    /// 1 as first recorded; what came afterwards is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The concern that was raised about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// What happened.
    pub facts: InterventionFacts,
    /// By when a parent has to be told; absent once somebody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_due_on: Option<Date>,
    /// That a parent was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentInformation>,
    /// That the pupil was looked over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medical_check: Option<InterventionStep>,
    /// That the pupil was spoken with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_debrief: Option<InterventionStep>,
    /// That those who took part were spoken with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_debrief: Option<InterventionStep>,
    /// That it was reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<InterventionStep>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it was corrected or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl InterventionView {
    /// The view of a version.
    pub fn new(row: RecordRow, body: InterventionBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            concern_id: row.concern_id,
            facts: body.facts,
            parent_due_on: row.due_on,
            parent: body.parent,
            medical_check: body.medical_check,
            pupil_debrief: body.pupil_debrief,
            staff_debrief: body.staff_debrief,
            review: body.review,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which interventions to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct InterventionFilter {
    /// Recorded by this school.
    pub school_id: Option<Id>,
    /// About this pupil.
    pub pupil_id: Option<Id>,
    /// That happened on this day or later.
    pub from: Option<Date>,
    /// That happened on this day or earlier.
    pub to: Option<Date>,
}

/// As of when.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct InterventionMoment {
    /// Gives what was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// Which versions to list: all of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct InterventionPartFilter {}
