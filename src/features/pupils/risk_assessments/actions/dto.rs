//! What goes over the wire about the actions of an assessment.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::super::super::case_records::Opened;
use super::store::ActionRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// An action of an assessment.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "assessment_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "description": "Walk with him to the bus on Fridays.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-23"
}))]
pub struct RiskActionCreate {
    /// The assessment; one that is not this pupil's, has ended or was withdrawn, is 409 at this field.
    pub assessment_id: Id,
    /// What is to be done.
    pub description: Text<5000>,
    /// Who does it; nobody who has a conflict of interest with the pupil (409 `conflict_of_interest`).
    pub owner_id: Id,
    /// By when; not before the assessment.
    pub due_on: Date,
}

impl MediaType for RiskActionCreate {}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done_on": "2026-01-22", "outcome": "He walks with his cousin now."}))]
pub struct RiskActionOutcome {
    /// The day; not in the future and not before 1990.
    pub done_on: Date,
    /// What came of it.
    pub outcome: Text<5000>,
}

impl MediaType for RiskActionOutcome {}

/// A corrected version of an action: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "action": {
        "assessment_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "description": "Walk with him to the bus each day.",
        "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-23"
    },
    "reason": "Not on Fridays only."
}))]
pub struct RiskActionCorrection {
    /// The action.
    #[validate(nested)]
    pub action: RiskActionCreate,
    /// What came of it, where that is known.
    #[serde(default)]
    #[validate(nested)]
    pub outcome: Option<RiskActionOutcome>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for RiskActionCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct RiskActionWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for RiskActionWithdrawal {}

/// An action of an assessment, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a3", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "assessment_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "description": "Walk with him to the bus on Fridays.",
    "owner_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "due_on": "2026-01-23", "withdrawn": false,
    "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct RiskActionView {
    /// The action: the same for all its versions.
    pub id: Id,
    /// 1 for the action as first recorded; an outcome, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The assessment.
    pub assessment_id: Id,
    /// What is to be done.
    pub description: Text<5000>,
    /// Who does it.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
    /// What came of it; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RiskActionOutcome>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before, where that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl From<Opened<ActionRow>> for RiskActionView {
    fn from(action: Opened<ActionRow>) -> Self {
        let Opened { row, body } = action;
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            assessment_id: row.assessment_id,
            description: body.description,
            owner_id: row.owner_id,
            due_on: row.due_on,
            outcome: body.outcome,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }
}

impl RiskActionView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which actions to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RiskActionFilter {
    /// Of this assessment.
    #[param(inline)]
    pub assessment_id: Option<Id>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which an action is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RiskActionMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
