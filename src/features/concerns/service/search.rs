//! Search by words. There is no index of case text, folded or otherwise: the rows in scope are opened one by one, the
//! newest first, so many at a time.

mod texts;

use super::super::dto::{ConcernSearch, ConcernSummary};
use super::super::store;
use super::read::summaries;
use crate::access::Scope;
use crate::access::visible::FieldSet;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::db::portable::fold;
use crate::error::ApiResult;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use texts::Texts;

/// Texts that one call opens at most; the search goes on with the cursor.
const OPENED: usize = 2_000;
/// Concerns that are read at a time.
const BATCH: i64 = 100;

/// Concerns in whose text all the words occur.
pub fn search(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    paging: &Paging,
    input: &ConcernSearch,
) -> ApiResult<Page<ConcernSummary>> {
    let words: Vec<String> = input.words.iter().map(|word| fold(word)).collect();
    let filter = input.filter();
    let (mut after, mut opened, mut hits) = (paging.after_time()?, 0, Vec::new());
    let more = 'search: loop {
        let batch = store::list(conn, scope, &filter, after, BATCH)?;
        let is_last = batch.len() < usize::try_from(BATCH).unwrap_or_default();
        let texts = Texts::load(conn, scope, &batch)?;
        for found in batch {
            if opened >= OPENED || hits.len() >= paging.limit() {
                break 'search true;
            }
            after = Some((found.row.reported_at, found.row.id));
            if found.fields == FieldSet::Metadata {
                continue;
            }
            let text = texts.open(conn, vault, scope, &found, &mut opened)?;
            if words.iter().all(|word| text.iter().any(|text| text.contains(word))) {
                hits.push(found);
            }
        }
        if is_last {
            break false;
        }
    };
    let next_cursor = after.filter(|_| more).map(|(at, id)| paging.cursor(Cursor::time(at, id)));
    Ok(Page { items: summaries(conn, scope, &hits)?, next_cursor, count: None })
}
