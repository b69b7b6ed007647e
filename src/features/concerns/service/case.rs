//! One concern while somebody works on it: found in scope, its key open, its version judged; and what every change
//! leaves behind.

use serde::Serialize;

use super::super::content::{CaseKey, committed};
use super::super::rules;
use super::super::store::{self, ConcernRow};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::IfMatch;
use crate::ids::Id;

/// What a change made, with the version that the concern has now.
#[derive(Clone, Debug)]
pub struct Made<T> {
    pub view: T,
    pub version: i64,
}

/// A concern that is being worked on.
pub struct Case {
    pub row: ConcernRow,
    pub key: CaseKey,
}

/// A concern that the caller sees in full; 404 otherwise.
pub fn open(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<Case> {
    let row = store::load_full(conn, scope, id)?;
    let key = CaseKey::open(vault, conn, &row)?;
    Ok(Case { row, key })
}

/// Begins a change: the concern in scope, then whether this request was carried out before, then its version.
pub fn begin(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<(Case, Option<Id>)> {
    let mut case = open(tx.conn, tx.vault, scope, id)?;
    let made = tx.replayed()?;
    if made.is_none() {
        case.claim(tx, if_match)?;
    }
    Ok((case, made))
}

impl Case {
    /// Judges the version, and takes the next one: of two who change a concern at the same moment one has to wait, and
    /// is then told that it has moved on, before anything else of theirs is stored.
    pub fn claim(&mut self, tx: &mut Tx<'_>, if_match: &IfMatch) -> ApiResult<()> {
        if_match.check_exact(self.row.version)?;
        store::claim(tx.conn, &self.row)?;
        self.row.version += 1;
        Ok(())
    }

    /// Ends a change: what the concern is now follows from what is recorded; the audit entry commits to the content.
    pub fn finish<C: Serialize, T>(
        self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        made: Id,
        content: &C,
        view: T,
    ) -> ApiResult<Made<T>> {
        // What another node has stored counts, though its clock may be ahead of this one's.
        let now = tx.now().max(self.row.updated_at);
        let judged = store::judged_at(tx.conn, &self.row, now)?;
        let row = ConcernRow {
            state: judged.state,
            severity: judged.severity,
            school_view_level: judged.school_view_level,
            monitor: judged.monitor,
            updated_at: now,
            ..self.row
        };
        store::update(tx.conn, &row)?;
        tx.created(made);
        tx.did_with(kind, "concern", row.id, Some(row.school_id), Some(&committed(content)?))?;
        Ok(Made { view, version: row.version })
    }

    /// What a repeated request is answered with.
    pub fn again<T>(&self, view: T) -> Made<T> {
        Made { view, version: self.row.version }
    }
}

/// Refuses a moment at which something cannot have happened.
pub fn check_moment(scope: &Scope, pointer: &'static str, at: Timestamp) -> ApiResult<()> {
    match rules::occurred_fault(at, scope.now()) {
        Some(fault) => Err(ApiError::rule(pointer, "range", fault)),
        None => Ok(()),
    }
}

/// Refuses a day on which something cannot have been done.
pub fn check_day(scope: &Scope, pointer: &'static str, day: Date) -> ApiResult<()> {
    let is_early = Date::ymd(1990, 1, 1).is_some_and(|first| day < first);
    if day > scope.today() || is_early {
        return Err(ApiError::rule(pointer, "range", "must not be in the future or before 1990"));
    }
    Ok(())
}

/// The moment at which a list is read.
pub fn moment(scope: &Scope, as_of: Option<Timestamp>) -> Timestamp {
    as_of.unwrap_or(scope.now())
}
