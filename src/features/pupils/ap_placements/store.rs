//! Placements as stored.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case_records::{Dated, DueDays, case_record};
use super::dto::{ApConfirmation, ApEnding, ApTimetableDay, UnregisteredProvider};
use super::rules;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Backend;
use crate::db::schema::ap_placements;
use crate::ids::Id;
use crate::text::Text;

/// A version of a placement.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ap_placements, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct PlacementRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub provider_urn: Option<i32>,
    pub starts_on: Date,
    /// The last day: planned, or where it has ended as it was.
    pub ends_on: Option<Date>,
    pub confirmed_on: Option<Date>,
    pub ended: bool,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a placement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlacementBody {
    pub provider: Option<UnregisteredProvider>,
    pub timetable: Vec<ApTimetableDay>,
    pub reason: Text<5000>,
    pub confirmation: Option<ApConfirmation>,
    pub ending: Option<ApEnding>,
    /// Why the version before was corrected or withdrawn.
    pub correction_reason: Option<Text<2000>>,
}

impl Dated for PlacementRow {
    fn due_days(&self) -> DueDays {
        rules::due_days(self)
    }
}

case_record!(PlacementRow, ap_placements, "ap_placement", PlacementBody);
