//! What goes over the wire about assessments of risks and needs.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::case_records::Opened;
use super::store::AssessmentRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// What is assessed.
    pub enum RiskAssessmentKind {
        /// Sexual violence or harassment between children (KCSIE Part 5): of the child who was harmed, or of the one who is
        /// said to have harmed.
        SexualViolence = "sexual_violence",
        /// Harm to others in another way.
        HarmToOthers = "harm_to_others",
        /// Harm to oneself.
        SelfHarm = "self_harm",
        /// Exploitation.
        Exploitation = "exploitation",
        /// Going missing.
        GoingMissing = "going_missing",
        /// Another risk or need.
        Other = "other",
    }
}

/// Somebody who took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "R. Holloway", "role": "Social worker"}))]
pub struct RiskParticipant {
    /// Their name.
    pub name: Name<150>,
    /// Who they are to the child: the child, a parent, a teacher, a social worker.
    pub role: Name<100>,
}

/// An assessment.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_days))]
#[schema(example = json!({
    "kind": "exploitation", "assessed_on": "2026-01-15", "review_on": "2026-02-12",
    "participants": [{"name": "R. Holloway", "role": "Social worker"}, {"name": "The child", "role": "Child"}],
    "risks": "Older friends wait at the gate; new trainers and a second telephone.",
    "needs": "Somebody whom he trusts, and the way home with another.",
    "measures": "He leaves by the side door at ten past; his tutor sees him each Monday.",
    "voice_of_child": "Says that he cannot say no to them."
}))]
pub struct RiskAssessmentCreate {
    /// What is assessed.
    pub kind: RiskAssessmentKind,
    /// The day; not in the future and not before 1990.
    pub assessed_on: Date,
    /// When it is looked at again, after that day.
    pub review_on: Date,
    /// Who took part.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    pub participants: Vec<RiskParticipant>,
    /// The risks, and to whom.
    pub risks: Text<10000>,
    /// What the child needs.
    #[serde(default)]
    pub needs: Option<Text<10000>>,
    /// What is done about it.
    pub measures: Text<10000>,
    /// What the child says.
    #[serde(default)]
    pub voice_of_child: Option<Text<5000>>,
}

impl MediaType for RiskAssessmentCreate {}

fn check_days(input: &RiskAssessmentCreate) -> Result<(), ValidationError> {
    if input.review_on <= input.assessed_on {
        return Err(fault("/review_on", "range", "must be after the assessment"));
    }
    Ok(())
}

/// A review: the whole of the assessment as it reads from now on.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "assessment": {
        "kind": "exploitation", "assessed_on": "2026-02-12", "review_on": "2026-03-12",
        "participants": [{"name": "R. Holloway", "role": "Social worker"}],
        "risks": "The friends are gone from the gate.", "measures": "His tutor goes on seeing him each Monday."
    },
    "found": "He comes in on time, and has told his mother."
}))]
pub struct RiskAssessmentReview {
    /// The assessment after the review; `assessed_on` is the day of the review, not before the one of the version before.
    #[validate(nested)]
    pub assessment: RiskAssessmentCreate,
    /// What the review found.
    pub found: Text<5000>,
}

impl MediaType for RiskAssessmentReview {}

/// A corrected version of an assessment: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "assessment": {
        "kind": "exploitation", "assessed_on": "2026-01-14", "review_on": "2026-02-12",
        "participants": [{"name": "R. Holloway", "role": "Social worker"}],
        "risks": "Older friends wait at the gate.", "measures": "He leaves by the side door at ten past."
    },
    "reason": "It was a day earlier."
}))]
pub struct RiskAssessmentCorrection {
    /// The assessment.
    #[validate(nested)]
    pub assessment: RiskAssessmentCreate,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for RiskAssessmentCorrection {}

/// The end of an assessment: it is not looked at again.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ended_on": "2026-05-14", "reason": "The risk has gone, and he agrees."}))]
pub struct RiskAssessmentEnding {
    /// The last day; not in the future, not before the assessment.
    pub ended_on: Date,
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for RiskAssessmentEnding {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct RiskAssessmentWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for RiskAssessmentWithdrawal {}

/// An assessment of risks and needs, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "kind": "exploitation", "assessed_on": "2026-01-15", "review_on": "2026-02-12",
    "participants": [{"name": "R. Holloway", "role": "Social worker"}],
    "risks": "Older friends wait at the gate.", "measures": "He leaves by the side door at ten past.",
    "withdrawn": false, "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct RiskAssessmentView {
    /// The assessment: the same for all its versions.
    pub id: Id,
    /// 1 for the assessment as first recorded; a review, end, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// What is assessed.
    pub kind: RiskAssessmentKind,
    /// The day of the assessment, or of its last review.
    pub assessed_on: Date,
    /// When it is looked at again; absent once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    /// Who took part.
    #[schema(min_items = 1, max_items = 20)]
    pub participants: Vec<RiskParticipant>,
    /// The risks, and to whom.
    pub risks: Text<10000>,
    /// What the child needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Text<10000>>,
    /// What is done about it.
    pub measures: Text<10000>,
    /// What the child says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_of_child: Option<Text<5000>>,
    /// What the review found that this version comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Text<5000>>,
    /// The last day; absent while it is looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it ended, or took the place of a version that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl From<Opened<AssessmentRow>> for RiskAssessmentView {
    fn from(assessment: Opened<AssessmentRow>) -> Self {
        let Opened { row, body } = assessment;
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            kind: row.kind,
            assessed_on: row.assessed_on,
            review_on: row.review_on,
            participants: body.participants,
            risks: body.risks,
            needs: body.needs,
            measures: body.measures,
            voice_of_child: body.voice_of_child,
            found: body.found,
            ended_on: row.ended_on,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }
}

impl RiskAssessmentView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which assessments to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RiskAssessmentFilter {
    /// Of this kind.
    pub kind: Option<RiskAssessmentKind>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which an assessment is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RiskAssessmentMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
