//! Assessments as stored.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case_records::{Dated, DueDays, case_record};
use super::dto::{RiskAssessmentCreate, RiskAssessmentKind, RiskParticipant};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Backend;
use crate::db::schema::risk_assessments;
use crate::ids::Id;
use crate::text::Text;

/// A version of an assessment.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = risk_assessments, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct AssessmentRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub kind: RiskAssessmentKind,
    pub assessed_on: Date,
    pub review_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of an assessment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AssessmentBody {
    pub participants: Vec<RiskParticipant>,
    pub risks: Text<10000>,
    pub needs: Option<Text<10000>>,
    pub measures: Text<10000>,
    pub voice_of_child: Option<Text<5000>>,
    /// What the review found that this version comes from.
    pub found: Option<Text<5000>>,
    /// Why it ended, or took the place of a version that was wrong.
    pub reason: Option<Text<2000>>,
}

impl AssessmentBody {
    /// The text as it was sent.
    pub fn of(input: RiskAssessmentCreate) -> Self {
        Self {
            participants: input.participants,
            risks: input.risks,
            needs: input.needs,
            measures: input.measures,
            voice_of_child: input.voice_of_child,
            found: None,
            reason: None,
        }
    }
}

impl Dated for AssessmentRow {
    fn due_days(&self) -> DueDays {
        DueDays { first: self.review_on, last: self.review_on, settled: self.review_on.is_none() }
    }
}

case_record!(AssessmentRow, risk_assessments, "risk_assessment", AssessmentBody);
