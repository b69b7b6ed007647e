//! The entries of the work: triages, and the versioned notes, actions and decisions.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{
    ConcernActionKind, ConcernDecisionKind, ConcernNoteKind, ConcernSeverity, ConcernState, ConsentBasis,
    ParentInformed,
};
use super::super::rules::{self, WorkDone};
use super::ConcernRow;
pub use crate::access::versions::end_of_time;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_actions, concern_decisions, concern_notes, concern_triages};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::in_versions;
use crate::text::Text;

/// A triage as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_triages, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct TriageRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub number: i32,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub severity: ConcernSeverity,
    pub school_view_level: Option<i16>,
    pub monitor: bool,
    pub parent_informed: ParentInformed,
    pub consent_basis: Option<ConsentBasis>,
    pub body: Sealed,
    pub round: i32,
}

/// A version of a note as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_notes, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct NoteRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub kind: ConcernNoteKind,
    pub author_id: Option<Id>,
    pub happened_at: Timestamp,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// A version of an action as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_actions, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct ActionRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub kind: ConcernActionKind,
    pub author_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub due_on: Option<Date>,
    pub is_required: bool,
    pub done_on: Option<Date>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
    pub round: i32,
}

/// A version of a decision as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_decisions, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub kind: ConcernDecisionKind,
    pub author_id: Option<Id>,
    pub decided_at: Timestamp,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
    pub round: i32,
}

/// The text of a triage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TriageBody {
    pub parent_informed_reason: Option<Text<2000>>,
}

/// The text of a note.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoteBody {
    pub text: Text<10000>,
    /// Why the version before was corrected; none in the first.
    pub correction_reason: Option<Text<2000>>,
}

/// The text of an action.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActionBody {
    pub description: Text<5000>,
    pub outcome: Option<Text<5000>>,
    pub correction_reason: Option<Text<2000>>,
}

/// The text of a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionBody {
    pub decision: Text<5000>,
    pub reason: Text<5000>,
    pub correction_reason: Option<Text<2000>>,
}

in_versions!(NoteRow, concern_notes, NoteBody, ConcernRow, concern_id);
in_versions!(ActionRow, concern_actions, ActionBody, ConcernRow, concern_id);
in_versions!(DecisionRow, concern_decisions, DecisionBody, ConcernRow, concern_id);

/// Triages of a concern as known at a moment, the first one first.
pub fn triages(
    conn: &mut Conn,
    concern: &ConcernRow,
    at: Timestamp,
    after: i64,
    rows: i64,
) -> ApiResult<Vec<TriageRow>> {
    let after = i32::try_from(after).unwrap_or(i32::MAX);
    Ok(concern_triages::table
        .filter(concern_triages::trust_id.eq(concern.trust_id))
        .filter(concern_triages::concern_id.eq(concern.id))
        .filter(concern_triages::recorded_at.le(at))
        .filter(concern_triages::number.gt(after))
        .order(concern_triages::number)
        .limit(rows)
        .select(TriageRow::as_select())
        .load(conn)?)
}

/// How many triages of a concern were known at a moment.
pub fn count_triages(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<i64> {
    Ok(concern_triages::table
        .filter(concern_triages::trust_id.eq(concern.trust_id))
        .filter(concern_triages::concern_id.eq(concern.id))
        .filter(concern_triages::recorded_at.le(at))
        .count()
        .get_result(conn)?)
}

/// One triage.
pub fn triage(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<TriageRow> {
    Ok(concern_triages::table
        .find((concern.trust_id, id))
        .filter(concern_triages::concern_id.eq(concern.id))
        .select(TriageRow::as_select())
        .first(conn)?)
}

/// The number of the newest triage; 0 where there is none.
pub fn last_triage(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<i32> {
    let last: Option<i32> = concern_triages::table
        .filter(concern_triages::trust_id.eq(concern.trust_id))
        .filter(concern_triages::concern_id.eq(concern.id))
        .select(diesel::dsl::max(concern_triages::number))
        .first(conn)?;
    Ok(last.unwrap_or_default())
}

/// Stores a triage, which takes the place of the one before.
pub fn insert_triage(conn: &mut Conn, row: &TriageRow) -> ApiResult<()> {
    diesel::update(concern_triages::table)
        .filter(concern_triages::trust_id.eq(row.trust_id))
        .filter(concern_triages::concern_id.eq(row.concern_id))
        .filter(concern_triages::superseded_at.is_null())
        .set(concern_triages::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    diesel::insert_into(concern_triages::table).values(row).execute(conn)?;
    Ok(())
}

/// What the reporter added to a concern, as known at a moment, the oldest first.
pub fn addenda(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<Vec<NoteRow>> {
    Ok(concern_notes::table
        .filter(concern_notes::trust_id.eq(concern.trust_id))
        .filter(concern_notes::concern_id.eq(concern.id))
        .filter(concern_notes::kind.eq(ConcernNoteKind::Addendum))
        .filter(concern_notes::recorded_at.le(at))
        .order(concern_notes::id)
        .select(NoteRow::as_select())
        .load(conn)?)
}

/// What the team had made of a concern at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub state: ConcernState,
    pub severity: Option<ConcernSeverity>,
    pub school_view_level: Option<i16>,
    pub monitor: bool,
}

/// What the team has made of a concern.
pub fn judged(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Judged> {
    judged_at(conn, concern, end_of_time())
}

/// What the team had made of a concern at a moment, from what was known then. What was done before it was reopened is on
/// record, but nobody has looked at what it was reopened for.
pub fn judged_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<Judged> {
    let round = super::round_at(conn, concern, at)?;
    let triage: Option<(ConcernSeverity, Option<i16>, bool)> = concern_triages::table
        .filter(concern_triages::trust_id.eq(concern.trust_id))
        .filter(concern_triages::concern_id.eq(concern.id))
        .filter(concern_triages::round.eq(round))
        .filter(concern_triages::recorded_at.le(at))
        .order(concern_triages::number.desc())
        .select((concern_triages::severity, concern_triages::school_view_level, concern_triages::monitor))
        .first(conn)
        .optional()?;
    let done = WorkDone {
        has_triage: triage.is_some(),
        has_action_or_no_action: super::has_action_or_no_action(conn, concern, round, at)?,
        is_proposed: super::is_proposed_at(conn, concern, at)?,
        is_closed: super::closure_at(conn, concern, at)?.is_some(),
    };
    let (severity, school_view_level, monitor) =
        triage.map_or((None, None, false), |(severity, level, monitor)| (Some(severity), level, monitor));
    Ok(Judged { state: rules::state(done), severity, school_view_level, monitor })
}
