//! Attendance, minutes and decisions.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{Guest, PanelDecisionKind};
use super::super::rules::{Attendee, PanelRole};
use super::PanelRow;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{panel_attendance, panel_decisions, panel_minutes};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// What was said of somebody's attendance.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_attendance, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AttendanceRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub panel_id: Id,
    pub person_id: Option<Id>,
    pub role: PanelRole,
    pub is_present: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// An entry of the minutes as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_minutes, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct MinutesRow {
    pub trust_id: Id,
    pub id: Id,
    pub panel_id: Id,
    pub concern_id: Option<Id>,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// A decision as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_decisions, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub trust_id: Id,
    pub id: Id,
    pub panel_id: Id,
    pub kind: PanelDecisionKind,
    pub concern_id: Option<Id>,
    pub owner_id: Id,
    pub due_on: Date,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// The text of an attendance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AttendanceBody {
    pub guest: Option<Guest>,
    pub absence_reason: Option<Text<500>>,
}

/// The text of minutes and of a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextBody<const MAX: usize> {
    pub text: Text<MAX>,
}

impl AttendanceRow {
    /// As rules see it.
    pub const fn attendee(&self) -> Attendee {
        Attendee { person: self.person_id, role: self.role, is_present: self.is_present }
    }
}

/// What is said of attendance now, by identifier.
pub fn attendance(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<AttendanceRow>> {
    Ok(panel_attendance::table
        .filter(panel_attendance::trust_id.eq(panel.trust_id))
        .filter(panel_attendance::panel_id.eq(panel.id))
        .filter(panel_attendance::superseded_at.is_null())
        .order(panel_attendance::id)
        .select(AttendanceRow::as_select())
        .load(conn)?)
}

/// The newest that was said under an identifier.
pub fn attendance_entry(conn: &mut Conn, panel: &PanelRow, id: Id) -> ApiResult<AttendanceRow> {
    Ok(panel_attendance::table
        .filter(panel_attendance::trust_id.eq(panel.trust_id))
        .filter(panel_attendance::panel_id.eq(panel.id))
        .filter(panel_attendance::id.eq(id))
        .filter(panel_attendance::superseded_at.is_null())
        .select(AttendanceRow::as_select())
        .first(conn)?)
}

/// Stores what is said of somebody's attendance, in the place of what was said before.
pub fn insert_attendance(conn: &mut Conn, row: &AttendanceRow) -> ApiResult<()> {
    diesel::update(panel_attendance::table)
        .filter(panel_attendance::trust_id.eq(row.trust_id))
        .filter(panel_attendance::id.eq(row.id))
        .filter(panel_attendance::superseded_at.is_null())
        .set(panel_attendance::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    diesel::insert_into(panel_attendance::table).values(row).execute(conn)?;
    Ok(())
}

/// Minutes of a panel, the oldest first: what is about no concern, and what is about these.
pub fn minutes(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<MinutesRow>> {
    Ok(panel_minutes::table
        .filter(panel_minutes::trust_id.eq(panel.trust_id))
        .filter(panel_minutes::panel_id.eq(panel.id))
        .order(panel_minutes::id)
        .select(MinutesRow::as_select())
        .load(conn)?)
}

/// Stores an entry of the minutes.
pub fn insert_minutes(conn: &mut Conn, row: &MinutesRow) -> ApiResult<()> {
    diesel::insert_into(panel_minutes::table).values(row).execute(conn)?;
    Ok(())
}

/// Decisions of a panel, the oldest first.
pub fn decisions(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<DecisionRow>> {
    Ok(panel_decisions::table
        .filter(panel_decisions::trust_id.eq(panel.trust_id))
        .filter(panel_decisions::panel_id.eq(panel.id))
        .order(panel_decisions::id)
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// Decisions of any panel about these concerns.
pub fn decisions_about(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<DecisionRow>> {
    let mut rows = Vec::new();
    for some in concerns.chunks(500) {
        let query = panel_decisions::table
            .filter(panel_decisions::trust_id.eq(trust))
            .filter(panel_decisions::concern_id.is_not_null())
            .filter(panel_decisions::concern_id.eq_any(some.iter().copied().map(Some).collect::<Vec<_>>()));
        rows.extend(query.select(DecisionRow::as_select()).load::<DecisionRow>(conn)?);
    }
    Ok(rows)
}

/// Stores a decision.
pub fn insert_decision(conn: &mut Conn, row: &DecisionRow) -> ApiResult<()> {
    diesel::insert_into(panel_decisions::table).values(row).execute(conn)?;
    Ok(())
}
