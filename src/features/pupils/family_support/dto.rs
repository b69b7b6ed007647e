//! What goes over the wire about family support.

mod entries;

pub use entries::{SupportEntryCorrection, SupportEntryCreate, SupportEntryView};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::super::records::{RecordRow, is_overdue};
use super::content::{SupportBody, SupportOutcome, SupportReview};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// Support of a family that begins.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "allocated_to_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "started_on": "2026-01-12", "agreed": "A call every Monday, and help with the form for free school meals.",
    "next_review_on": "2026-02-09"
}))]
pub struct FamilySupportCreate {
    /// The pupil, whom a school within your reach has.
    pub pupil_id: Id,
    /// The family, where all of it is meant: one that you see, and to which the pupil belongs.
    #[serde(default)]
    pub family_id: Option<Id>,
    /// Who works with the family: appointed at the pupil's school as family liaison officer, welfare officer, safeguarding
    /// lead or deputy, and not related to the pupil.
    pub allocated_to_id: Id,
    /// The first day; not in the future and not before 1990.
    pub started_on: Date,
    /// What was agreed with the family.
    pub agreed: Text<5000>,
    /// When it is to be reviewed, not before `started_on`.
    pub next_review_on: Date,
}

impl MediaType for FamilySupportCreate {}

/// A corrected version of support: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "allocated_to_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "started_on": "2026-01-12",
    "agreed": "A call every Tuesday, and help with the form for free school meals.", "next_review_on": "2026-02-09",
    "reason": "She works on Mondays."
}))]
pub struct FamilySupportCorrection {
    /// The family, where all of it is meant.
    #[serde(default)]
    pub family_id: Option<Id>,
    /// Who works with the family.
    pub allocated_to_id: Id,
    /// The first day; not in the future and not before 1990.
    pub started_on: Date,
    /// What was agreed with the family.
    pub agreed: Text<5000>,
    /// When it is to be reviewed, not before `started_on`.
    pub next_review_on: Date,
    /// Why the record is corrected, or somebody else is allocated.
    pub reason: Text<2000>,
}

impl MediaType for FamilySupportCorrection {}

/// A review of support that goes on.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "held_on": "2026-02-09", "summary": "Breakfast club twice a week; she asks for a third day.",
    "next_review_on": "2026-03-09"
}))]
pub struct FamilySupportReview {
    /// The day of the review; not in the future, not before the support began.
    pub held_on: Date,
    /// What was found.
    pub summary: Text<5000>,
    /// When the next review is due, after this one.
    pub next_review_on: Date,
}

impl MediaType for FamilySupportReview {}

/// The end of support.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ended_on": "2026-03-09", "outcome": "needs_met", "summary": "He eats at school; the form is through."
}))]
pub struct FamilySupportEnding {
    /// The last day; not in the future, not before the support began.
    pub ended_on: Date,
    /// What came of it.
    pub outcome: SupportOutcome,
    /// The same in words.
    pub summary: Text<5000>,
}

impl MediaType for FamilySupportEnding {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct FamilySupportWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for FamilySupportWithdrawal {}

/// Support of a family, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 2, "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "allocated_to_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "started_on": "2026-01-12", "agreed": "A call every Monday, and help with the form for free school meals.",
    "next_review_on": "2026-03-09", "review_overdue": false, "last_review": {
        "held_on": "2026-02-09", "summary": "Breakfast club twice a week; she asks for a third day."
    }, "withdrawn": false, "recorded_at": "2026-02-09T14:10:00.000000Z"
}))]
pub struct FamilySupportView {
    /// The support: the same for all its versions.
    pub id: Id,
    /// 1 as first recorded; a correction, review or end is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The family, where all of it is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_id: Option<Id>,
    /// Who works with the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated_to_id: Option<Id>,
    /// The first day.
    pub started_on: Date,
    /// What was agreed with the family.
    pub agreed: Text<5000>,
    /// When it is to be reviewed; absent once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_review_on: Option<Date>,
    /// Whether that day is past (in England).
    pub review_overdue: bool,
    /// The last review that was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_review: Option<SupportReview>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SupportOutcome>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_summary: Option<Text<5000>>,
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

impl FamilySupportView {
    /// The view of a version on a day.
    pub fn new(row: RecordRow, body: SupportBody, today: Date) -> Self {
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            family_id: row.family_id,
            allocated_to_id: row.owner_id,
            started_on: row.happened_on,
            agreed: body.agreed,
            review_overdue: is_overdue(&row, today),
            next_review_on: row.due_on,
            last_review: body.last_review,
            ended_on: row.ended_on,
            outcome: body.outcome,
            outcome_summary: body.outcome_summary,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }

    /// The tag: the version, and what the day makes of it.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(i64::from(self.number), self)
    }
}

/// Which support to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FamilySupportFilter {
    /// Recorded by this school.
    pub school_id: Option<Id>,
    /// About this pupil.
    pub pupil_id: Option<Id>,
    /// Allocated to this person.
    pub allocated_to_id: Option<Id>,
    /// Only those whose review is overdue. `false` asks for all, as if it were left out.
    pub review_overdue: Option<bool>,
    /// Also those that have ended or were withdrawn.
    pub with_ended: Option<bool>,
}

/// As of when.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FamilySupportMoment {
    /// Gives what was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// Which versions to list: all of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FamilySupportPartFilter {}
