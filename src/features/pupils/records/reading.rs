//! How records are read: one, a page of them, its versions, and what belongs to it.

use std::collections::HashMap;

use super::super::case::PupilKey;
use super::super::matches;
use super::shown::Way;
use super::sight::Sight;
use super::store::{self, Asked, Behind, RecordDue, RecordRow};
use super::{RecordBody, RecordClass, TABLE};
use crate::access::versions::end_of_time;
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A record with its text.
pub type Opened<B> = (RecordRow, B);

/// A record that the caller sees, and how.
pub struct Reached {
    pub row: RecordRow,
    pub sight: Sight,
    way: Way,
}

impl Reached {
    /// Whether the caller sees what they submitted, as they submitted it, and nothing else.
    pub fn is_own(&self) -> bool {
        self.way == Way::Own
    }

    /// Up to when the caller knows what hangs on it.
    fn until(&self, as_of: Option<Timestamp>) -> Timestamp {
        let former = self.sight.former.as_ref().map(|former| former.until);
        let own = self.is_own().then_some(self.row.recorded_at);
        former.into_iter().chain(own).chain(as_of).min().unwrap_or_else(end_of_time)
    }

    fn behind<'s>(&'s self, scope: &'s Scope, as_of: Option<Timestamp>) -> Behind<'s> {
        let (record, parent) = (Some(self.row.id), None);
        Behind { scope, sight: &self.sight, way: self.way, record, parent, until: self.until(as_of) }
    }

    /// What belongs to it.
    fn entries<'s>(&'s self, scope: &'s Scope, as_of: Option<Timestamp>) -> Behind<'s> {
        Behind { record: None, parent: Some(self.row.id), ..self.behind(scope, as_of) }
    }
}

/// One record that the caller sees; 404 otherwise. Whether they see it is judged by what holds now, also of what it was;
/// whoever is named in it sees what they submitted themselves.
pub fn find<B: RecordBody>(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<Reached> {
    let pupil = store::pupil_of(conn, scope.trust(), id)?;
    let sight = Sight::of(conn, scope, Some(pupil))?;
    let mut asked = Asked { id: Some(id), classes: B::CLASSES, ..Asked::default() };
    let (mut row, way) = store::find(conn, scope, &sight, &asked, None)?;
    if as_of.is_some() {
        asked.as_of = as_of;
        row = store::find(conn, scope, &sight, &asked, Some(way))?.0;
    }
    Ok(Reached { row, sight, way })
}

/// The same with its text.
pub fn get<B: RecordBody>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<Opened<B>> {
    let found = find::<B>(conn, scope, id, as_of)?;
    opened(conn, vault, vec![found.row])?.pop().ok_or_else(ApiError::not_found)
}

/// The first version of a record, for whoever recorded it: what a repeated request is answered with, too.
pub fn as_begun<B: RecordBody>(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<Opened<B>> {
    let row = store::first_version(tx.conn, scope, id)?;
    opened(tx.conn, tx.vault, vec![row])?.pop().ok_or_else(ApiError::not_found)
}

/// A page of the records that are asked for, the oldest first.
pub fn list<B: RecordBody>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    asked: Asked,
    paging: &Paging,
) -> ApiResult<Page<Opened<B>>> {
    let pupil = asked.pupil.map(|id| matches::present(conn, scope.trust(), id)).transpose()?;
    let asked = Asked { pupil, ..asked };
    let sight = Sight::of(conn, scope, pupil)?;
    let rows = store::list(conn, scope, &sight, &asked, paging.after_id()?, paging.rows())?;
    let count = paging.wants_count().then(|| store::count(conn, scope, &sight, &asked)).transpose()?;
    let rows = opened(conn, vault, rows)?;
    Ok(paging.page(rows, |(row, _)| Cursor::id(row.id), |row| row).with_count(count))
}

/// A page of the versions of a record, the first one first.
pub fn list_versions<B: RecordBody>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<Opened<B>>> {
    let found = find::<B>(conn, scope, id, None)?;
    let which = found.behind(scope, None);
    let after = i32::try_from(paging.after_number()?.unwrap_or_default()).unwrap_or(i32::MAX);
    let rows = store::list_behind(conn, which, (None, after), paging.rows())?;
    let count = paging.wants_count().then(|| store::count_behind(conn, which)).transpose()?;
    let rows = opened(conn, vault, rows)?;
    Ok(paging.page(rows, |(row, _)| Cursor::number(row.number.into()), |row| row).with_count(count))
}

/// A page of what belongs to a record of the class of `P`, the oldest first.
pub fn list_entries<P: RecordBody, B: RecordBody>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (parent, as_of): (Id, Option<Timestamp>),
    paging: &Paging,
) -> ApiResult<Page<Opened<B>>> {
    let found = find::<P>(conn, scope, parent, as_of)?;
    let which = found.entries(scope, as_of);
    let rows = store::list_behind(conn, which, (paging.after_id()?, 0), paging.rows())?;
    let count = paging.wants_count().then(|| store::count_behind(conn, which)).transpose()?;
    let rows = opened(conn, vault, rows)?;
    Ok(paging.page(rows, |(row, _)| Cursor::id(row.id), |row| row).with_count(count))
}

