//! What goes over the wire about characteristics.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::rules::Period;
use super::rules::Kind;
use super::store::CharacteristicRow;
use crate::clock::{Date, Timestamp};
use crate::http::Patch;
use crate::http::body::{MediaType, fault};
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A new value of a characteristic.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "fits"))]
#[schema(example = json!({"kind": "sen", "value": "support", "starts_on": "2025-09-03"}))]
pub struct CharacteristicCreate {
    /// The kind. A protected kind that you may not know is 409 `rule_broken` with `not_allowed`.
    pub kind: Kind,
    /// The value: one of those that the kind names, or words.
    pub value: Name<120>,
    /// The first day on which it holds.
    pub starts_on: Date,
    /// The last day, not before the first; absent while it holds.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

impl MediaType for CharacteristicCreate {}

fn fits(input: &CharacteristicCreate) -> Result<(), ValidationError> {
    let period = Period { starts_on: input.starts_on, ends_on: input.ends_on };
    if !period.is_ordered() {
        return Err(fault("/ends_on", "range", "must not be before starts_on"));
    }
    if input.kind.takes(&input.value) {
        return Ok(());
    }
    Err(fault("/value", "not_allowed", "not a value of this kind: see the kind's description"))
}

/// Changes to a value: absent fields stay as they are. A value that has changed in life is a new one, not a change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2026-07-21"}))]
pub struct CharacteristicPatch {
    /// The value, put right.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub value: Option<Name<120>>,
    /// The first day on which it holds.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub starts_on: Option<Date>,
    /// The last day, not before the first; `null` while it holds.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
}

impl MediaType for CharacteristicPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// What is or was known about a pupil.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "kind": "sen", "value": "support", "starts_on": "2025-09-03", "ends_on": null,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct CharacteristicView {
    /// The characteristic.
    pub id: Id,
    /// The pupil.
    pub pupil_id: Id,
    /// The kind.
    pub kind: Kind,
    /// The value.
    pub value: Name<120>,
    /// The first day on which it holds.
    pub starts_on: Date,
    /// The last day; null while it holds.
    pub ends_on: Option<Date>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<CharacteristicRow> for CharacteristicView {
    fn from(row: CharacteristicRow) -> Self {
        Self {
            id: row.id,
            pupil_id: row.pupil_id,
            kind: row.kind,
            value: row.value,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which characteristics to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct CharacteristicFilter {
    /// Only this kind.
    #[param(required = false)]
    pub kind: Option<Kind>,
    /// Only what holds on this day.
    #[param(required = false)]
    pub on: Option<Date>,
}
