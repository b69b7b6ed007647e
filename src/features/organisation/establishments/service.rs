//! Use cases of the register. It belongs to no trust, so its queries take no scope: everybody reads all of it.

use super::dto::{EstablishmentFilter, EstablishmentView, Postcode};
use super::store::{self, EstablishmentRow};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::text::Name;

/// One establishment.
pub fn get(conn: &mut Conn, urn: i32) -> ApiResult<EstablishmentRow> {
    in_register(conn, urn)?.ok_or_else(ApiError::not_found)
}

/// The establishment of a URN, where the register has it.
pub fn in_register(conn: &mut Conn, urn: i32) -> ApiResult<Option<EstablishmentRow>> {
    store::find(conn, urn)
}

/// The establishments of these URNs that the register has, at most as many as one statement takes.
pub fn in_register_all(conn: &mut Conn, urns: &[i32]) -> ApiResult<Vec<EstablishmentRow>> {
    store::find_all(conn, urns)
}

/// Stores new and changed establishments, at most as many as one statement takes.
pub fn store_all(conn: &mut Conn, rows: &[EstablishmentRow]) -> ApiResult<()> {
    store::upsert(conn, rows)
}

/// The register's spelling where it is a postcode; other words stay as they are.
pub fn postcode(text: &str) -> Result<Option<String>, String> {
    match Postcode::parse(text) {
        Some(Postcode::Whole(postcode)) => Ok(Some(postcode)),
        _ if text.is_empty() => Ok(None),
        _ => Name::<20>::new(text).map(|name| Some(name.into_string())),
    }
}

/// A page of establishments.
pub fn list(
    conn: &mut Conn,
    filter: &EstablishmentFilter,
    paging: &Paging,
) -> ApiResult<Page<EstablishmentView>> {
    let rows = store::list(conn, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, filter)).transpose()?;
    let key = |row: &EstablishmentRow| Cursor::name_and_number(&row.name_folded, i64::from(row.urn));
    Ok(paging.page(rows, key, EstablishmentView::from).with_count(count))
}
