//! What happened in concerns, in the order in which it happened: each kind of entry is read by itself, bounded, the
//! newest first. The caller merges.

use diesel::prelude::*;

use super::{
    ActionRow, ClosureRow, DecisionRow, EscalationRow, NoteRow, ReferralRow, ReopeningRow, StampRow, StepRow,
    TriageRow,
};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{
    concern_actions, concern_closures, concern_decisions, concern_escalations, concern_notes,
    concern_referral_steps, concern_referrals, concern_reopenings, concern_scrutiny, concern_triages,
};
use crate::error::ApiResult;
use crate::features::concerns::dto::ConcernNoteKind;
use crate::ids::Id;

/// Which part of a chronology is wanted of one kind of entry.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// Not before this day began.
    pub from: Option<Date>,
    /// Not after this day ended.
    pub to: Option<Date>,
    /// Only what stands below this key.
    pub below: Option<Below>,
    /// Only these.
    pub only: Option<Vec<Id>>,
    /// At most so many.
    pub rows: i64,
}

/// The last key of the page before, as one kind of entry sees it.
#[derive(Clone, Copy, Debug)]
pub struct Below {
    /// When it happened.
    pub at: Timestamp,
    /// Its source.
    pub id: Id,
    /// Whether an entry of this kind at this very moment and with this identifier still stands below the key.
    pub inclusive: bool,
}

impl Slice {
    /// Whether an entry belongs to it.
    pub fn holds(&self, at: Timestamp, id: Id) -> bool {
        let below = self
            .below
            .is_none_or(|key| (at, id) < (key.at, key.id) || (key.inclusive && (at, id) == (key.at, key.id)));
        below
            && self.from.is_none_or(|day| at >= day.begins_at())
            && self.to.is_none_or(|day| at < day.plus_days(1).begins_at())
            && self.only.as_ref().is_none_or(|ids| ids.contains(&id))
    }
}

/// The newest first of what a query on a column of moments gives, within a slice.
macro_rules! by_moment {
    ($conn:expr, $table:ident, $at:ident, $row:ty, $slice:expr, $query:expr) => {{
        let mut query = $query.into_boxed();
        if let Some(day) = $slice.from {
            query = query.filter($table::$at.ge(day.begins_at()));
        }
        if let Some(day) = $slice.to {
            query = query.filter($table::$at.lt(day.plus_days(1).begins_at()));
        }
        if let Some(only) = &$slice.only {
            query = query.filter($table::id.eq_any(only.clone()));
        }
        if let Some(key) = $slice.below {
            query = query.filter($table::$at.le(key.at));
            query = if key.inclusive {
                query.filter($table::$at.lt(key.at).or($table::id.le(key.id)))
            } else {
                query.filter($table::$at.lt(key.at).or($table::id.lt(key.id)))
            };
        }
        let rows: Vec<$row> = query
            .order(($table::$at.desc(), $table::id.desc()))
            .limit($slice.rows)
            .select(<$row>::as_select())
            .load($conn)?;
        rows
    }};
}

/// Triages of these concerns.
pub fn triages_in(conn: &mut Conn, trust: Id, concerns: &[Id], slice: &Slice) -> ApiResult<Vec<TriageRow>> {
    let all = concern_triages::table
        .filter(concern_triages::trust_id.eq(trust))
        .filter(concern_triages::concern_id.eq_any(concerns.to_vec()));
    Ok(by_moment!(conn, concern_triages, recorded_at, TriageRow, slice, all))
}

/// Notes of these concerns, or the reporters' addenda, in the versions that hold.
pub fn notes_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    kind: ConcernNoteKind,
    slice: &Slice,
) -> ApiResult<Vec<NoteRow>> {
    let all = concern_notes::table
        .filter(concern_notes::trust_id.eq(trust))
        .filter(concern_notes::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_notes::superseded_at.is_null())
        .filter(concern_notes::kind.eq(kind));
    Ok(by_moment!(conn, concern_notes, happened_at, NoteRow, slice, all))
}

/// Decisions in these concerns, in the versions that hold.
pub fn decisions_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<DecisionRow>> {
    let all = concern_decisions::table
        .filter(concern_decisions::trust_id.eq(trust))
        .filter(concern_decisions::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_decisions::superseded_at.is_null());
    Ok(by_moment!(conn, concern_decisions, decided_at, DecisionRow, slice, all))
}

