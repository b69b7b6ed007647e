//! Use cases of imports.

use super::content::Content;
use super::dto::{
    ImportApplication, ImportCancellation, ImportFilter, ImportRowView, ImportState, ImportView, RowFilter,
};
use super::map::Header;
use super::plan::{Row, hex};
use super::store::{self, ImportRow};
use super::targets::{self, Target};
use super::work::KIND;
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::jobs;

/// One import.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ImportView> {
    Ok(ImportView::of(store::get(conn, scope, id)?, scope.principal()))
}

/// A page of imports.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ImportFilter,
    paging: &Paging,
) -> ApiResult<Page<ImportView>> {
    let rows = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    let view = |row| ImportView::of(row, scope.principal());
    Ok(paging.page(rows, |row| Cursor::id(row.id), view).with_count(count))
}

/// A page of a plan's rows; none once they are destroyed.
pub fn rows(
    conn: &mut Conn,
    scope: &Scope,
    vault: &Vault,
    id: Id,
    filter: RowFilter,
    paging: &Paging,
) -> ApiResult<Page<ImportRowView>> {
    let row = store::get(conn, scope, id)?;
    let most = usize::try_from(paging.rows()).unwrap_or(usize::MAX);
    let found = find_rows(conn, vault, &row, filter, paging.after_number()?.unwrap_or_default(), most)?;
    let count = paging.wants_count().then(|| count_rows(conn, vault, &row, filter)).transpose()?;
    let page = paging.page(
        found,
        |(number, _)| Cursor::number(*number),
        |(number, row)| ImportRowView::of(number, &row),
    );
    Ok(page.with_count(count))
}

fn count_rows(conn: &mut Conn, vault: &Vault, row: &ImportRow, filter: RowFilter) -> ApiResult<i64> {
    let found = find_rows(conn, vault, row, filter, 0, usize::MAX)?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

/// The rows after one of a number that a filter leaves, at most so many.
pub fn find_rows(
    conn: &mut Conn,
    vault: &Vault,
    row: &ImportRow,
    filter: RowFilter,
    after: i64,
    most: usize,
) -> ApiResult<Vec<(i64, Row)>> {
    let Some(content) = Content::open(vault, conn, row)? else { return Ok(Vec::new()) };
    let fits = |row: &Row| {
        filter.outcome.is_none_or(|outcome| row.verdict.outcome == outcome)
            && filter.rejected.is_none_or(|rejected| row.is_rejected() == rejected)
    };
    let (mut found, mut from) = (Vec::new(), after);
    while found.len() < most
        && let Some(block) = store::next_block(conn, row.trust_id, row.id, from, filter)?
    {
        let rows = content.open_block(block.number, &block.body)?;
        let numbered = rows.into_iter().zip(block.first_row + 1..).map(|(row, number)| (number, row));
        found.extend(numbered.filter(|(number, row)| *number > from && fits(row)));
        from = block.first_row + block.row_count;
    }
    found.truncate(most);
    Ok(found)
}

/// The columns of an import's file.
pub fn header(content: &Content, row: &ImportRow) -> ApiResult<Header> {
    let (_, map) = targets::named(&row.map)?;
    Header::read(map, content.open_header(row)?, row.school_id.is_some())
        .map_err(|_| ApiError::internal("the map of an import has changed under it"))
}

/// Whether a plan still says what would become of its rows: 409 where the records have changed since.
pub fn check_plan(
    conn: &mut Conn,
    scope: &Scope,
    vault: &Vault,
    id: Id,
    asked: &ImportApplication,
) -> ApiResult<()> {
    let row = store::get(conn, scope, id)?;
    let (target, map) = targets::named(&row.map)?;
    let rights = scope.under(target.action())?;
    if row.state != ImportState::Rehearsed {
        return Ok(()); // the change itself says what is wrong, or that it was asked for before
    }
    check_hash(&row, asked)?;
    if map.version != row.map_version {
        return Err(stale());
    }
    let Some(content) = Content::open(vault, conn, &row)? else { return Err(stale()) };
    let header = header(&content, &row)?;
    for number in 0..row.blocks {
        let block = store::block(conn, row.trust_id, row.id, number)?.ok_or_else(stale)?;
        let rows = content.open_block(number, &block.body)?;
        let work: Vec<&Row> = rows.iter().filter(|row| row.verdict.is_work()).collect();
        if still_holds(conn, target, &rights, &header, &work)?.contains(&false) {
            return Err(stale());
        }
    }
    Ok(())
}

/// Which rows would become today what was planned.
pub fn still_holds(
    conn: &mut Conn,
    target: &dyn Target,
    rights: &Scope,
    header: &Header,
    rows: &[&Row],
) -> ApiResult<Vec<bool>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let values: Vec<_> = rows.iter().map(|row| &row.value).collect();
    let today = target.plan(conn, rights, header, &values)?;
    Ok(today.iter().zip(rows).map(|(verdict, row)| *verdict == row.verdict).collect())
}

