//! Reading statuses.

use std::collections::HashMap;

use super::super::case::{self, PupilKey, Window};
use super::super::{external_decisions, matches};
use super::dto::{StatusFilter, StatusView};
use super::rules::{self, Act, Ground};
use super::store::{self, StatusRow};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// The table, as sealed text is bound to it.
pub const TABLE: &str = "pupil_statuses";

/// The decisions about a pupil that stand, by their identifier.
pub type Grounds = HashMap<Id, Ground>;

/// One status, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (pupil, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<StatusView> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let at = as_of.unwrap_or(scope.now());
    let row = store::get(conn, &window, id, at)?;
    view(conn, vault, row, at)
}

/// A page of a pupil's statuses, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &StatusFilter,
    paging: &Paging,
) -> ApiResult<Page<StatusView>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let at = filter.as_of.unwrap_or(scope.now());
    let rows = store::list(conn, &window, filter, at, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, &window, filter, at)).transpose()?;
    let grounds = grounds(conn, window.trust, pupil, at)?;
    let key = PupilKey::open(vault, conn, window.trust, pupil)?;
    let views =
        rows.into_iter().map(|row| shown(key.as_ref(), row, &grounds)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The statuses of a pupil that a window shows, as they hold now.
pub fn current_rows(conn: &mut Conn, window: &Window) -> ApiResult<Vec<StatusRow>> {
    let mut rows = store::current(conn, window.trust, &[window.pupil])?;
    rows.retain(|row| window.schools().is_none_or(|schools| schools.contains(&row.school_id)));
    Ok(rows)
}

/// The decisions about a pupil that stood at a moment.
pub fn grounds(conn: &mut Conn, trust: Id, pupil: Id, at: Timestamp) -> ApiResult<Grounds> {
    let rows = external_decisions::standing(conn, trust, &[pupil], at)?;
    Ok(rows.into_iter().map(|row| (row.id, row.ground())).collect())
}

/// Whether every decision that a status needs stands and carries it.
pub fn is_recorded(row: &StatusRow, grounds: &Grounds) -> bool {
    let of = |id: Option<Id>| id.and_then(|id| grounds.get(&id).copied());
    let begun = rules::refusal(row.kind, Act::Begin(row.starts_on), of(row.start_decision_id)).is_none();
    let ended = row
        .ends_on
        .is_none_or(|last| rules::refusal(row.kind, Act::End(last), of(row.end_decision_id)).is_none());
    begun && ended
}

/// The view of a version, as the decisions stood at a moment.
pub fn view(conn: &mut Conn, vault: &Vault, row: StatusRow, at: Timestamp) -> ApiResult<StatusView> {
    let grounds = grounds(conn, row.trust_id, row.pupil_id, at)?;
    let key = PupilKey::open(vault, conn, row.trust_id, row.pupil_id)?;
    shown(key.as_ref(), row, &grounds)
}

fn shown(key: Option<&PupilKey>, row: StatusRow, grounds: &Grounds) -> ApiResult<StatusView> {
    let key = key.ok_or_else(|| ApiError::internal("a pupil's record without its key"))?;
    let body = key.unseal(TABLE, row.id, &row.body)?;
    let recorded = is_recorded(&row, grounds);
    Ok(StatusView::new(row, body, recorded))
}

/// Whether two pupils' statuses could stand in one record: none that cannot go with another one is on the same day.
pub fn go_together(conn: &mut Conn, trust: Id, one: Id, other: Id) -> ApiResult<bool> {
    let theirs = store::current(conn, trust, &[other])?;
    let clashes = |row: &StatusRow| {
        theirs.iter().any(|own| !own.kind.goes_with(row.kind) && own.period().overlaps(row.period()))
    };
    Ok(!store::current(conn, trust, &[one])?.iter().any(clashes))
}