/// Stamps of scrutiny on these concerns.
pub fn stamps_in(conn: &mut Conn, trust: Id, concerns: &[Id], slice: &Slice) -> ApiResult<Vec<StampRow>> {
    let all = concern_scrutiny::table
        .filter(concern_scrutiny::trust_id.eq(trust))
        .filter(concern_scrutiny::concern_id.eq_any(concerns.to_vec()));
    Ok(by_moment!(conn, concern_scrutiny, recorded_at, StampRow, slice, all))
}

/// Closures of these concerns.
pub fn closures_in(conn: &mut Conn, trust: Id, concerns: &[Id], slice: &Slice) -> ApiResult<Vec<ClosureRow>> {
    let all = concern_closures::table
        .filter(concern_closures::trust_id.eq(trust))
        .filter(concern_closures::concern_id.eq_any(concerns.to_vec()));
    Ok(by_moment!(conn, concern_closures, closed_at, ClosureRow, slice, all))
}

/// Reopenings of these concerns.
pub fn reopenings_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ReopeningRow>> {
    let all = concern_reopenings::table
        .filter(concern_reopenings::trust_id.eq(trust))
        .filter(concern_reopenings::concern_id.eq_any(concerns.to_vec()));
    Ok(by_moment!(conn, concern_reopenings, recorded_at, ReopeningRow, slice, all))
}

/// Referrals of these concerns, in the versions that hold.
pub fn referrals_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ReferralRow>> {
    let all = concern_referrals::table
        .filter(concern_referrals::trust_id.eq(trust))
        .filter(concern_referrals::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_referrals::superseded_at.is_null());
    Ok(by_moment!(conn, concern_referrals, made_at, ReferralRow, slice, all))
}

/// What became of the referrals of these concerns, in the versions that hold.
pub fn referral_steps_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<StepRow>> {
    let all = concern_referral_steps::table
        .filter(concern_referral_steps::trust_id.eq(trust))
        .filter(concern_referral_steps::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_referral_steps::superseded_at.is_null());
    Ok(by_moment!(conn, concern_referral_steps, happened_at, StepRow, slice, all))
}

/// Escalations of these concerns, in the versions that hold.
pub fn escalations_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<EscalationRow>> {
    let all = concern_escalations::table
        .filter(concern_escalations::trust_id.eq(trust))
        .filter(concern_escalations::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_escalations::superseded_at.is_null());
    Ok(by_moment!(conn, concern_escalations, raised_at, EscalationRow, slice, all))
}

/// Escalations of these concerns that have ended, in the versions that hold.
pub fn escalations_ended_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<EscalationRow>> {
    let all = concern_escalations::table
        .filter(concern_escalations::trust_id.eq(trust))
        .filter(concern_escalations::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_escalations::superseded_at.is_null())
        .filter(concern_escalations::ended_at.is_not_null());
    Ok(by_moment!(conn, concern_escalations, ended_at, EscalationRow, slice, all))
}

/// Actions in these concerns as first recorded: that is when they were set.
pub fn actions_set_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ActionRow>> {
    let all = concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_actions::number.eq(1));
    Ok(by_moment!(conn, concern_actions, recorded_at, ActionRow, slice, all))
}

/// Actions in these concerns that are done, in the versions that hold.
pub fn actions_done_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ActionRow>> {
    let mut query = concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_actions::superseded_at.is_null())
        .filter(concern_actions::done_on.is_not_null())
        .into_boxed();
    if let Some(day) = slice.from {
        query = query.filter(concern_actions::done_on.ge(Some(day)));
    }
    if let Some(day) = slice.to {
        query = query.filter(concern_actions::done_on.le(Some(day)));
    }
    if let Some(only) = &slice.only {
        query = query.filter(concern_actions::id.eq_any(only.clone()));
    }
    if let Some(key) = slice.below {
        // A day stands where it begins.
        let day = key.at.london_date();
        query = query.filter(concern_actions::done_on.le(Some(day)));
        if day.begins_at() == key.at {
            let before = concern_actions::done_on.lt(Some(day));
            query = if key.inclusive {
                query.filter(before.or(concern_actions::id.le(key.id)))
            } else {
                query.filter(before.or(concern_actions::id.lt(key.id)))
            };
        }
    }
    Ok(query
        .order((concern_actions::done_on.desc(), concern_actions::id.desc()))
        .limit(slice.rows)
        .select(ActionRow::as_select())
        .load(conn)?)
}

/// Actions in the versions that hold.
pub fn actions_now(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<ActionRow>> {
    Ok(concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::id.eq_any(ids.to_vec()))
        .filter(concern_actions::superseded_at.is_null())
        .select(ActionRow::as_select())
        .load(conn)?)
}
