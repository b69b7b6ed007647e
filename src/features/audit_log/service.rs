//! Use cases of the audit log.

use super::dto::{AuditEntryView, AuditFilter};
use super::store;
use crate::access::exclusions;
use crate::access::{Scope, Seen};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// One entry.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Seen<AuditEntryView>> {
    let hidden = exclusions::hidden(conn, scope)?;
    let row = store::get(conn, scope, &hidden, id)?;
    let school = row.school_id;
    let value = AuditEntryView::new(row, |record| !hidden.has(record));
    Ok(Seen { value, records: Vec::new(), school })
}

/// A page of entries, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AuditFilter,
    paging: &Paging,
) -> ApiResult<Seen<Page<AuditEntryView>>> {
    let hidden = exclusions::hidden(conn, scope)?;
    // A list's entry that names a hidden record stays visible without it: so it must not be found by that record.
    let asked_hidden = filter.record_id.is_some_and(|record| hidden.has(record));
    let (mut rows, mut count) = (Vec::new(), 0);
    if !asked_hidden {
        rows = store::list(conn, scope, &hidden, filter, paging)?;
        if paging.wants_count() {
            count = store::count(conn, scope, &hidden, filter)?;
        }
    }
    let value = paging
        .page(rows, |row| Cursor::id(row.id), |row| AuditEntryView::new(row, |record| !hidden.has(record)))
        .with_count(paging.wants_count().then_some(count));
    let records = value.items.iter().map(|entry| entry.id).collect();
    Ok(Seen { value, records, school: None })
}

/// A page of the entries about one record, newest first; other records of the same lists are left out. The caller asks
/// first whether the record may be known.
pub fn entries_about(
    conn: &mut Conn,
    scope: &Scope,
    record: Id,
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    let rows = store::list_about(conn, scope, record, paging)?;
    let count = paging.wants_count().then(|| store::count_about(conn, scope, record)).transpose()?;
    let view = |row| AuditEntryView::new(row, |listed| listed == record);
    Ok(paging.page(rows, |row| Cursor::id(row.id), view).with_count(count))
}
