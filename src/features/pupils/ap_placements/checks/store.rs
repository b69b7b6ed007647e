//! Checks of placements as stored.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::super::case_records::{Dated, DueDays, case_record};
use super::dto::{ApCheckKind, ApCheckOutcome};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Backend;
use crate::db::schema::ap_checks;
use crate::ids::Id;
use crate::text::Text;

/// A version of a check.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ap_checks, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct CheckRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub placement_id: Id,
    pub kind: ApCheckKind,
    pub done_on: Date,
    pub outcome: ApCheckOutcome,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckBody {
    pub child_seen: bool,
    pub sessions_possible: Option<u16>,
    pub sessions_attended: Option<u16>,
    pub summary: Text<5000>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl Dated for CheckRow {
    /// Nothing: what is due is the placement's.
    fn due_days(&self) -> DueDays {
        DueDays { settled: true, ..DueDays::default() }
    }
}

case_record!(CheckRow, ap_checks, "ap_check", CheckBody);
