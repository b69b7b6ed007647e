//! What goes over the wire about complex pupils.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::store::{ComplexBody, ComplexReviewRow, ComplexRow, ReviewBody};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

crate::words! {
    /// What a review comes to.
    pub enum ComplexReviewOutcome {
        /// The pupil stays on the list.
        Remains = "remains",
        /// The school holds the pupil as complex no longer.
        Ends = "ends",
    }
}

/// A pupil whom a school begins to hold as complex.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "held_since": "2026-01-12", "next_review_on": "2026-02-09",
    "reason": "Three agencies, two schools within a year, and going missing at weekends."
}))]
pub struct ComplexPupilCreate {
    /// The school, within your reach.
    pub school_id: Id,
    /// The pupil, on roll at that school.
    pub pupil_id: Id,
    /// Since when; not in the future and not before 1990.
    pub held_since: Date,
    /// When the next review is due, not before `held_since`.
    pub next_review_on: Date,
    /// Why.
    pub reason: Text<5000>,
}

impl MediaType for ComplexPupilCreate {}

/// A corrected version of an entry: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "held_since": "2026-01-12", "next_review_on": "2026-02-16",
    "reason": "Three agencies, and going missing at weekends.", "correction_reason": "The review was put off a week."
}))]
pub struct ComplexPupilCorrection {
    /// Since when; not in the future and not before 1990.
    pub held_since: Date,
    /// When the next review is due, not before `held_since`.
    pub next_review_on: Date,
    /// Why.
    pub reason: Text<5000>,
    /// Why the record is corrected.
    pub correction_reason: Text<2000>,
}

impl MediaType for ComplexPupilCorrection {}

/// A review of whether a pupil is still held as complex.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = says_when))]
#[schema(example = json!({
    "held_on": "2026-02-09", "outcome": "remains", "next_review_on": "2026-03-09",
    "summary": "No longer missing at weekends; the plan goes on for four weeks."
}))]
pub struct ComplexPupilReviewCreate {
    /// The day of the review; not in the future, not before the pupil was held as complex.
    pub held_on: Date,
    /// What it came to.
    pub outcome: ComplexReviewOutcome,
    /// When the next review is due, after this one: where the pupil stays on the list, and only there.
    #[serde(default)]
    pub next_review_on: Option<Date>,
    /// What was found, and why it came to that.
    pub summary: Text<5000>,
}

impl MediaType for ComplexPupilReviewCreate {}

fn says_when(input: &ComplexPupilReviewCreate) -> Result<(), ValidationError> {
    let remains = input.outcome == ComplexReviewOutcome::Remains;
    match (remains, input.next_review_on) {
        (true, None) => Err(fault("/next_review_on", "required", "say when the next review is due")),
        (false, Some(_)) => {
            Err(fault("/next_review_on", "not_allowed", "there is no next review of what ends"))
        }
        _ => Ok(()),
    }
}

/// A pupil whom a school holds as complex, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 2,
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "held_since": "2026-01-12", "reason": "Three agencies, and going missing at weekends.",
    "next_review_on": "2026-03-09", "review_overdue": false, "last_review_on": "2026-02-09",
    "recorded_at": "2026-02-09T14:10:00.000000Z"
}))]
pub struct ComplexPupilView {
    /// The entry: the same for all its versions.
    pub id: Id,
    /// 1 for the entry as first recorded; a correction or review is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The school that holds the pupil as complex.
    pub school_id: Id,
    /// The pupil.
    pub pupil_id: Id,
    /// Since when.
    pub held_since: Date,
    /// Why.
    pub reason: Text<5000>,
    /// When the next review is due; absent where the pupil is held as complex no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_review_on: Option<Date>,
    /// Whether that day is past (in England).
    pub review_overdue: bool,
    /// When the last review was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_review_on: Option<Date>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

impl ComplexPupilView {
    /// The view of a version on a day.
    pub fn new(row: ComplexRow, body: ComplexBody, last_review_on: Option<Date>, today: Date) -> Self {
        Self {
            id: row.id,
            number: row.number,
            school_id: row.school_id,
            pupil_id: row.pupil_id,
            held_since: row.held_since,
            reason: body.reason,
            next_review_on: row.next_review_on,
            review_overdue: row.next_review_on.is_some_and(|due| due < today),
            last_review_on,
            ended_on: row.ended_on,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            correction_reason: body.correction_reason,
        }
    }

    /// The tag: the version, and what the day makes of it.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(i64::from(self.number), self)
    }
}

/// A review that was held.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "complex_pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "held_on": "2026-02-09", "outcome": "remains",
    "summary": "No longer missing at weekends; the plan goes on for four weeks.",
    "recorded_at": "2026-02-09T14:10:00.000000Z"
}))]
pub struct ComplexPupilReviewView {
    /// The review.
    pub id: Id,
    /// The entry in the list.
    pub complex_pupil_id: Id,
    /// The day of the review.
    pub held_on: Date,
    /// What it came to.
    pub outcome: ComplexReviewOutcome,
    /// What was found, and why it came to that.
    pub summary: Text<5000>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl ComplexPupilReviewView {
    /// The view of a review.
    pub fn new(row: ComplexReviewRow, body: ReviewBody) -> Self {
        Self {
            id: row.id,
            complex_pupil_id: row.complex_pupil_id,
            held_on: row.held_on,
            outcome: row.outcome,
            summary: body.summary,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
        }
    }
}

/// Which pupils to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ComplexPupilFilter {
    /// Held by this school.
    pub school_id: Option<Id>,
    /// This pupil.
    pub pupil_id: Option<Id>,
    /// Only those whose review is overdue. `false` asks for all, as if it were left out.
    pub review_overdue: Option<bool>,
    /// Also those whom the school holds as complex no longer.
    pub with_ended: Option<bool>,
}

/// Which reviews or versions of an entry to list: all of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ComplexPupilPartFilter {}
