//! Meetings as stored. A version is never changed, but for the moment at which the next one took its place, and for what
//! follows from the other meetings of the pupil.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case_records::{CaseRecord, Dated, DueDays, case_record};
use super::super::statuses::Agency;
use super::dto::{AgencyMeetingAttendee, AgencyMeetingKind, AgencyMeetingOutcome, AgencyMeetingReport};
use super::rules;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::agency_meetings;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A version of a meeting.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = agency_meetings, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct MeetingRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub kind: AgencyMeetingKind,
    pub agency: Agency,
    pub invited_on: Date,
    pub meets_on: Date,
    /// Who goes for the school, and whose task it is.
    pub lead_id: Option<Id>,
    pub wants_report: bool,
    /// By when, where the invitation says so.
    pub report_due_on: Option<Date>,
    pub report_sent_on: Option<Date>,
    pub took_place: Option<bool>,
    /// Whether anybody went for the school.
    pub attended: Option<bool>,
    /// When what came of it was recorded first.
    pub outcome_on: Option<Date>,
    pub external_decision_id: Option<Id>,
    pub status_id: Option<Id>,
    pub next_kind: Option<AgencyMeetingKind>,
    pub next_on: Option<Date>,
    /// When the invitation to the next one came.
    pub followed_on: Option<Date>,
    pub first_due_on: Option<Date>,
    pub last_due_on: Option<Date>,
    pub settled: bool,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a meeting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeetingBody {
    pub attendees: Vec<AgencyMeetingAttendee>,
    pub details: Option<Text<5000>>,
    pub report: Option<AgencyMeetingReport>,
    pub outcome: Option<AgencyMeetingOutcome>,
    /// Why the version before was corrected or withdrawn.
    pub reason: Option<Text<2000>>,
}

impl Dated for MeetingRow {
    fn due_days(&self) -> DueDays {
        rules::due_days(self)
    }
}

case_record!(MeetingRow, agency_meetings, "agency_meeting", MeetingBody);

/// Keeps when the invitation to the meeting after this one came.
pub fn set_followed(conn: &mut Conn, row: &MeetingRow, followed_on: Option<Date>) -> ApiResult<()> {
    let settled = MeetingRow { followed_on, ..row.clone() }.due_days().settled;
    let head = row.head();
    diesel::update(agency_meetings::table.find((head.trust, head.id, head.number)))
        .set((agency_meetings::followed_on.eq(followed_on), agency_meetings::settled.eq(settled)))
        .execute(conn)?;
    Ok(())
}
