//! Applies a plan, a block at a time.

use super::content::Content;
use super::dto::ImportState;
use super::map::Header;
use super::plan::{Done, Row, RowResult};
use super::rows::{Fault, faults_of};
use super::service;
use super::store::{self, BlockRow, ImportRow};
use super::targets::Target;
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// Applies the rows of a block that still become what was planned, notes what became of each, and says whether it was the
/// last one.
pub fn block(
    tx: &mut Tx<'_>,
    scope: &Scope,
    target: &dyn Target,
    row: ImportRow,
    expires_at: Timestamp,
) -> ApiResult<bool> {
    let gone = || ApiError::unavailable("the import was changed meanwhile");
    let content = Content::open(tx.vault, tx.conn, &row)?.ok_or_else(gone)?;
    let header = service::header(&content, &row)?;
    let number = row.blocks_applied;
    let stored = store::block(tx.conn, row.trust_id, row.id, number)?.ok_or_else(gone)?;
    let mut rows = content.open_block(number, &stored.body)?;
    let work: Vec<&Row> = rows.iter().filter(|row| row.verdict.is_work()).collect();
    let holds = service::still_holds(tx.conn, target, scope, &header, &work)?;
    let fresh: Vec<&Row> =
        work.iter().zip(&holds).filter(|(_, holds)| **holds).map(|(row, _)| *row).collect();
    let mut made = target.apply(tx, scope, &fresh)?.into_iter();
    let mut holds = holds.into_iter();
    let (mut applied, mut failed) = (0, 0);
    for row in rows.iter_mut().filter(|row| row.verdict.is_work()) {
        let done = match holds.next() {
            Some(true) => made.next().map_or_else(left_out, |made| done(made, &header)),
            _ => left_out(),
        };
        *(if done.result == RowResult::Applied { &mut applied } else { &mut failed }) += 1;
        row.done = Some(done);
    }
    let body = content.seal_block(number, &rows)?;
    store::finish_block(tx.conn, &BlockRow { body, failed, applied_at: Some(tx.now()), ..stored })?;
    let is_last = number + 1 >= row.blocks;
    let row = ImportRow {
        blocks_applied: number + 1,
        applied: row.applied + applied,
        failed: row.failed + failed,
        state: if is_last { ImportState::Applied } else { row.state },
        expires_at: if is_last { expires_at } else { row.expires_at },
        version: row.version + 1,
        updated_at: tx.now(),
        ..row
    };
    store::update(tx.conn, &row)?;
    let kind = if is_last { "import.applied" } else { "import.continued" };
    tx.did(kind, "import", row.id, row.school_id)?;
    Ok(is_last)
}

fn done(made: ApiResult<Id>, header: &Header) -> Done {
    match made {
        Ok(record) => Done { result: RowResult::Applied, record: Some(record), faults: Vec::new() },
        Err(error) if error.code == Code::VersionStale => left_out(),
        Err(error) => Done { result: RowResult::Refused, record: None, faults: faults_of(header, &error) },
    }
}

fn left_out() -> Done {
    let detail = "the records have changed since the plan was made".to_owned();
    let fault = Fault { column: None, pointer: String::new(), code: "stale".to_owned(), detail };
    Done { result: RowResult::Stale, record: None, faults: vec![fault] }
}
