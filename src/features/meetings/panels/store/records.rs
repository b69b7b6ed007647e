//! Attendance, minutes and decisions.

use std::collections::BTreeSet;

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{Guest, PanelDecisionKind, PanelDecisionState};
use super::super::rules::{Attendee, PanelRole};
use super::PanelRow;
use crate::access::Scope;
use crate::access::versions::{InVersions, end_of_time};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{panel_attendance, panel_decisions, panel_minutes, panels};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::in_versions;
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
    pub number: i32,
    pub superseded_at: Option<Timestamp>,
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
    pub number: i32,
    pub superseded_at: Option<Timestamp>,
    pub state: PanelDecisionState,
    pub done_on: Option<Date>,
}

/// The text of an attendance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AttendanceBody {
    pub guest: Option<Guest>,
    pub absence_reason: Option<Text<500>>,
    /// Why the version before was corrected; none where it was said anew.
    pub correction_reason: Option<Text<2000>>,
}

/// The text of an entry of the minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MinutesBody {
    pub text: Text<10000>,
    /// Why the version before was corrected; none in the first.
    pub correction_reason: Option<Text<2000>>,
}

/// The text of a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionBody {
    pub text: Text<5000>,
    pub outcome: Option<Text<5000>>,
    pub called_off_reason: Option<Text<2000>>,
    /// Why the version before was corrected; none in the first.
    pub correction_reason: Option<Text<2000>>,
}

in_versions!(AttendanceRow, panel_attendance, AttendanceBody, PanelRow, panel_id);
in_versions!(MinutesRow, panel_minutes, MinutesBody, PanelRow, panel_id);
in_versions!(DecisionRow, panel_decisions, DecisionBody, PanelRow, panel_id);

impl AttendanceRow {
    /// As rules see it.
    pub const fn attendee(&self) -> Attendee {
        Attendee { person: self.person_id, role: self.role, is_present: self.is_present }
    }
}

/// What is said of attendance now, by identifier.
pub fn attendance(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<AttendanceRow>> {
    AttendanceRow::list_at(conn, panel, end_of_time(), None, i64::MAX)
}

/// Decisions of any panel about these concerns.
pub fn decisions_about(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<DecisionRow>> {
    let mut rows = Vec::new();
    for some in concerns.chunks(500) {
        let query = panel_decisions::table
            .filter(panel_decisions::trust_id.eq(trust))
            .filter(panel_decisions::superseded_at.is_null())
            .filter(panel_decisions::concern_id.is_not_null())
            .filter(panel_decisions::concern_id.eq_any(some.iter().copied().map(Some).collect::<Vec<_>>()));
        rows.extend(query.select(DecisionRow::as_select()).load::<DecisionRow>(conn)?);
    }
    Ok(rows)
}

/// Which decisions are asked for.
#[derive(Clone, Debug)]
pub struct DecisionsAsked {
    /// Of panels of this school only.
    pub school: Option<Id>,
    /// Of this owner only.
    pub owner: Option<Id>,
    /// What has become of them.
    pub state: PanelDecisionState,
    /// Due on this day or later.
    pub from: Option<Date>,
    /// Due on this day or earlier.
    pub to: Option<Date>,
}

/// A decision that was found.
#[derive(Clone, Debug)]
pub struct FoundDecision {
    pub row: DecisionRow,
    /// The panel's school.
    pub school_id: Id,
    /// The scope reaches the panel; otherwise the person owns the decision.
    pub is_reached: bool,
}

/// Decisions by what is asked for: of the panels that a scope reaches, where there is one,
/// and those that the person owns.
pub fn decisions_due(
    conn: &mut Conn,
    trust: Id,
    panels_of: Option<&Scope>,
    person: Option<Id>,
    asked: &DecisionsAsked,
) -> ApiResult<Vec<FoundDecision>> {
    let mut query =
        panel_decisions::table
            .inner_join(panels::table.on(
                panels::trust_id.eq(panel_decisions::trust_id).and(panels::id.eq(panel_decisions::panel_id)),
            ))
            .filter(panel_decisions::trust_id.eq(trust))
            .filter(panel_decisions::superseded_at.is_null())
            .filter(panel_decisions::state.eq(asked.state))
            .into_boxed();
    if let Some(school) = asked.school {
        query = query.filter(panels::school_id.eq(school));
    }
    if let Some(owner) = asked.owner {
        query = query.filter(panel_decisions::owner_id.eq(owner));
    }
    if let Some(from) = asked.from {
        query = query.filter(panel_decisions::due_on.ge(from));
    }
    if let Some(to) = asked.to {
        query = query.filter(panel_decisions::due_on.le(to));
    }
    let rows: Vec<(DecisionRow, Id)> =
        query.select((DecisionRow::as_select(), panels::school_id)).load(conn)?;
    let ids: Vec<Id> = rows.iter().map(|(row, _)| row.panel_id).collect();
    let reached = match panels_of {
        Some(scope) => super::readable(conn, scope, &ids)?,
        None => BTreeSet::new(),
    };
    let found = rows.into_iter().map(|(row, school_id)| {
        let is_reached = reached.contains(&row.panel_id);
        FoundDecision { row, school_id, is_reached }
    });
    Ok(found.filter(|found| found.is_reached || Some(found.row.owner_id) == person).collect())
}

/// A panel, whoever asks: for the owner of one of its decisions.
pub fn panel_of(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<PanelRow> {
    Ok(panels::table.find((trust, id)).select(PanelRow::as_select()).first(conn)?)
}
