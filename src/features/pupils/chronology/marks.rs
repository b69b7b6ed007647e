//! Marks: what a lead holds to be significant, with the reason, and what no longer.

use std::collections::HashSet;

use super::super::case::{self, PupilKey, Window, committed};
use super::super::{matches, store as pupils};
use super::dto::{ChronologyMarkCreate, ChronologyMarkView};
use super::rules::ChronologyKind;
use super::sources::Sources;
use super::store::{self, MarkBody, MarkRow};
use crate::access::{Action, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::Slice;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

const TABLE: &str = "chronology_marks";

/// Marks an entry that the caller sees.
pub fn mark(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: ChronologyMarkCreate,
) -> ApiResult<ChronologyMarkView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    pupils::get(tx.conn, scope, pupil)?;
    let reading = scope.under(Action::ChronologyRead)?;
    let window = case::window(tx.conn, &reading, pupil)?;
    if let Some(id) = tx.replayed()? {
        let row = store::get(tx.conn, scope.trust(), pupil, id)?;
        let asked = [(row.kind, row.source_id)];
        if visible(tx.conn, &reading, &window, &asked)?.is_empty() {
            return Err(ApiError::not_found());
        }
        let key = PupilKey::open(tx.vault, tx.conn, scope.trust(), pupil)?;
        return view(key.as_ref(), row);
    }
    let asked = [(input.kind, input.source_id)];
    let seen = visible(tx.conn, &reading, &window, &asked)?;
    let Some(school) = seen.get(&asked[0]).copied() else {
        return Err(ApiError::rule("/source_id", "unknown_reference", "no such entry in the chronology"));
    };
    let key = PupilKey::lock(tx, pupil)?;
    let before = store::on(tx.conn, scope.trust(), pupil, &[input.source_id])?;
    let before = before.into_iter().find(|row| row.kind == input.kind);
    if before.as_ref().is_some_and(|row| row.significant) == input.significant {
        let words = if input.significant { "the entry is marked already" } else { "the entry is not marked" };
        return Err(ApiError::because(Code::StateConflict, words));
    }
    let id = tx.new_id();
    let body = MarkBody { reason: input.reason };
    let row = MarkRow {
        trust_id: scope.trust(),
        id,
        pupil_id: pupil,
        kind: input.kind,
        source_id: input.source_id,
        number: before.map_or(1, |row| row.number + 1),
        significant: input.significant,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, id, &body)?,
    };
    store::insert(tx.conn, &row)?;
    tx.created(id);
    tx.did_with("chronology.marked", "chronology", id, school, Some(&committed(&body)?))?;
    view(Some(&key), row)
}

/// A page of the marks of entries that the caller sees, all versions, the oldest first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    paging: &Paging,
) -> ApiResult<Page<ChronologyMarkView>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let mut after = paging.after_id()?;
    let mut rows: Vec<MarkRow> = Vec::new();
    // What is hidden must not show as a gap either: the page is filled from what is seen.
    while rows.len() < paging.limit() + 1 {
        let some = store::list(conn, scope.trust(), pupil, after, paging.rows())?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        let asked: Vec<(ChronologyKind, Id)> = some.iter().map(|row| (row.kind, row.source_id)).collect();
        let seen = visible(conn, scope, &window, &asked)?;
        rows.extend(some.into_iter().filter(|row| seen.contains_key(&(row.kind, row.source_id))));
    }
    rows.truncate(paging.limit() + 1);
    let key = PupilKey::open(vault, conn, scope.trust(), pupil)?;
    let views = rows.into_iter().map(|row| view(key.as_ref(), row)).collect::<ApiResult<Vec<_>>>()?;
    let count = paging.wants_count().then(|| count(conn, scope, &window)).transpose()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// How many are looked at in one go to count them.
const AT_ONCE: i64 = 500;

/// How many marks of a pupil's entries the caller sees.
fn count(conn: &mut Conn, scope: &Scope, window: &Window) -> ApiResult<i64> {
    let (mut after, mut count) = (None, 0);
    loop {
        let some = store::list(conn, scope.trust(), window.pupil, after, AT_ONCE)?;
        let Some(last) = some.last() else { return Ok(count) };
        after = Some(last.id);
        let asked: Vec<(ChronologyKind, Id)> = some.iter().map(|row| (row.kind, row.source_id)).collect();
        let seen = visible(conn, scope, window, &asked)?;
        let shown = some.iter().filter(|row| seen.contains_key(&(row.kind, row.source_id))).count();
        count += i64::try_from(shown).unwrap_or(i64::MAX);
    }
}

/// Which of these entries the caller sees, each with its school.
fn visible(
    conn: &mut Conn,
    scope: &Scope,
    window: &Window,
    asked: &[(ChronologyKind, Id)],
) -> ApiResult<std::collections::HashMap<(ChronologyKind, Id), Option<Id>>> {
    let sources = Sources::of(conn, scope, window)?;
    let kinds: HashSet<ChronologyKind> = asked.iter().map(|(kind, _)| *kind).collect();
    let mut seen = std::collections::HashMap::new();
    for kind in kinds {
        let only: Vec<Id> =
            asked.iter().filter(|(other, _)| *other == kind).map(|(_, source)| *source).collect();
        let rows = i64::try_from(only.len()).unwrap_or(i64::MAX);
        let slice = Slice { only: Some(only), rows, ..Slice::default() };
        let found = sources.entries(conn, kind, &slice)?;
        seen.extend(found.into_iter().map(|found| ((kind, found.place.source), found.school)));
    }
    Ok(seen)
}

fn view(key: Option<&PupilKey>, row: MarkRow) -> ApiResult<ChronologyMarkView> {
    let key = key.ok_or_else(|| ApiError::internal("a mark without the pupil's key"))?;
    let body: MarkBody = key.unseal(TABLE, row.id, &row.body)?;
    Ok(ChronologyMarkView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        source_id: row.source_id,
        significant: row.significant,
        reason: body.reason,
        recorded_at: row.recorded_at,
        author_id: row.author_id,
    })
}