/// One entry of a record of the class of `P`.
pub fn get_entry<P: RecordBody, B: RecordBody>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (parent, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<Opened<B>> {
    let row = find_entry::<P>(conn, scope, (parent, id), as_of)?;
    opened(conn, vault, vec![row])?.pop().ok_or_else(ApiError::not_found)
}

/// The same without its text.
pub fn find_entry<P: RecordBody>(
    conn: &mut Conn,
    scope: &Scope,
    (parent, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<RecordRow> {
    let found = find::<P>(conn, scope, parent, as_of)?;
    let all = Behind { record: Some(id), ..found.entries(scope, as_of) };
    let mut rows = store::list_behind(conn, all, (None, 0), i64::from(i32::MAX))?;
    rows.retain(|row| row.parent_id == Some(parent));
    rows.pop().ok_or_else(ApiError::not_found)
}

/// The records about a pupil that stand, as far as the caller sees them, for the chronology.
pub fn of_pupil(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    classes: &'static [RecordClass],
) -> ApiResult<Vec<RecordRow>> {
    let sight = Sight::of(conn, scope, Some(pupil))?;
    let asked = Asked { pupil: Some(pupil), classes, ..Asked::default() };
    let mut rows = store::list(conn, scope, &sight, &asked, None, i64::from(i32::MAX))?;
    rows.retain(|row| !row.withdrawn);
    Ok(rows)
}

/// What is due of the records that are asked for, of those that the caller sees.
pub fn due(conn: &mut Conn, scope: &Scope, asked: Asked) -> ApiResult<Vec<RecordDue>> {
    let sight = Sight::of(conn, scope, None)?;
    let asked = Asked { open_only: true, ..asked };
    let rows = store::due(conn, scope, &sight, &asked, MOST_DUE)?;
    let due = |(row, way): (RecordRow, Way)| RecordDue {
        id: row.id,
        school_id: row.school_id,
        pupil_id: row.pupil_id,
        family_id: row.family_id,
        concern_id: row.concern_id,
        owner_id: row.owner_id,
        due_on: row.due_on,
        is_routed: way == Way::Routed,
    };
    Ok(rows.into_iter().map(due).collect())
}

/// What a list of deadlines or tasks looks at of one class and way: what is due first.
const MOST_DUE: i64 = 2_000;

/// Opens the text of records, each under the key of its pupil. Where that key was destroyed the record is gone with it.
fn opened<B: RecordBody>(conn: &mut Conn, vault: &Vault, rows: Vec<RecordRow>) -> ApiResult<Vec<Opened<B>>> {
    let mut keys: HashMap<Id, PupilKey> = HashMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let key = match keys.remove(&row.pupil_id) {
            Some(key) => key,
            None => match PupilKey::open(vault, conn, row.trust_id, row.pupil_id)? {
                Some(key) => key,
                None => continue,
            },
        };
        let body = key.unseal(TABLE, row.id, &row.body)?;
        keys.insert(row.pupil_id, key);
        out.push((row, body));
    }
    Ok(out)
}

/// Whether a day on which something is due has passed.
pub fn is_overdue(row: &RecordRow, today: Date) -> bool {
    row.ended_on.is_none() && !row.withdrawn && row.due_on.is_some_and(|due| due < today)
}
