//! A panel itself.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::super::rules::PanelRole;
use crate::clock::{Date, Timestamp};
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;

/// Calls a panel.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "meets_on": "2026-01-15"}))]
pub struct PanelCreate {
    /// The school; within your reach.
    pub school_id: Id,
    /// The day on which it meets. Each school has one panel an ISO week: 409 `already_exists` for another one.
    pub meets_on: Date,
}

impl MediaType for PanelCreate {}

/// Changes to a panel that has not been held: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"meets_on": "2026-01-16"}))]
pub struct PanelPatch {
    /// The day on which it meets.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub meets_on: Option<Date>,
}

impl MediaType for PanelPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// That a panel is held: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct PanelHolding {}

impl MediaType for PanelHolding {}

crate::words! {
    /// Whether somebody who was expected came.
    pub enum ExpectedAttendance {
        /// They came.
        Present = "present",
        /// They did not.
        Absent = "absent",
        /// Nothing is recorded.
        NotRecorded = "not_recorded",
    }
}

/// Somebody who is expected at a panel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "dsl", "attendance": "present"
}))]
pub struct ExpectedView {
    /// Who.
    pub person_id: Id,
    /// By which appointment.
    pub role: PanelRole,
    /// Whether they came.
    pub attendance: ExpectedAttendance,
}

/// A weekly panel of a school.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "week_starts_on": "2026-01-12", "meets_on": "2026-01-15", "is_held": true,
    "held_at": "2026-01-15T15:30:00.000000Z", "held_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "expected": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "dsl", "attendance": "present"}],
    "created_at": "2026-01-12T09:30:00.000000Z", "updated_at": "2026-01-15T15:30:00.000000Z"
}))]
pub struct PanelView {
    /// The panel.
    pub id: Id,
    /// The school.
    pub school_id: Id,
    /// The Monday of its ISO week.
    pub week_starts_on: Date,
    /// The day on which it meets.
    pub meets_on: Date,
    /// Whether it has been held.
    pub is_held: bool,
    /// When its holding was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_at: Option<Timestamp>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Id>,
    /// Who is expected, by the trust's setting and the appointments of that day.
    #[schema(max_items = 200)]
    pub expected: Vec<ExpectedView>,
    /// When it was called.
    pub created_at: Timestamp,
    /// When it or anything of it was recorded last.
    pub updated_at: Timestamp,
}

/// Which panels to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PanelFilter {
    /// Of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Meeting on this day or later.
    #[param(inline)]
    pub from: Option<Date>,
    /// Meeting on this day or earlier.
    #[param(inline)]
    pub to: Option<Date>,
    /// Only those that have been held (`true`), or have not (`false`).
    pub held: Option<bool>,
}
