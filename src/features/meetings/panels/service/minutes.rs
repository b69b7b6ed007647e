//! Minutes: entries in versions.

use super::super::dto::{PanelMinutesCorrection, PanelMinutesCreate, PanelMinutesView};
use super::super::store::{self, MinutesBody, MinutesRow, PanelRow};
use super::keys::Keys;
use super::panels::{self, Made};
use super::records;
use crate::access::versions::{self, InVersions};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Adds an entry to the minutes.
pub fn record_minutes(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: Id,
    if_match: &IfMatch,
    input: PanelMinutesCreate,
) -> ApiResult<Made<PanelMinutesView>> {
    let (panel, made) = panels::claim(tx, scope, panel, if_match, input.concern_id)?;
    if let Some(id) = made {
        return again(tx, scope, &panel, id);
    }
    let keys = Keys::named(tx, scope, &panel, input.concern_id)?;
    let id = tx.new_id();
    let body = MinutesBody { text: input.text, correction_reason: None };
    let row = MinutesRow {
        trust_id: panel.trust_id,
        id,
        panel_id: panel.id,
        concern_id: input.concern_id,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: keys.seal(MinutesRow::TABLE, input.concern_id, id, &body)?,
        number: 1,
        superseded_at: None,
    };
    row.insert(tx.conn)?;
    records::finish(tx, &panel, "panel.minuted", id, &body)?;
    Ok(Made { id, view: view(&keys, row)?, version: panel.version })
}

/// Records a corrected version of an entry that the caller may read.
pub fn correct_minutes(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (panel, entry): (Id, Id),
    if_match: &IfMatch,
    input: PanelMinutesCorrection,
) -> ApiResult<Made<PanelMinutesView>> {
    let (_, keys, old) = open(tx.conn, tx.vault, scope, panel, entry)?;
    let (panel, made) = panels::claim(tx, scope, panel, if_match, old.concern_id)?;
    if let Some(id) = made {
        return again(tx, scope, &panel, id);
    }
    let body = MinutesBody { text: input.text, correction_reason: Some(input.reason) };
    let sealed = keys.seal(MinutesRow::TABLE, old.concern_id, entry, &body)?;
    let row = old.next(scope.person(), tx.now(), sealed);
    row.replace(tx.conn)?;
    records::finish(tx, &panel, "panel.minutes-corrected", entry, &body)?;
    Ok(Made { id: entry, view: view(&keys, row)?, version: panel.version })
}

/// One entry, in the version that holds.
pub fn get_minutes(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    entry: Id,
) -> ApiResult<PanelMinutesView> {
    let (_, keys, row) = open(conn, vault, scope, panel, entry)?;
    view(&keys, row)
}

/// A page of the minutes that the caller may read, as they stood at a moment, the oldest entry first.
pub fn list_minutes(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<PanelMinutesView>> {
    let panel = store::load(conn, scope, panel)?;
    let mut rows: Vec<MinutesRow> = records::at(conn, &panel, as_of)?;
    let keys = Keys::open(vault, conn, scope, &panel, rows.iter().filter_map(|row| row.concern_id))?;
    rows.retain(|row| keys.sees(row.concern_id));
    records::page(rows, paging, |row| view(&keys, row))
}

/// A page of the versions of an entry.
pub fn minutes_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (panel, entry): (Id, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<PanelMinutesView>> {
    let (panel, keys, _) = open(conn, vault, scope, panel, entry)?;
    versions::page_of_versions(conn, (&panel, entry), as_of, paging, |row| view(&keys, row))
}

/// An entry that the caller may read, with its panel and the keys to it.
fn open(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    entry: Id,
) -> ApiResult<(PanelRow, Keys, MinutesRow)> {
    let panel = store::load(conn, scope, panel)?;
    let row = MinutesRow::newest(conn, &panel, entry)?;
    let keys = Keys::open(vault, conn, scope, &panel, row.concern_id.into_iter())?;
    if keys.sees(row.concern_id) { Ok((panel, keys, row)) } else { Err(ApiError::not_found()) }
}

fn again(tx: &mut Tx<'_>, scope: &Scope, panel: &PanelRow, id: Id) -> ApiResult<Made<PanelMinutesView>> {
    let view = get_minutes(tx.conn, tx.vault, scope, panel.id, id)?;
    Ok(Made { id, view, version: panel.version })
}

fn view(keys: &Keys, row: MinutesRow) -> ApiResult<PanelMinutesView> {
    let body: MinutesBody = keys.unseal(MinutesRow::TABLE, row.concern_id, row.id, &row.body)?;
    Ok(PanelMinutesView {
        id: row.id,
        number: row.number,
        concern_id: row.concern_id,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        text: body.text,
        correction_reason: body.correction_reason,
    })
}
