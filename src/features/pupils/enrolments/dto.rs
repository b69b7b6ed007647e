//! What goes over the wire about enrolments.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::rules::Period;
use super::store::EnrolmentRow;
use crate::clock::{Date, Timestamp};
use crate::http::body::{MediaType, fault};
use crate::http::patch::not_null;
use crate::http::{ETag, Patch};
use crate::ids::Id;

/// The earliest and latest recorded year: nursery to sixth form.
const YEARS: std::ops::RangeInclusive<i16> = -4..=14;

/// A new enrolment.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "in_order"))]
#[schema(example = json!({
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "starts_on": "2025-09-03", "year_group": 5
}))]
pub struct EnrolmentCreate {
    /// The school, within your reach.
    pub school_id: Id,
    /// The first day on roll.
    pub starts_on: Date,
    /// The last day on roll, not before the first; absent while the pupil stays.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// The national curriculum year that the school records, where it differs from that of the pupil's age; 0 is
    /// Reception, negative is nursery.
    #[serde(default)]
    #[validate(range(min = -4, max = 14))]
    #[schema(minimum = -4, maximum = 14)]
    pub year_group: Option<i16>,
}

impl MediaType for EnrolmentCreate {}

fn in_order(input: &EnrolmentCreate) -> Result<(), ValidationError> {
    let period = Period { starts_on: input.starts_on, ends_on: input.ends_on };
    if period.is_ordered() { Ok(()) } else { Err(fault("/ends_on", "range", "must not be before starts_on")) }
}

/// Changes to an enrolment: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "year_in_range"))]
#[schema(example = json!({"ends_on": "2026-07-21"}))]
pub struct EnrolmentPatch {
    /// The first day on roll.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub starts_on: Option<Date>,
    /// The last day on roll, not before the first; `null` while the pupil stays.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
    /// The national curriculum year that the school records; `null` for that of the pupil's age.
    #[serde(default)]
    #[schema(value_type = Option<i16>, minimum = -4, maximum = 14)]
    pub year_group: Patch<i16>,
}

impl MediaType for EnrolmentPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

fn year_in_range(patch: &EnrolmentPatch) -> Result<(), ValidationError> {
    match patch.year_group {
        Patch::Set(year) if !YEARS.contains(&year) => {
            Err(fault("/year_group", "range", "must be from -4 to 14"))
        }
        _ => Ok(()),
    }
}

/// A pupil's time on roll at a school.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "starts_on": "2025-09-03", "ends_on": null,
    "year_group": null,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct EnrolmentView {
    /// The enrolment.
    pub id: Id,
    /// The pupil.
    pub pupil_id: Id,
    /// The school.
    pub school_id: Id,
    /// The first day on roll.
    pub starts_on: Date,
    /// The last day on roll; null while the pupil stays.
    pub ends_on: Option<Date>,
    /// The national curriculum year that the school records; null for that of the pupil's age.
    #[schema(minimum = -4, maximum = 14)]
    pub year_group: Option<i16>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its version.
    #[serde(skip)]
    pub version: i64,
}

impl EnrolmentView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// Its days.
    pub const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

impl From<EnrolmentRow> for EnrolmentView {
    fn from(row: EnrolmentRow) -> Self {
        Self {
            id: row.id,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            year_group: row.year_group,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Which enrolments to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct EnrolmentFilter {}
