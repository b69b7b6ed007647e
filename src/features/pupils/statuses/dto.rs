//! What goes over the wire about statuses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{StatusBody, StatusRow};
use super::words::{HarmCategory, StatusKind, StatusOwner, SupportLevel};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// The beginning of a status.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "child_in_need", "starts_on": "2026-01-12",
    "external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "note": "First review in six weeks."
}))]
pub struct StatusCreate {
    /// What it is.
    pub kind: StatusKind,
    /// The category of harm: of a child protection plan, and of nothing else.
    #[serde(default)]
    pub category: Option<HarmCategory>,
    /// The first day; not in the future and not before 1990.
    pub starts_on: Date,
    /// The decision on which it rests; required where the kind is not the school's to decide (B-55, B-56).
    #[serde(default)]
    pub external_decision_id: Option<Id>,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<Text<5000>>,
}

impl MediaType for StatusCreate {}

/// A step up or down: one status ends, and another begins on the day after.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "child_protection", "category": "NEG", "starts_on": "2026-02-20",
    "external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af"
}))]
pub struct StatusStep {
    /// What it becomes: early help, in need or child protection.
    pub kind: StatusKind,
    /// The category of harm: of a child protection plan, and of nothing else.
    #[serde(default)]
    pub category: Option<HarmCategory>,
    /// The first day of what it becomes; the status before ends on the day before.
    pub starts_on: Date,
    /// The decision to step up or down; required where either status is not the school's to decide.
    #[serde(default)]
    pub external_decision_id: Option<Id>,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<Text<5000>>,
}

impl MediaType for StatusStep {}

/// The end of a status.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ends_on": "2026-06-30", "external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "reason": "The plan has done its work; the family goes on with early help."
}))]
pub struct StatusEnding {
    /// The last day, not before the first and not in the future.
    pub ends_on: Date,
    /// The decision to end it; required where the kind is not the school's to decide.
    #[serde(default)]
    pub external_decision_id: Option<Id>,
    /// Why it ends.
    pub reason: Text<2000>,
}

impl MediaType for StatusEnding {}

/// A corrected version of a status: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "starts_on": "2026-01-13", "start_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "reason": "Began a day later than recorded."
}))]
pub struct StatusCorrection {
    /// The category of harm: of a child protection plan, and of nothing else.
    #[serde(default)]
    pub category: Option<HarmCategory>,
    /// The first day; not in the future and not before 1990.
    pub starts_on: Date,
    /// The last day, not before the first and not in the future; absent while it holds.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// The decision by which it began.
    #[serde(default)]
    pub start_decision_id: Option<Id>,
    /// The decision by which it ended.
    #[serde(default)]
    pub end_decision_id: Option<Id>,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<Text<5000>>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for StatusCorrection {}

/// Why a status is withdrawn: it should never have been recorded.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct StatusWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for StatusWithdrawal {}

/// A status of a pupil, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "kind": "child_in_need", "owner": "local_authority", "level": "L3", "starts_on": "2026-01-12",
    "start_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "decision_recorded": true, "withdrawn": false,
    "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct StatusView {
    /// The status: the same for all its versions.
    pub id: Id,
    /// 1 for the status as first recorded; an end, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded it.
    pub school_id: Id,
    /// What it is.
    pub kind: StatusKind,
    /// Who decides on it.
    pub owner: StatusOwner,
    /// The level of support that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<SupportLevel>,
    /// The category of harm of a child protection plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<HarmCategory>,
    /// The first day.
    pub starts_on: Date,
    /// The last day; absent while it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// The decision by which it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_decision_id: Option<Id>,
    /// The decision by which it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_decision_id: Option<Id>,
    /// Whether every decision that it needs is recorded, stands and carries it; true where it needs none.
    pub decision_recorded: bool,
    /// The status from which it was stepped up or down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows_id: Option<Id>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<5000>>,
    /// Why it took the place of the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl StatusView {
    /// The view of a version.
    pub fn new(row: StatusRow, body: StatusBody, decision_recorded: bool) -> Self {
        let basis = row.kind.basis();
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            kind: row.kind,
            owner: basis.owner,
            level: basis.level,
            category: row.category,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            start_decision_id: row.start_decision_id,
            end_decision_id: row.end_decision_id,
            decision_recorded,
            follows_id: row.follows_id,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            note: body.note,
            reason: body.reason,
        }
    }

    /// The tag: the version, and what a decision that was corrected since makes of it.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(i64::from(self.number), self)
    }
}

/// Which statuses to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct StatusFilter {
    /// Of this kind.
    pub kind: Option<StatusKind>,
    /// That hold on this day, without those withdrawn.
    pub on: Option<Date>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which a status is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct StatusMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
