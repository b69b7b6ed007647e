//! Reading what a window shows.

use super::super::case::{self, PupilKey, Sight, Window};
use super::super::matches;
use super::{CaseRecord, Wanted};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A version with its text.
pub struct Opened<R: CaseRecord> {
    pub row: R,
    pub body: R::Body,
}

/// The records that a window shows, each in the newest version that it shows of those recorded by a moment; now, where none
/// is named.
pub fn held<R: CaseRecord>(conn: &mut Conn, window: &Window, at: Option<Timestamp>) -> ApiResult<Vec<R>> {
    let pupils = [window.pupil];
    let wanted =
        Wanted { pupils: Some(&pupils), schools: window.schools(), until: at, ..Wanted::of(window.trust) };
    Ok(newest(R::load(conn, &wanted)?))
}

/// Those that were not withdrawn, as they are now.
pub fn standing<R: CaseRecord>(conn: &mut Conn, window: &Window) -> ApiResult<Vec<R>> {
    let mut rows = held::<R>(conn, window, None)?;
    rows.retain(|row| !row.head().withdrawn);
    Ok(rows)
}

/// The last version of each record, of versions in their order.
pub fn newest<R: CaseRecord>(rows: Vec<R>) -> Vec<R> {
    let mut out: Vec<R> = Vec::new();
    for row in rows {
        match out.last_mut() {
            Some(last) if last.head().id == row.head().id => *last = row,
            _ => out.push(row),
        }
    }
    out
}

/// The records of several pupils, each in its newest version.
pub fn newest_of_pupils<R: CaseRecord>(conn: &mut Conn, trust: Id, mut pupils: Vec<Id>) -> ApiResult<Vec<R>> {
    pupils.sort_unstable();
    pupils.dedup();
    let mut found = Vec::new();
    for some in pupils.chunks(500) {
        found.extend(newest(R::load(conn, &Wanted { pupils: Some(some), ..Wanted::of(trust) })?));
    }
    Ok(found)
}

/// One record; 404 where the window does not show it.
pub fn one<R: CaseRecord>(conn: &mut Conn, window: &Window, id: Id, at: Option<Timestamp>) -> ApiResult<R> {
    let mut rows = held::<R>(conn, window, at)?;
    rows.retain(|row| row.head().id == id);
    rows.pop().ok_or_else(ApiError::not_found)
}

impl<R: CaseRecord> Opened<R> {
    /// Opens a version.
    pub fn open(conn: &mut Conn, vault: &Vault, row: R) -> ApiResult<Self> {
        let head = row.head();
        let key = PupilKey::open(vault, conn, head.trust, head.pupil)?;
        Self::open_with(key.as_ref(), row)
    }

    /// The same with the pupil's key.
    pub fn open_with(key: Option<&PupilKey>, row: R) -> ApiResult<Self> {
        let key = key.ok_or_else(|| ApiError::internal("a pupil's record without its key"))?;
        let body = key.unseal(R::TABLE, row.head().id, row.body())?;
        Ok(Self { row, body })
    }
}

/// A page of some of the records, the oldest first.
pub fn page<R: CaseRecord, V>(
    conn: &mut Conn,
    vault: &Vault,
    window: &Window,
    mut rows: Vec<R>,
    paging: &Paging,
    view: impl FnMut(Opened<R>) -> V,
) -> ApiResult<Page<V>> {
    let count = paging.wants_count().then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
    if let Some(after) = paging.after_id()? {
        rows.retain(|row| row.head().id > after);
    }
    rows.truncate(paging.limit() + 1);
    let key = PupilKey::open(vault, conn, window.trust, window.pupil)?;
    let opened: Vec<Opened<R>> =
        rows.into_iter().map(|row| Opened::open_with(key.as_ref(), row)).collect::<ApiResult<_>>()?;
    Ok(paging.page(opened, |one| Cursor::id(one.row.head().id), view).with_count(count))
}

/// One record of a pupil whom the caller knows, as it is or as it was known at a moment.
pub fn get<R: CaseRecord>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (pupil, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<Opened<R>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let row = one(conn, &window, id, as_of)?;
    Opened::open(conn, vault, row)
}

/// A page of the records of a pupil whom the caller knows, of those that a filter takes, the oldest first.
pub fn list<R: CaseRecord, V>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (pupil, as_of): (Id, Option<Timestamp>),
    paging: &Paging,
    takes: impl FnMut(&R) -> bool,
    view: impl FnMut(Opened<R>) -> V,
) -> ApiResult<Page<V>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let mut rows: Vec<R> = held(conn, &window, as_of)?;
    rows.retain(takes);
    page(conn, vault, &window, rows, paging, view)
}

/// All of a pupil's case: for a school that has the child, for what the service keeps by itself, and for whoever made
/// something in it and asks again.
pub const fn whole(trust: Id, pupil: Id) -> Window {
    Window { trust, pupil, sight: Sight::Whole }
}
