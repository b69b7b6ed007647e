//! One concern while somebody works on it: found in scope, its key open, its version judged; and what every change
//! leaves behind.

use serde::Serialize;

use super::super::content::{CaseKey, committed};
use super::super::dto::ConcernState;
use super::super::rules;
use super::super::store::{self, ConcernRow};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;

/// What a change made, with the version that the concern has now.
#[derive(Clone, Debug)]
pub struct Made<T> {
    pub id: Id,
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

/// Begins a change of the case itself: the concern in scope, then whether this request was carried out before, then its
/// version, then whether it is open.
pub fn begin(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<(Case, Option<Id>)> {
    let mut case = open(tx.conn, tx.vault, scope, id)?;
    let made = tx.replayed()?;
    if made.is_none() {
        case.claim(tx, if_match)?;
    }
    Ok((case, made))
}

/// Begins a change beside the case, such as letting somebody in: a closed concern takes it too.
pub fn begin_beside(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
) -> ApiResult<(Case, Option<Id>)> {
    let mut case = open(tx.conn, tx.vault, scope, id)?;
    let made = tx.replayed()?;
    if made.is_none() {
        case.claim_beside(tx, if_match)?;
    }
    Ok((case, made))
}

/// What a change is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The case itself: answers that attendees of a panel gave before lapse.
    Content,
    /// Who may read it, who has seen it, how it was closed.
    Beside,
}

impl Case {
    /// Judges the version, and takes the next one: of two who change a concern at the same moment one has to wait, and
    /// is then told that it has moved on, before anything else of theirs is stored. A closed concern is not changed.
    pub fn claim(&mut self, tx: &mut Tx<'_>, if_match: &IfMatch) -> ApiResult<()> {
        self.claim_beside(tx, if_match)?;
        self.refuse_closed()
    }

    /// The same for what is not of the case itself.
    pub fn claim_beside(&mut self, tx: &mut Tx<'_>, if_match: &IfMatch) -> ApiResult<()> {
        if_match.check_exact(self.row.version)?;
        store::claim(tx.conn, &self.row)?;
        self.row.version += 1;
        Ok(())
    }

    /// Takes the next version for somebody who has seen all of the case itself: stamps of others in between are no
    /// reason to refuse theirs.
    pub fn claim_seen(&mut self, tx: &mut Tx<'_>, if_match: &IfMatch) -> ApiResult<()> {
        if_match.check_exact_since(self.row.content_version, self.row.version)?;
        self.row = store::lock(tx.conn, &self.row)?;
        if_match.check_exact_since(self.row.content_version, self.row.version - 1)?;
        self.refuse_closed()
    }

    /// Takes the next version for somebody who does not know the last one: what they act on has a version of its own.
    pub fn claim_unseen(&mut self, tx: &mut Tx<'_>) -> ApiResult<()> {
        self.row = store::lock(tx.conn, &self.row)?;
        self.refuse_closed()
    }

    fn refuse_closed(&self) -> ApiResult<()> {
        if self.row.state == ConcernState::Closed {
            return Err(ApiError::of(Code::ConcernClosed));
        }
        Ok(())
    }

    /// Ends a change of the case itself: what the concern is now follows from what is recorded; the audit entry commits
    /// to the content.
    pub fn finish<C: Serialize, T>(
        self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        made: Id,
        content: &C,
        view: T,
    ) -> ApiResult<Made<T>> {
        self.settle(tx, Kind::Content, kind, made, content, view)
    }

    /// Ends a change beside the case.
    pub fn finish_beside<C: Serialize, T>(
        self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        made: Id,
        content: &C,
        view: T,
    ) -> ApiResult<Made<T>> {
        self.settle(tx, Kind::Beside, kind, made, content, view)
    }

    fn settle<C: Serialize, T>(
        self,
        tx: &mut Tx<'_>,
        of: Kind,
        kind: &'static str,
        made: Id,
        content: &C,
        view: T,
    ) -> ApiResult<Made<T>> {
        let row = match of {
            Kind::Content => moved(tx, self.row)?,
            Kind::Beside => rejudged(tx, self.row)?,
        };
        store::update(tx.conn, &row)?;
        tx.created(made);
        tx.did_with(kind, "concern", row.id, Some(row.school_id), Some(&committed(content)?))?;
        Ok(Made { id: made, view, version: row.version })
    }

    /// What a repeated request is answered with.
    pub fn again<T>(&self, id: Id, view: T) -> Made<T> {
        Made { id, view, version: self.row.version }
    }
}

/// The row of a concern of which something was recorded: answers lapse, and its state follows from what is there.
pub fn moved(tx: &mut Tx<'_>, row: ConcernRow) -> ApiResult<ConcernRow> {
    let now = tx.now();
    store::lapse_answers(tx.conn, &row, now)?;
    rejudged(tx, ConcernRow { content_version: row.version, ..row })
}

/// The row of a concern as what is recorded makes it. Whoever acted may have asked before what they waited for was
/// done: so all that is recorded counts, not what was up to the moment of the request.
pub fn rejudged(tx: &mut Tx<'_>, row: ConcernRow) -> ApiResult<ConcernRow> {
    let judged = store::judged(tx.conn, &row)?;
    Ok(ConcernRow {
        state: judged.state,
        severity: judged.severity,
        school_view_level: judged.school_view_level,
        monitor: judged.monitor,
        updated_at: tx.now().max(row.updated_at),
        ..row
    })
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
