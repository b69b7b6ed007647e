//! Use cases of the register. It belongs to no trust, so its queries take no scope: everybody reads all of it.

use super::dto::{EstablishmentFilter, EstablishmentView};
use super::store::{self, EstablishmentRow};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};

/// One establishment.
pub fn get(conn: &mut Conn, urn: i32) -> ApiResult<EstablishmentRow> {
    in_register(conn, urn)?.ok_or_else(ApiError::not_found)
}

/// The establishment of a URN, where the register has it.
pub fn in_register(conn: &mut Conn, urn: i32) -> ApiResult<Option<EstablishmentRow>> {
    store::find(conn, urn)
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
