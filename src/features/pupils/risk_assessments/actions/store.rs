//! Actions of assessments as stored.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::super::case_records::{Dated, DueDays, case_record};
use super::dto::RiskActionOutcome;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Backend;
use crate::db::schema::risk_actions;
use crate::ids::Id;
use crate::text::Text;

/// A version of an action.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = risk_actions, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct ActionRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub assessment_id: Id,
    pub owner_id: Id,
    pub due_on: Date,
    pub done_on: Option<Date>,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of an action.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActionBody {
    pub description: Text<5000>,
    pub outcome: Option<RiskActionOutcome>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl Dated for ActionRow {
    fn due_days(&self) -> DueDays {
        DueDays { first: Some(self.due_on), last: Some(self.due_on), settled: self.done_on.is_some() }
    }
}

case_record!(ActionRow, risk_actions, "risk_action", ActionBody);
