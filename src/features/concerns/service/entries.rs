//! What notes, actions and decisions have in common: each is recorded, then superseded by its next version, and listed
//! as it stood at a moment, or version by version.

use super::super::store::ConcernRow;
use super::case::{self, Case, Made};
use crate::access::versions::{self, InVersions};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// What a caller is shown of a kind of entry.
pub trait Entry: Sized {
    /// How it is kept.
    type Row: InVersions<Parent = ConcernRow>;

    /// What this caller is shown of a version.
    fn shown(scope: &Scope, concern: &ConcernRow, row: Self::Row, body: Body<Self>) -> Self;
}

/// The text of an entry.
pub type Body<E> = <<E as Entry>::Row as InVersions>::Body;

/// Records a new entry: `make` checks what was given and makes its first version, with the text that it sealed.
pub fn create<E: Entry>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    did: &'static str,
    make: impl FnOnce(&mut Tx<'_>, &Case) -> ApiResult<(E::Row, Body<E>)>,
) -> ApiResult<Made<E>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return replayed::<E>(tx, scope, &case, id);
    }
    let (row, body) = make(tx, &case)?;
    row.insert(tx.conn)?;
    finish(tx, scope, case, did, row, body)
}

/// Records the next version of an entry: `change` checks what was given, and makes of the version that holds what takes
/// its place. Its number, author, moment and sealed text are set here.
pub fn supersede<E: Entry>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (concern, entry): (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    change: impl FnOnce(&mut Tx<'_>, &Case, E::Row, Body<E>) -> ApiResult<(E::Row, Body<E>)>,
) -> ApiResult<Made<E>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = E::Row::newest(tx.conn, &case.row, entry)?;
    if let Some(id) = tx.replayed()? {
        return replayed::<E>(tx, scope, &case, id);
    }
    case.claim(tx, if_match)?;
    supersede_in(tx, scope, case, old, did, change)
}

/// The same in a concern whose next version was taken.
pub fn supersede_in<E: Entry>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    case: Case,
    old: E::Row,
    did: &'static str,
    change: impl FnOnce(&mut Tx<'_>, &Case, E::Row, Body<E>) -> ApiResult<(E::Row, Body<E>)>,
) -> ApiResult<Made<E>> {
    let entry = old.id();
    let before = opened::<E>(&case, &old)?;
    let (row, body) = change(tx, &case, old, before)?;
    let row = row.next(scope.person(), tx.now(), case.key.seal(E::Row::TABLE, entry, &body)?);
    row.replace(tx.conn)?;
    finish(tx, scope, case, did, row, body)
}

/// One entry, in the version that holds.
pub fn get<E: Entry>(conn: &mut Conn, vault: &Vault, scope: &Scope, concern: Id, entry: Id) -> ApiResult<E> {
    let case = case::open(conn, vault, scope, concern)?;
    let row = E::Row::newest(conn, &case.row, entry)?;
    view(scope, &case, row)
}

/// A page of entries as they stood at a moment, the oldest first.
pub fn list<E: Entry>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<E>> {
    let case = case::open(conn, vault, scope, concern)?;
    list_in(conn, scope, &case, as_of, paging)
}

/// The same of a concern that was found in full.
pub fn list_in<E: Entry>(
    conn: &mut Conn,
    scope: &Scope,
    case: &Case,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<E>> {
    let at = case::moment(scope, as_of);
    let rows = E::Row::list_at(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let count = paging.wants_count().then(|| E::Row::count_at(conn, &case.row, at)).transpose()?;
    let views = rows
        .into_iter()
        .map(|row| Ok((row.id(), view::<E>(scope, case, row)?)))
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |(id, _)| Cursor::id(*id), |(_, view)| view).with_count(count))
}

/// A page of the versions of an entry, the first one first; with `as_of`, those that were known at that moment.
pub fn list_versions<E: Entry>(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (concern, entry): (Id, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<E>> {
    let case = case::open(conn, vault, scope, concern)?;
    E::Row::newest(conn, &case.row, entry)?;
    versions::page_of_versions(conn, (&case.row, entry), as_of, paging, |row| view::<E>(scope, &case, row))
}

fn finish<E: Entry>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    case: Case,
    did: &'static str,
    row: E::Row,
    body: Body<E>,
) -> ApiResult<Made<E>> {
    let id = row.id();
    let view = E::shown(scope, &case.row, row, body.clone());
    case.finish(tx, did, id, &body, view)
}

/// What a repeated request is answered with.
pub fn replayed<E: Entry>(tx: &mut Tx<'_>, scope: &Scope, case: &Case, id: Id) -> ApiResult<Made<E>> {
    let row = E::Row::newest(tx.conn, &case.row, id)?;
    Ok(case.again(id, view(scope, case, row)?))
}

/// What a caller is shown of the version that is given.
pub fn view<E: Entry>(scope: &Scope, case: &Case, row: E::Row) -> ApiResult<E> {
    let body = opened::<E>(case, &row)?;
    Ok(E::shown(scope, &case.row, row, body))
}

fn opened<E: Entry>(case: &Case, row: &E::Row) -> ApiResult<Body<E>> {
    case.key.unseal(E::Row::TABLE, row.id(), row.body())
}
