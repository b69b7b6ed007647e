//! What goes over the wire about checks of placements.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::super::case_records::Opened;
use super::store::CheckRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

crate::words! {
    /// What was looked at.
    pub enum ApCheckKind {
        /// The review of the placement that is due in each half-term: whether it still is right and safe for the child.
        Review = "review",
        /// Attendance: whether the child was where they were to be.
        Attendance = "attendance",
        /// Safety: a visit, or a word with the child.
        Safety = "safety",
    }
}

crate::words! {
    /// What it came to.
    pub enum ApCheckOutcome {
        /// The placement goes on.
        GoesOn = "goes_on",
        /// It goes on, and something has to be done.
        ActionNeeded = "action_needed",
        /// It is to end.
        ToEnd = "to_end",
    }
}

/// A check of a placement.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_sessions))]
#[schema(example = json!({
    "placement_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "kind": "review", "done_on": "2026-02-10",
    "outcome": "goes_on", "child_seen": true, "sessions_possible": 12, "sessions_attended": 11,
    "summary": "He likes it there and says that he is safe; the manager writes to his mother each week."
}))]
pub struct ApCheckCreate {
    /// The placement; one that is not this pupil's, or was withdrawn, is 409 at this field.
    pub placement_id: Id,
    /// What was looked at.
    pub kind: ApCheckKind,
    /// The day; within the placement, and not in the future.
    pub done_on: Date,
    /// What it came to.
    pub outcome: ApCheckOutcome,
    /// Whether somebody from the school saw the child there.
    pub child_seen: bool,
    /// How many sessions the child was to be there since the last check.
    #[serde(default)]
    #[validate(range(max = 500))]
    #[schema(minimum = 0, maximum = 500)]
    pub sessions_possible: Option<u16>,
    /// How many of them the child was there; together with `sessions_possible`, and not more.
    #[serde(default)]
    #[validate(range(max = 500))]
    #[schema(minimum = 0, maximum = 500)]
    pub sessions_attended: Option<u16>,
    /// What was found, and what is done about it.
    pub summary: Text<5000>,
}

impl MediaType for ApCheckCreate {}

fn check_sessions(input: &ApCheckCreate) -> Result<(), ValidationError> {
    match (input.sessions_possible, input.sessions_attended) {
        (Some(possible), Some(attended)) if attended > possible => {
            Err(fault("/sessions_attended", "range", "must not be more than sessions_possible"))
        }
        (Some(_), None) => Err(fault("/sessions_attended", "required", "say how many were attended")),
        (None, Some(_)) => Err(fault("/sessions_possible", "required", "say of how many")),
        _ => Ok(()),
    }
}

/// A corrected version of a check: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "check": {
        "placement_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "kind": "review", "done_on": "2026-02-11",
        "outcome": "goes_on", "child_seen": true, "summary": "He likes it there and says that he is safe."
    },
    "reason": "It was a day later."
}))]
pub struct ApCheckCorrection {
    /// The check.
    #[validate(nested)]
    pub check: ApCheckCreate,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for ApCheckCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct ApCheckWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for ApCheckWithdrawal {}

/// A check of a placement, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a3", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "placement_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "kind": "review", "done_on": "2026-02-10",
    "outcome": "goes_on", "child_seen": true, "summary": "He likes it there and says that he is safe.",
    "withdrawn": false, "recorded_at": "2026-02-10T14:10:00.000000Z"
}))]
pub struct ApCheckView {
    /// The check: the same for all its versions.
    pub id: Id,
    /// 1 for the check as first recorded; a correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The placement.
    pub placement_id: Id,
    /// What was looked at.
    pub kind: ApCheckKind,
    /// The day.
    pub done_on: Date,
    /// What it came to.
    pub outcome: ApCheckOutcome,
    /// Whether somebody from the school saw the child there.
    pub child_seen: bool,
    /// How many sessions the child was to be there since the last check.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 500)]
    pub sessions_possible: Option<u16>,
    /// How many of them the child was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 500)]
    pub sessions_attended: Option<u16>,
    /// What was found, and what is done about it.
    pub summary: Text<5000>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl From<Opened<CheckRow>> for ApCheckView {
    fn from(check: Opened<CheckRow>) -> Self {
        let Opened { row, body } = check;
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            placement_id: row.placement_id,
            kind: row.kind,
            done_on: row.done_on,
            outcome: row.outcome,
            child_seen: body.child_seen,
            sessions_possible: body.sessions_possible,
            sessions_attended: body.sessions_attended,
            summary: body.summary,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }
}

impl ApCheckView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which checks to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ApCheckFilter {
    /// Of this placement.
    #[param(inline)]
    pub placement_id: Option<Id>,
    /// Of this kind.
    pub kind: Option<ApCheckKind>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which a check is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ApCheckMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
