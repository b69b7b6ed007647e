//! What goes over the wire about placements with alternative providers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::case_records::Opened;
use super::store::PlacementRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// A day of the school week.
    pub enum ApWeekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
    }
}

crate::words! {
    /// Which sessions of a day.
    pub enum ApSessions {
        /// The morning.
        Morning = "morning",
        /// The afternoon.
        Afternoon = "afternoon",
        /// Both.
        AllDay = "all_day",
    }
}

/// A day that the child spends with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "tuesday", "sessions": "all_day"}))]
pub struct ApTimetableDay {
    /// The day.
    pub day: ApWeekday,
    /// Which sessions of it.
    pub sessions: ApSessions,
}

/// A provider that the national register does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Wharfside Boats", "address": "The old boatyard, Wharfside", "contact": "Kim Example, 01632 960 011"
}))]
pub struct UnregisteredProvider {
    /// Its name.
    pub name: Name<200>,
    /// Where the child is.
    pub address: Name<300>,
    /// Who answers there.
    pub contact: Name<200>,
}

/// A placement with an alternative provider.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_placement))]
#[schema(example = json!({
    "unregistered_provider": {
        "name": "Wharfside Boats", "address": "The old boatyard, Wharfside", "contact": "Kim Example, 01632 960 011"
    },
    "starts_on": "2026-01-13", "timetable": [
        {"day": "tuesday", "sessions": "all_day"}, {"day": "thursday", "sessions": "morning"}
    ],
    "reason": "He works with his hands and stays the day; English and mathematics stay with us."
}))]
pub struct ApPlacementCreate {
    /// The provider by its number in the national register; or else `unregistered_provider`. One that the register does not
    /// have is 409 at this field.
    #[serde(default)]
    #[validate(range(min = 100_000, max = 999_999))]
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub provider_urn: Option<i32>,
    /// The provider, where the register does not have it.
    #[serde(default)]
    #[validate(nested)]
    pub unregistered_provider: Option<UnregisteredProvider>,
    /// The first day; not before 1990.
    pub starts_on: Date,
    /// The last day as it is planned, not before the first.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// On which days the child is there, each named once: where the child is in school hours.
    #[validate(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    pub timetable: Vec<ApTimetableDay>,
    /// Why the child is placed there, and with what aim.
    pub reason: Text<5000>,
}

impl MediaType for ApPlacementCreate {}

fn check_placement(input: &ApPlacementCreate) -> Result<(), ValidationError> {
    match (input.provider_urn, &input.unregistered_provider) {
        (None, None) => return Err(fault("/provider_urn", "required", "say which provider it is")),
        (Some(_), Some(_)) => {
            return Err(fault("/unregistered_provider", "not_allowed", "name the provider once"));
        }
        _ => {}
    }
    let mut days: Vec<ApWeekday> = input.timetable.iter().map(|one| one.day).collect();
    days.sort_unstable();
    days.dedup();
    if days.len() < input.timetable.len() {
        return Err(fault("/timetable", "duplicate", "name each day once"));
    }
    if input.ends_on.is_some_and(|end| end < input.starts_on) {
        return Err(fault("/ends_on", "range", "must not be before the first day"));
    }
    Ok(())
}

/// The provider's written confirmation that the checks on those who work there have been carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "confirmed_on": "2026-01-09", "confirmed_by": "Kim Example", "confirmed_by_role": "Manager", "tells_of_changes": true,
    "reference": "Letter of 9 January, in the pupil's file."
}))]
pub struct ApConfirmation {
    /// The day on which the school received it; not in the future and not before 1990.
    pub confirmed_on: Date,
    /// Who confirmed it for the provider.
    pub confirmed_by: Name<150>,
    /// Their role there.
    pub confirmed_by_role: Name<150>,
    /// Whether it says that the provider will tell the school of changes that may put the child at risk, such as new staff.
    pub tells_of_changes: bool,
    /// Where it is kept, and what it says of whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text<2000>>,
}

impl MediaType for ApConfirmation {}

/// The end of a placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2026-03-26", "reason": "He is back in all lessons."}))]
pub struct ApEnding {
    /// The last day, not before the first.
    pub ends_on: Date,
    /// Why it ends.
    pub reason: Text<2000>,
}

impl MediaType for ApEnding {}

/// A corrected version of a placement: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "placement": {
        "provider_urn": 137_089, "starts_on": "2026-01-13", "timetable": [{"day": "friday", "sessions": "morning"}],
        "reason": "He works with his hands and stays the day."
    },
    "reason": "The provider is in the register."
}))]
pub struct ApPlacementCorrection {
    /// The placement.
    #[validate(nested)]
    pub placement: ApPlacementCreate,
    /// The provider's confirmation, where there is one.
    #[serde(default)]
    #[validate(nested)]
    pub confirmation: Option<ApConfirmation>,
    /// Its end, where it has ended.
    #[serde(default)]
    #[validate(nested)]
    pub ending: Option<ApEnding>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for ApPlacementCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct ApPlacementWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for ApPlacementWithdrawal {}

/// A placement with an alternative provider, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "number": 2,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "unregistered_provider": {
        "name": "Wharfside Boats", "address": "The old boatyard, Wharfside", "contact": "Kim Example, 01632 960 011"
    },
    "starts_on": "2026-01-13", "timetable": [{"day": "tuesday", "sessions": "all_day"}],
    "reason": "He works with his hands and stays the day.",
    "confirmation": {
        "confirmed_on": "2026-01-09", "confirmed_by": "Kim Example", "confirmed_by_role": "Manager",
        "tells_of_changes": true
    },
    "withdrawn": false, "recorded_at": "2026-01-09T14:10:00.000000Z"
}))]
pub struct ApPlacementView {
    /// The placement: the same for all its versions.
    pub id: Id,
    /// 1 for the placement as first recorded; each step, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The provider by its number in the national register: `GET /v1/establishments/{urn}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub provider_urn: Option<i32>,
    /// The provider, where the register does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unregistered_provider: Option<UnregisteredProvider>,
    /// The first day.
    pub starts_on: Date,
    /// The last day, planned or, where there is an `ending`, as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// On which days the child is there.
    #[schema(min_items = 1, max_items = 5)]
    pub timetable: Vec<ApTimetableDay>,
    /// Why the child is placed there.
    pub reason: Text<5000>,
    /// The provider's confirmation; absent while the school has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<ApConfirmation>,
    /// Its end; absent until that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<ApEnding>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before, where that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

impl From<Opened<PlacementRow>> for ApPlacementView {
    fn from(placement: Opened<PlacementRow>) -> Self {
        let Opened { row, body } = placement;
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            provider_urn: row.provider_urn,
            unregistered_provider: body.provider,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            timetable: body.timetable,
            reason: body.reason,
            confirmation: body.confirmation,
            ending: body.ending,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            correction_reason: body.correction_reason,
        }
    }
}

impl ApPlacementView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which placements to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ApPlacementFilter {
    /// In force on this day, without those withdrawn.
    pub on: Option<Date>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which a placement is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ApPlacementMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