fn check_hash(row: &ImportRow, asked: &ImportApplication) -> ApiResult<()> {
    let same = row.plan_hash.as_deref().is_some_and(|hash| hex(hash) == asked.plan_hash.0);
    if same { Ok(()) } else { Err(stale()) }
}

const fn stale() -> ApiError {
    ApiError::of(Code::PlanStale)
}

/// Has a plan applied, in the name of who asks for it.
pub fn apply(tx: &mut Tx<'_>, scope: &Scope, id: Id, asked: &ImportApplication) -> ApiResult<ImportView> {
    let row = store::get(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return Ok(ImportView::of(row, scope.principal()));
    }
    if row.state != ImportState::Rehearsed {
        let words = "only a plan that stands and was not applied yet can be applied";
        return Err(ApiError::because(Code::StateConflict, words));
    }
    check_hash(&row, asked)?;
    let row = ImportRow {
        state: ImportState::Applying,
        mandate: scope.mandate().text()?,
        version: row.version + 1,
        updated_at: tx.now(),
        ..row
    };
    store::update(tx.conn, &row)?;
    jobs::enqueue(tx.conn, KIND, row.trust_id, row.id, tx.now())?;
    tx.created(id);
    tx.did("import.application-begun", "import", id, row.school_id)?;
    Ok(ImportView::of(row, scope.principal()))
}

/// Calls an import off, and destroys what was uploaded and planned. What was stored before stays.
pub fn cancel(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    asked: &ImportCancellation,
) -> ApiResult<ImportView> {
    let row = store::get(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return Ok(ImportView::of(row, scope.principal()));
    }
    if_match.check(row.version)?;
    if !matches!(row.state, ImportState::Rehearsing | ImportState::Rehearsed | ImportState::Applying) {
        return Err(ApiError::because(Code::StateConflict, "it has come to its end already"));
    }
    let row = ImportRow { state: ImportState::Cancelled, ..ended_early(row, tx)? };
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did_with("import.cancelled", "import", id, row.school_id, Some(asked.reason.as_bytes()))?;
    Ok(ImportView::of(row, scope.principal()))
}

/// An import that ends before its time. Where rows were applied their report is kept as long as that of any other, so
/// that it can be told which ones.
pub fn ended_early(row: ImportRow, tx: &mut Tx<'_>) -> ApiResult<ImportRow> {
    if row.applied + row.failed > 0 {
        return Ok(ImportRow { version: row.version + 1, updated_at: tx.now(), ..row });
    }
    destroyed(row, tx)
}

/// An import without what was uploaded and without its key.
pub fn destroyed(row: ImportRow, tx: &mut Tx<'_>) -> ApiResult<ImportRow> {
    store::destroy(tx.conn, row.trust_id, row.id)?;
    Ok(ImportRow { header: None, wrapped: None, version: row.version + 1, updated_at: tx.now(), ..row })
}
