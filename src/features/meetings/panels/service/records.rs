//! What attendance, minutes and decisions have in common.

use serde::Serialize;

use super::super::store::PanelRow;
use crate::access::Tx;
use crate::access::versions::{InVersions, end_of_time};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// The entries of a panel as they stood at a moment, or as they are.
pub fn at<R: InVersions<Parent = PanelRow>>(
    conn: &mut Conn,
    panel: &PanelRow,
    as_of: Option<Timestamp>,
) -> ApiResult<Vec<R>> {
    R::list_at(conn, panel, as_of.unwrap_or_else(end_of_time), None, i64::MAX)
}

/// A page of the entries that the caller may read, which come in the order of their identifiers. What they may not read
/// is not counted.
pub fn page<R: InVersions, V>(
    rows: Vec<R>,
    paging: &Paging,
    view: impl Fn(R) -> ApiResult<V>,
) -> ApiResult<Page<V>> {
    let after = paging.after_id()?;
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let rows = rows.into_iter().filter(|row| after.is_none_or(|after| row.id() > after));
    let rows = rows.take(paging.limit() + 1);
    let views = rows.map(|row| Ok((row.id(), view(row)?))).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |(id, _)| Cursor::id(*id), |(_, view)| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

/// Ends a change: the audit entry commits to the content.
pub fn finish<B: Serialize>(
    tx: &mut Tx<'_>,
    panel: &PanelRow,
    did: &'static str,
    made: Id,
    content: &B,
) -> ApiResult<()> {
    tx.created(made);
    let content = concerns::committed(content)?;
    tx.did_with(did, "panel", panel.id, Some(panel.school_id), Some(&content))
}
