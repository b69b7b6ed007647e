//! Notes of the safeguarding team, with the reporter's addenda among them.

use super::super::dto::{ConcernNoteCorrection, ConcernNoteCreate, ConcernNoteKind, ConcernNoteView};
use super::super::store::{NoteBody, NoteRow, notes};
use super::case::{self, Case, Made};
use super::read::knows_reporter;
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records a note.
pub fn create_note(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernNoteCreate,
) -> ApiResult<Made<ConcernNoteView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return replayed(tx, scope, &case, id);
    }
    let happened_at = input.happened_at.unwrap_or(tx.now());
    case::check_moment(scope, "/happened_at", happened_at)?;
    let id = tx.new_id();
    let body = NoteBody { text: input.text, correction_reason: None };
    let row = NoteRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        kind: ConcernNoteKind::Note,
        author_id: scope.person(),
        happened_at,
        recorded_at: tx.now(),
        superseded_at: None,
        body: case.key.seal("concern_notes", id, &body)?,
    };
    notes::insert(tx.conn, &row)?;
    let view = view(scope, &case, row)?;
    case.finish(tx, "concern.note-recorded", id, &body, view)
}

/// Records a corrected version of a note. What the reporter added is theirs: nobody corrects it.
pub fn correct_note(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    note: Id,
    if_match: &IfMatch,
    input: ConcernNoteCorrection,
) -> ApiResult<Made<ConcernNoteView>> {
    let case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = notes::newest(tx.conn, &case.row, note)?;
    if let Some(id) = tx.replayed()? {
        return replayed(tx, scope, &case, id);
    }
    if_match.check(case.row.version)?;
    if old.kind == ConcernNoteKind::Addendum {
        return Err(ApiError::because(Code::StateConflict, "what the reporter added is not corrected"));
    }
    let happened_at = input.happened_at.unwrap_or(old.happened_at);
    case::check_moment(scope, "/happened_at", happened_at)?;
    let body = NoteBody { text: input.text, correction_reason: Some(input.reason) };
    let row = NoteRow {
        number: old.number + 1,
        author_id: scope.person(),
        happened_at,
        recorded_at: tx.now(),
        body: case.key.seal("concern_notes", note, &body)?,
        ..old
    };
    notes::replace(tx.conn, &row)?;
    let view = view(scope, &case, row)?;
    case.finish(tx, "concern.note-corrected", note, &body, view)
}

/// A page of notes as they stood at a moment, the oldest first.
pub fn list_notes(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernNoteView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = case::moment(scope, as_of);
    let rows = notes::list_at(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let views = rows.into_iter().map(|row| view(scope, &case, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view))
}

fn replayed(tx: &mut Tx<'_>, scope: &Scope, case: &Case, id: Id) -> ApiResult<Made<ConcernNoteView>> {
    let row = notes::newest(tx.conn, &case.row, id)?;
    Ok(case.again(view(scope, case, row)?))
}

fn view(scope: &Scope, case: &Case, row: NoteRow) -> ApiResult<ConcernNoteView> {
    let body: NoteBody = case.key.unseal("concern_notes", row.id, &row.body)?;
    let knows = row.kind == ConcernNoteKind::Note || knows_reporter(scope, &case.row);
    Ok(ConcernNoteView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        author_id: row.author_id.filter(|_| knows),
        happened_at: row.happened_at,
        recorded_at: row.recorded_at,
        text: body.text,
        correction_reason: body.correction_reason,
    })
}
