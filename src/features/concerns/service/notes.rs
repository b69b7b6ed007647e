//! Notes of the safeguarding team, with the reporter's addenda among them.

use super::super::dto::{ConcernNoteCorrection, ConcernNoteCreate, ConcernNoteKind, ConcernNoteView};
use super::super::store::{ConcernRow, NoteBody, NoteRow};
use super::case::{self, Made};
use super::entries::{self, Entry};
use super::read::knows_reporter;
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;

/// Records a note.
pub fn create_note(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernNoteCreate,
) -> ApiResult<Made<ConcernNoteView>> {
    entries::create(tx, scope, concern, if_match, "concern.note-recorded", |tx, case| {
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
            body: case.key.seal(NoteRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })
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
    let did = "concern.note-corrected";
    entries::supersede(tx, scope, (concern, note), if_match, did, |_, _, old: NoteRow, _| {
        if old.kind == ConcernNoteKind::Addendum {
            return Err(ApiError::because(Code::StateConflict, "what the reporter added is not corrected"));
        }
        let happened_at = input.happened_at.unwrap_or(old.happened_at);
        case::check_moment(scope, "/happened_at", happened_at)?;
        let body = NoteBody { text: input.text, correction_reason: Some(input.reason) };
        Ok((NoteRow { happened_at, ..old }, body))
    })
}

impl Entry for ConcernNoteView {
    type Row = NoteRow;

    fn shown(scope: &Scope, concern: &ConcernRow, row: NoteRow, body: NoteBody) -> Self {
        let knows = row.kind == ConcernNoteKind::Note || knows_reporter(scope, concern);
        Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            author_id: row.author_id.filter(|_| knows),
            happened_at: row.happened_at,
            recorded_at: row.recorded_at,
            text: body.text,
            correction_reason: body.correction_reason,
        }
    }
}
