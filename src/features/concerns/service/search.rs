//! Search by words. There is no index of case text, folded or otherwise: the rows in scope are opened one by one, the
//! newest first, so many at a time.

use super::super::content::CaseKey;
use super::super::dto::{ConcernNoteKind, ConcernSearch, ConcernSummary};
use super::super::store::{self, AccountRow, Found, NoteBody, NoteRow};
use super::read::{knows_reporter, shown_number, summaries};
use crate::access::Scope;
use crate::access::visible::FieldSet;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::db::portable::fold;
use crate::error::ApiResult;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

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

/// The sealed texts of a batch.
struct Texts {
    accounts: Vec<AccountRow>,
    notes: Vec<NoteRow>,
}

impl Texts {
    fn load(conn: &mut Conn, scope: &Scope, batch: &[Found]) -> ApiResult<Self> {
        let shown: Vec<(Id, i32)> = batch
            .iter()
            .filter(|found| found.fields != FieldSet::Metadata)
            .map(|found| (found.row.id, shown_number(found)))
            .collect();
        let ids: Vec<Id> = shown.iter().map(|(id, _)| *id).collect();
        let accounts = store::accounts(conn, scope.trust(), &shown)?;
        Ok(Self { accounts, notes: store::notes_of(conn, scope.trust(), &ids)? })
    }

    /// The folded texts of a concern, as far as the caller sees them.
    fn open(
        &self,
        conn: &mut Conn,
        vault: &Vault,
        scope: &Scope,
        found: &Found,
        opened: &mut usize,
    ) -> ApiResult<Vec<String>> {
        let key = CaseKey::open(vault, conn, &found.row)?;
        let with_reporter = knows_reporter(scope, &found.row);
        let mut texts = Vec::new();
        for account in self.accounts.iter().filter(|account| account.concern_id == found.row.id) {
            let content = key.open_account(account.id, &account.content)?;
            texts.extend(content.searched(with_reporter).into_iter().map(fold));
            *opened += 1;
        }
        let shown = |note: &&NoteRow| {
            note.concern_id == found.row.id
                && (found.fields == FieldSet::Full || note.kind == ConcernNoteKind::Addendum)
        };
        for note in self.notes.iter().filter(shown) {
            let body: NoteBody = key.unseal("concern_notes", note.id, &note.body)?;
            texts.push(fold(&body.text));
            *opened += 1;
        }
        Ok(texts)
    }
}
