//! Reports as stored.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case_records::{Dated, DueDays, case_record};
use super::dto::{FgmDiscovery, FgmLeadTold, FgmPoliceReport};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Backend;
use crate::db::schema::fgm_reports;
use crate::ids::Id;
use crate::text::Text;

/// A version of a report.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = fgm_reports, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct FgmRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub teacher_id: Id,
    pub discovered_on: Date,
    pub reported_at: Option<Timestamp>,
    pub dsl_told_on: Option<Date>,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FgmBody {
    pub how: FgmDiscovery,
    pub account: Text<10000>,
    pub police_report: Option<FgmPoliceReport>,
    pub lead_told: Option<FgmLeadTold>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl Dated for FgmRow {
    fn due_days(&self) -> DueDays {
        DueDays { first: Some(self.discovered_on), last: None, settled: self.reported_at.is_some() }
    }
}

case_record!(FgmRow, fgm_reports, "fgm_report", FgmBody);
