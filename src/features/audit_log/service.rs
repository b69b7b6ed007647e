//! Use cases of the audit log.

use super::dto::{AuditEntryView, AuditFilter};
use super::sight::{self, Sight};
use super::store::{self, Unfound};
use crate::access::{Scope, Seen};
use crate::audit::Outcome;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// One entry.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Seen<AuditEntryView>> {
    let sight = sight::sight(conn, scope)?;
    let row = store::get(conn, scope, &sight.hidden, id)?;
    let school = row.school_id;
    let mut views = sight::views(conn, scope, &sight, vec![row], |_| true)?;
    let value = views.pop().ok_or_else(ApiError::not_found)?;
    Ok(Seen { value, records: Vec::new(), school })
}

/// A page of entries, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AuditFilter,
    paging: &Paging,
) -> ApiResult<Seen<Page<AuditEntryView>>> {
    let sight = sight::sight(conn, scope)?;
    // A list's entry that names a hidden record stays visible without it: so it must not be found by that record.
    // That it was not there when the caller looked for it is found by any identifier.
    let asked_hidden = filter.record_id.is_some_and(|record| sight.hidden.has(record));
    let mut filter = filter.clone();
    if asked_hidden {
        filter.outcome = filter.outcome.or(Some(Outcome::NotFound));
    }
    let finds_nothing = asked_hidden && filter.outcome != Some(Outcome::NotFound);
    let mut unfound = Unfound::default();
    if let Some(person) = filter.person_id {
        unfound.concerns = sight::protected_of(conn, scope, person)?;
    }
    let reads_record = match filter.record_id {
        Some(record) => !sight::read_among(conn, scope, &sight, &[record])?.is_empty(),
        None => true,
    };
    unfound.at_their_schools = reads_record;
    if filter.person_id.is_some() || !reads_record {
        unfound.closed.clone_from(&sight.closed);
    }
    let (mut rows, mut count) = (Vec::new(), 0);
    if !finds_nothing {
        rows = store::list(conn, scope, &sight.hidden, (&filter, &unfound), paging)?;
        if paging.wants_count() {
            count = store::count(conn, scope, &sight.hidden, (&filter, &unfound))?;
        }
    }
    let page = paging.page(rows, |row| Cursor::id(row.id), |row| row);
    let items = sight::views(conn, scope, &sight, page.items, |_| true)?;
    let count = paging.wants_count().then_some(count);
    let records = items.iter().map(|entry| entry.id).collect();
    Ok(Seen { value: Page { items, next_cursor: page.next_cursor, count }, records, school: None })
}

/// A page of the entries about one record, newest first; other records of the same lists are left out. The caller asks
/// first whether the record may be known.
pub fn entries_about(
    conn: &mut Conn,
    scope: &Scope,
    record: Id,
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    about(conn, scope, paging, |scope| store::about(scope, record), |listed| listed == record)
}

/// The same about several records.
pub fn entries_about_any(
    conn: &mut Conn,
    scope: &Scope,
    records: &[Id],
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    if records.is_empty() {
        let count = paging.wants_count().then_some(0);
        return Ok(Page { items: Vec::new(), next_cursor: None, count });
    }
    let which = |scope: &Scope| store::about_any(scope, records);
    about(conn, scope, paging, which, |listed| records.contains(&listed))
}

fn about(
    conn: &mut Conn,
    scope: &Scope,
    paging: &Paging,
    which: impl Fn(&Scope) -> store::Condition,
    listed: impl Fn(Id) -> bool,
) -> ApiResult<Page<AuditEntryView>> {
    let rows = store::list_about(conn, scope, which(scope), paging)?;
    let count = paging.wants_count().then(|| store::count_about(conn, scope, which(scope))).transpose()?;
    let page = paging.page(rows, |row| Cursor::id(row.id), |row| row);
    let items = sight::views(conn, scope, &Sight::default(), page.items, listed)?;
    Ok(Page { items, next_cursor: page.next_cursor, count })
}
