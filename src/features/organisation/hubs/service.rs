//! Use cases of hubs.

use super::dto::{HubCreate, HubPatch, HubView};
use super::store::{self, HubRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One hub.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<HubRow> {
    store::get(conn, scope, id)
}

/// A page of hubs.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<HubView>> {
    let rows = store::list(conn, scope, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), HubView::from).with_count(count))
}

/// Makes a hub.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: HubCreate) -> ApiResult<HubRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    let row = HubRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        name: input.name,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("hub.created", "hub", row.id, None)?;
    Ok(row)
}

/// Changes a hub.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: HubPatch,
) -> ApiResult<HubRow> {
    let old = store::get(tx.conn, scope, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let row = HubRow { name: patch.name.unwrap_or(old.name), ..old };
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    store::update(tx.conn, &row)?;
    tx.did("hub.changed", "hub", id, None)?;
    Ok(row)
}
