//! Use cases of revocations.

use super::dto::{RevocationCreate, RevocationFilter, RevocationLifting, RevocationView};
use super::store::{self, RevocationRow};
use crate::access::{Scope, Tx, refer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::{concerns, keys, people};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One revocation.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<RevocationRow> {
    store::get(conn, scope, id)
}

/// A page of revocations.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &RevocationFilter,
    paging: &Paging,
) -> ApiResult<Page<RevocationView>> {
    let rows = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), RevocationView::from).with_count(count))
}

/// Shuts out a person or a principal.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: RevocationCreate) -> ApiResult<RevocationRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    if let Some(person) = input.person_id
        && !people::person_exists(tx.conn, scope.trust(), person)?
    {
        return Err(refer::unknown("/person_id"));
    }
    let myself = input.person_id.is_some() && input.person_id == scope.person()
        || input.principal.as_deref() == Some(scope.principal());
    if myself {
        return Err(ApiError::because(Code::StateConflict, "nobody shuts out themselves"));
    }
    let row = RevocationRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: input.person_id,
        principal: input.principal,
        reason: input.reason,
        revoked_by: scope.principal().to_owned(),
        revoked_at: tx.now(),
        lifted_at: None,
        lifted_by: None,
        lifted_reason: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?;
    if let Some(person) = row.person_id {
        concerns::ensure_readers_after(tx, scope, person)?;
    }
    tx.created(row.id);
    tx.did("revocation.created", "revocation", row.id, None)?;
    Ok(row)
}

/// Lets a person or principal in again.
pub fn lift(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: RevocationLifting,
) -> ApiResult<RevocationRow> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    if_match.check(old.version)?;
    if old.lifted_at.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the revocation was lifted"));
    }
    if is_own(tx.conn, scope, &old)? {
        return Err(ApiError::because(Code::StateConflict, "nobody lets themselves in again"));
    }
    let row = RevocationRow {
        lifted_at: Some(tx.now()),
        lifted_by: Some(scope.principal().to_owned()),
        lifted_reason: Some(input.reason),
        version: old.version + 1,
        ..old
    };
    store::update(tx.conn, &row)?;
    if let Some(person) = row.person_id {
        concerns::ensure_readers_after(tx, scope, person)?;
    }
    tx.created(id);
    tx.did("revocation.lifted", "revocation", id, None)?;
    Ok(row)
}

/// Whether a revocation is of the caller: of their person, or of a login or key of that person.
fn is_own(conn: &mut Conn, scope: &Scope, row: &RevocationRow) -> ApiResult<bool> {
    let principal = row.principal.as_deref();
    if principal == Some(scope.principal()) {
        return Ok(true);
    }
    let Some(person) = scope.person() else { return Ok(false) };
    if row.person_id == Some(person) {
        return Ok(true);
    }
    let Some(principal) = principal else { return Ok(false) };
    Ok(keys::owner_of(conn, scope.trust(), principal)? == Some(person)
        || people::principals_of(conn, scope.trust(), person)?.iter().any(|own| own == principal))
}
