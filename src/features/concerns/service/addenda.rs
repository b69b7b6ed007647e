//! What a reporter adds: they have seen no version of the record, so none is asked for.

use super::super::content::{CaseKey, committed};
use super::super::dto::{AddendumCreate, AddendumView, ConcernNoteKind};
use super::super::store::{NoteBody, NoteRow};
use super::adding::{self, Adding};
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::error::ApiResult;
use crate::ids::Id;

/// Adds to a concern that the caller has raised, and tells those who work on it.
pub fn add(tx: &mut Tx<'_>, scope: &Scope, concern: Id, input: AddendumCreate) -> ApiResult<AddendumView> {
    let opened = adding::open(tx.conn, tx.vault, scope, concern)?;
    if let Some(id) = tx.replayed()? {
        let note = NoteRow::newest(tx.conn, &opened.row, id)?;
        return view(&opened.key, note);
    }
    let mut adding = Adding { by_reporter: true, ..opened };
    adding.lock(tx)?;
    let id = tx.new_id();
    let body = NoteBody { text: input.text, correction_reason: None };
    let note = NoteRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        kind: ConcernNoteKind::Addendum,
        author_id: scope.person(),
        happened_at: tx.now(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: adding.key.seal(NoteRow::TABLE, id, &body)?,
    };
    note.insert(tx.conn)?;
    let view = view(&adding.key, note)?;
    adding.finish(tx, scope, "concern.addendum-recorded", id, &committed(&body)?)?;
    Ok(view)
}

fn view(key: &CaseKey, row: NoteRow) -> ApiResult<AddendumView> {
    let body: NoteBody = key.unseal(NoteRow::TABLE, row.id, &row.body)?;
    Ok(AddendumView { id: row.id, recorded_at: row.recorded_at, text: body.text })
}
