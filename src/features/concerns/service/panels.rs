//! What panels do with concerns: which stand open, who is asked, and the lock under which an answer is given.

use std::collections::{BTreeMap, BTreeSet};

use super::super::content::CaseKey;
use super::super::dto::{ConcernLog, ConcernState, ConcernSummary};
use super::super::store::{self, ConcernRow, Found};
pub use super::case::check_day;
use super::{case, deputies, read, receivers};
use crate::access::visible::FieldSet;
use crate::access::{Action, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// A concern of a school as a panel finds it, whoever asks: what is shown of it is for the panel to decide.
#[derive(Clone, Debug)]
pub struct OnAgenda {
    row: ConcernRow,
}

impl OnAgenda {
    /// The concern.
    pub const fn id(&self) -> Id {
        self.row.id
    }

    /// Its version.
    pub const fn version(&self) -> i64 {
        self.row.version
    }

    /// Its round.
    pub const fn round(&self) -> i32 {
        self.row.round
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.row.state != ConcernState::Closed
    }

    /// Whether it stands in the restricted log.
    pub fn is_restricted(&self) -> bool {
        self.row.log == ConcernLog::Restricted
    }

    /// Its school.
    pub const fn school(&self) -> Id {
        self.row.school_id
    }

    /// Who has a conflict of interest in it.
    pub fn linked(&self, conn: &mut Conn) -> ApiResult<BTreeSet<Id>> {
        receivers::linked(conn, &self.row)
    }

    /// Who stands in for the trust lead in it.
    pub fn deputy(&self, conn: &mut Conn, scope: &Scope) -> ApiResult<Option<Id>> {
        deputies::stands_in(conn, scope, &self.row)
    }

    /// Its key, for text about it that a panel keeps.
    pub fn key(&self, conn: &mut Conn, vault: &Vault) -> ApiResult<CaseKey> {
        CaseKey::open(vault, conn, &self.row)
    }
}

/// The open concerns of a school, in both logs.
pub fn open_at(conn: &mut Conn, trust: Id, school: Id) -> ApiResult<Vec<Id>> {
    store::open_at(conn, trust, school)
}

/// Concerns of a panel's agenda, in the order of their identifiers.
pub fn on_agenda(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<OnAgenda>> {
    let mut rows = Vec::new();
    for some in ids.chunks(500) {
        rows.extend(store::by_ids(conn, trust, some)?);
    }
    rows.sort_by_key(|row| row.id);
    Ok(rows.into_iter().map(|row| OnAgenda { row }).collect())
}

/// Those of several concerns that the caller sees in full, in short form.
pub fn seen_in_full(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<BTreeMap<Id, ConcernSummary>> {
    let reading = scope.under(Action::ConcernRead)?;
    let mut seen = BTreeMap::new();
    for some in ids.chunks(500) {
        let found: Vec<Found> = store::in_full(conn, &reading, some)?
            .into_iter()
            .map(|row| Found { account: row.account_number, row, fields: FieldSet::Full })
            .collect();
        let summaries = read::summaries(conn, &reading, &found)?;
        seen.extend(summaries.into_iter().map(|summary| (summary.id, summary)));
    }
    Ok(seen)
}

/// A concern that the caller sees in full; none otherwise.
pub fn seen(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Option<OnAgenda>> {
    let reading = scope.under(Action::ConcernRead)?;
    Ok(store::in_full(conn, &reading, &[id])?.into_iter().next().map(|row| OnAgenda { row }))
}

/// Those of several concerns that the caller sees in full.
pub fn whole(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let Ok(reading) = scope.under(Action::ConcernRead) else { return Ok(BTreeSet::new()) };
    let mut whole = BTreeSet::new();
    for some in ids.chunks(500) {
        whole.extend(store::in_full(conn, &reading, some)?.into_iter().map(|row| row.id));
    }
    Ok(whole)
}

/// Whether a person has a conflict of interest in a concern.
pub fn is_linked(conn: &mut Conn, trust: Id, concern: Id, person: Id) -> ApiResult<bool> {
    store::is_linked(conn, trust, concern, person)
}

/// Locks a concern for an answer about it: it has the next version from here on. None where there is no such concern.
pub fn lock_for_answer(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<Option<OnAgenda>> {
    let Some(row) = store::by_ids(tx.conn, scope.trust(), &[id])?.into_iter().next() else { return Ok(None) };
    Ok(Some(OnAgenda { row: store::lock(tx.conn, &row)? }))
}

/// Refuses an answer about a closed concern, or by somebody who has not seen what was recorded since: the version before
/// the lock is the newest that anybody can have seen.
pub fn check_seen(concern: &OnAgenda, version: i64) -> ApiResult<()> {
    if !(concern.row.content_version..concern.row.version).contains(&version) {
        return Err(ApiError::of(Code::VersionStale));
    }
    if concern.is_open() { Ok(()) } else { Err(ApiError::of(Code::ConcernClosed)) }
}

/// Stores what an answer makes of a concern that was locked for it.
pub fn settle_answer(tx: &mut Tx<'_>, concern: OnAgenda) -> ApiResult<()> {
    let row = case::rejudged(tx, concern.row)?;
    store::update(tx.conn, &row)
}
