//! What a reporter adds: they have seen no version of the record, so none is asked for.

use super::super::content::{CaseKey, committed};
use super::super::dto::{AddendumCreate, AddendumView, ConcernNoteKind, ConcernState};
use super::super::store::{self, ConcernRow, NoteBody, NoteRow};
use super::{case, receivers};
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::error::ApiResult;
use crate::events::NotificationKind;
use crate::ids::Id;

/// Adds to a concern that the caller has raised, and tells those who work on it. A closed concern takes it too, and
/// shows that there is something that nobody has read who closed it: nothing that a child says is turned away.
pub fn add(tx: &mut Tx<'_>, scope: &Scope, concern: Id, input: AddendumCreate) -> ApiResult<AddendumView> {
    let row = store::load(tx.conn, scope, concern)?.row;
    let key = CaseKey::open(tx.vault, tx.conn, &row)?;
    if let Some(id) = tx.replayed()? {
        let note = NoteRow::newest(tx.conn, &row, id)?;
        return view(&key, note);
    }
    let row = store::lock(tx.conn, &row)?;
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
        body: key.seal(NoteRow::TABLE, id, &body)?,
    };
    note.insert(tx.conn)?;
    let is_closed = row.state == ConcernState::Closed;
    let row = case::moved(tx, ConcernRow { added_since_closure: is_closed, ..row })?;
    store::update(tx.conn, &row)?;
    let kind =
        if is_closed { NotificationKind::ConcernAddedSinceClosure } else { NotificationKind::ConcernUpdated };
    receivers::tell(tx, scope, &row, &key, kind)?;
    tx.created(id);
    tx.did_with(
        "concern.addendum-recorded",
        "concern",
        concern,
        Some(row.school_id),
        Some(&committed(&body)?),
    )?;
    view(&key, note)
}

fn view(key: &CaseKey, row: NoteRow) -> ApiResult<AddendumView> {
    let body: NoteBody = key.unseal(NoteRow::TABLE, row.id, &row.body)?;
    Ok(AddendumView { id: row.id, recorded_at: row.recorded_at, text: body.text })
}
