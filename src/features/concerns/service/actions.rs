//! Actions: what is to be done, by whom, and what came of it.

use super::super::dto::{
    ConcernActionCorrection, ConcernActionCreate, ConcernActionOutcome, ConcernActionView,
};
use super::super::store::{self, ActionBody, ActionRow, actions};
use super::case::{self, Case, Made};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records an action, and tells its owner.
pub fn create_action(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernActionCreate,
) -> ApiResult<Made<ConcernActionView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return replayed(tx, &case, id);
    }
    let id = tx.new_id();
    let body = ActionBody { description: input.description, outcome: None, correction_reason: None };
    let row = ActionRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        kind: input.kind,
        author_id: scope.person(),
        owner_id: input.owner_id,
        due_on: input.due_on,
        is_required: input.is_required,
        done_on: None,
        recorded_at: tx.now(),
        superseded_at: None,
        body: case.key.seal("concern_actions", id, &body)?,
    };
    check_owner(tx.conn, scope, &case, input.owner_id)?;
    actions::insert(tx.conn, &row)?;
    tell_owner(tx, scope, None, &row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.action-recorded", id, &body, view)
}

/// Records a corrected version of an action.
pub fn correct_action(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    action: Id,
    if_match: &IfMatch,
    input: ConcernActionCorrection,
) -> ApiResult<Made<ConcernActionView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = actions::newest(tx.conn, &case.row, action)?;
    if let Some(id) = tx.replayed()? {
        return replayed(tx, &case, id);
    }
    case.claim(tx, if_match)?;
    check_owner(tx.conn, scope, &case, input.owner_id)?;
    let before: ActionBody = case.key.unseal("concern_actions", action, &old.body)?;
    let body = ActionBody {
        description: input.description,
        outcome: before.outcome,
        correction_reason: Some(input.reason),
    };
    let row = ActionRow {
        number: old.number + 1,
        kind: input.kind,
        author_id: scope.person(),
        owner_id: input.owner_id,
        due_on: input.due_on,
        is_required: input.is_required,
        recorded_at: tx.now(),
        body: case.key.seal("concern_actions", action, &body)?,
        ..old
    };
    actions::replace(tx.conn, &row)?;
    tell_owner(tx, scope, old.owner_id, &row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.action-corrected", action, &body, view)
}

/// Records what came of an action, once.
pub fn record_outcome(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    action: Id,
    if_match: &IfMatch,
    input: ConcernActionOutcome,
) -> ApiResult<Made<ConcernActionView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = actions::newest(tx.conn, &case.row, action)?;
    if let Some(id) = tx.replayed()? {
        return replayed(tx, &case, id);
    }
    case.claim(tx, if_match)?;
    if old.done_on.is_some() {
        return Err(ApiError::because(Code::Superseded, "the action is done already"));
    }
    case::check_day(scope, "/done_on", input.done_on)?;
    let before: ActionBody = case.key.unseal("concern_actions", action, &old.body)?;
    let body = ActionBody { outcome: Some(input.outcome), correction_reason: None, ..before };
    let row = ActionRow {
        number: old.number + 1,
        author_id: scope.person(),
        done_on: Some(input.done_on),
        recorded_at: tx.now(),
        body: case.key.seal("concern_actions", action, &body)?,
        ..old
    };
    actions::replace(tx.conn, &row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.action-completed", action, &body, view)
}

/// A page of actions as they stood at a moment, the oldest first.
pub fn list_actions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernActionView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = case::moment(scope, as_of);
    let rows = actions::list_at(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let views = rows.into_iter().map(|row| view(&case, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view))
}

/// An owner is a person of the trust who is not linked to the case.
fn check_owner(conn: &mut Conn, scope: &Scope, case: &Case, owner: Option<Id>) -> ApiResult<()> {
    let Some(owner) = owner else { return Ok(()) };
    if !people::person_exists(conn, scope.trust(), owner)? {
        return Err(ApiError::rule("/owner_id", "unknown_reference", "not a person of the trust"));
    }
    if store::is_linked(conn, scope.trust(), case.row.id, owner)? {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}

/// A new owner is told; not the one who gives themselves the action.
fn tell_owner(tx: &mut Tx<'_>, scope: &Scope, before: Option<Id>, row: &ActionRow) -> ApiResult<()> {
    let new = row.owner_id.filter(|owner| Some(*owner) != before && Some(*owner) != scope.person());
    let now = tx.now();
    notify(
        tx.conn,
        scope.trust(),
        &new.into_iter().collect::<Vec<_>>(),
        NotificationKind::ActionAssigned,
        row.concern_id,
        now,
    )
}

fn replayed(tx: &mut Tx<'_>, case: &Case, id: Id) -> ApiResult<Made<ConcernActionView>> {
    let row = actions::newest(tx.conn, &case.row, id)?;
    Ok(case.again(view(case, row)?))
}

fn view(case: &Case, row: ActionRow) -> ApiResult<ConcernActionView> {
    let body: ActionBody = case.key.unseal("concern_actions", row.id, &row.body)?;
    Ok(ConcernActionView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        description: body.description,
        owner_id: row.owner_id,
        due_on: row.due_on,
        is_required: row.is_required,
        done_on: row.done_on,
        outcome: body.outcome,
        correction_reason: body.correction_reason,
    })
}
