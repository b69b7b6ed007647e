//! Notes and the other entries of the work, as far as reading a concern needs them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{Severity, State};
use super::super::rules::{self, WorkDone};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_actions, concern_decisions, concern_notes, concern_triages};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

crate::words! {
    /// What an entry among the notes is.
    pub enum NoteKind {
        /// A note of the safeguarding team.
        Note = "note",
        /// Something that the reporter added.
        Addendum = "addendum",
    }
}

/// A version of a note as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_notes, check_for_backend(crate::db::Backend))]
pub struct NoteRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub kind: NoteKind,
    pub author_id: Option<Id>,
    pub happened_at: Timestamp,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a note.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoteBody {
    pub text: Text<10000>,
    /// Why the version before was corrected; none in the first.
    pub reason: Option<Text<2000>>,
}

/// What the reporter added to a concern, as known at a moment, the oldest first.
pub fn addenda(conn: &mut Conn, trust: Id, concern: Id, at: Timestamp) -> ApiResult<Vec<NoteRow>> {
    Ok(concern_notes::table
        .filter(concern_notes::trust_id.eq(trust))
        .filter(concern_notes::concern_id.eq(concern))
        .filter(concern_notes::kind.eq(NoteKind::Addendum))
        .filter(concern_notes::recorded_at.le(at))
        .filter(
            concern_notes::superseded_at.is_null().or(concern_notes::superseded_at.gt(at).assume_not_null()),
        )
        .order(concern_notes::id)
        .select(NoteRow::as_select())
        .load(conn)?)
}

/// The newest notes and addenda of several concerns.
pub fn notes_of(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<NoteRow>> {
    Ok(concern_notes::table
        .filter(concern_notes::trust_id.eq(trust))
        .filter(concern_notes::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_notes::superseded_at.is_null())
        .select(NoteRow::as_select())
        .load(conn)?)
}

/// What the team had made of a concern at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub state: State,
    pub severity: Option<Severity>,
    pub school_view_level: Option<i16>,
    pub monitor: bool,
}

/// What the team had made of a concern at a moment, from what was known then.
pub fn judged_at(conn: &mut Conn, trust: Id, concern: Id, at: Timestamp) -> ApiResult<Judged> {
    let triage: Option<(Severity, Option<i16>, bool)> = concern_triages::table
        .filter(concern_triages::trust_id.eq(trust))
        .filter(concern_triages::concern_id.eq(concern))
        .filter(concern_triages::recorded_at.le(at))
        .order(concern_triages::number.desc())
        .select((concern_triages::severity, concern_triages::school_view_level, concern_triages::monitor))
        .first(conn)
        .optional()?;
    let done = WorkDone {
        has_triage: triage.is_some(),
        has_action_or_no_action: has_action(conn, trust, concern, at)?
            || has_no_action(conn, trust, concern, at)?,
    };
    let (severity, school_view_level, monitor) =
        triage.map_or((None, None, false), |(severity, level, monitor)| (Some(severity), level, monitor));
    Ok(Judged { state: rules::state(done), severity, school_view_level, monitor })
}

fn has_action(conn: &mut Conn, trust: Id, concern: Id, at: Timestamp) -> ApiResult<bool> {
    let known: Option<Id> = concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::concern_id.eq(concern))
        .filter(concern_actions::recorded_at.le(at))
        .select(concern_actions::id)
        .first(conn)
        .optional()?;
    Ok(known.is_some())
}

fn has_no_action(conn: &mut Conn, trust: Id, concern: Id, at: Timestamp) -> ApiResult<bool> {
    let known: Option<Id> = concern_decisions::table
        .filter(concern_decisions::trust_id.eq(trust))
        .filter(concern_decisions::concern_id.eq(concern))
        .filter(concern_decisions::kind.eq("no_action"))
        .filter(concern_decisions::recorded_at.le(at))
        .filter(
            concern_decisions::superseded_at
                .is_null()
                .or(concern_decisions::superseded_at.gt(at).assume_not_null()),
        )
        .select(concern_decisions::id)
        .first(conn)
        .optional()?;
    Ok(known.is_some())
}
