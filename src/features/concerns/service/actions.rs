//! Actions: what is to be done, by whom, and what came of it.

use super::super::dto::{
    ConcernActionCorrection, ConcernActionCreate, ConcernActionOutcome, ConcernActionView,
};
use super::super::store::{self, ActionBody, ActionRow, ConcernRow};
use super::admission;
use super::case::{self, Case, Made};
use super::entries::{self, Entry};
use crate::access::versions::InVersions;
use crate::access::{Action, Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::http::IfMatch;
use crate::ids::Id;

/// Records an action, and tells its owner.
pub fn create_action(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernActionCreate,
) -> ApiResult<Made<ConcernActionView>> {
    entries::create(tx, scope, concern, if_match, "concern.action-recorded", |tx, case| {
        check_owner(tx.conn, scope, case, input.owner_id)?;
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
            body: case.key.seal(ActionRow::TABLE, id, &body)?,
            round: case.row.round,
        };
        tell_owner(tx, scope, None, &row)?;
        Ok((row, body))
    })
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
    let did = "concern.action-corrected";
    entries::supersede(
        tx,
        scope,
        (concern, action),
        if_match,
        did,
        |tx, case, old: ActionRow, before: ActionBody| {
            check_owner(tx.conn, scope, case, input.owner_id)?;
            let body = ActionBody {
                description: input.description,
                outcome: before.outcome,
                correction_reason: Some(input.reason),
            };
            let owner_before = old.owner_id;
            let row = ActionRow {
                kind: input.kind,
                owner_id: input.owner_id,
                due_on: input.due_on,
                is_required: input.is_required,
                ..old
            };
            tell_owner(tx, scope, owner_before, &row)?;
            Ok((row, body))
        },
    )
}

/// Records what came of an action, once: whoever works the concern, and the action's owner as long as they read it.
pub fn record_outcome(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    action: Id,
    if_match: &IfMatch,
    input: ConcernActionOutcome,
) -> ApiResult<Made<ConcernActionView>> {
    let did = "concern.action-completed";
    let scope = &doing(tx.conn, scope, concern, action)?;
    entries::supersede(
        tx,
        scope,
        (concern, action),
        if_match,
        did,
        |_, _, old: ActionRow, before: ActionBody| {
            if old.done_on.is_some() {
                return Err(ApiError::because(Code::Superseded, "the action is done already"));
            }
            case::check_day(scope, "/done_on", input.done_on)?;
            let body = ActionBody { outcome: Some(input.outcome), correction_reason: None, ..before };
            Ok((ActionRow { done_on: Some(input.done_on), ..old }, body))
        },
    )
}

/// The scope under which an outcome is recorded: the work on the concern, or reading it for the action's owner.
fn doing(conn: &mut Conn, scope: &Scope, concern: Id, action: Id) -> ApiResult<Scope> {
    if let Ok(working) = scope.under(Action::ConcernWork)
        && store::load_full(conn, &working, concern).is_ok()
    {
        return Ok(working);
    }
    let reading = scope.under(Action::ConcernRead)?;
    let row = store::load_full(conn, &reading, concern)?;
    let owner = ActionRow::newest(conn, &row, action)?.owner_id;
    if owner.is_some() && owner == scope.person() { Ok(reading) } else { Err(ApiError::not_found()) }
}

/// An owner is a person of the trust who is not linked to the case, and could read it.
fn check_owner(conn: &mut Conn, scope: &Scope, case: &Case, owner: Option<Id>) -> ApiResult<()> {
    let Some(owner) = owner else { return Ok(()) };
    admission::check(conn, scope, &case.row, owner, "/owner_id")
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

impl Entry for ConcernActionView {
    type Row = ActionRow;

    fn shown(_: &Scope, _: &ConcernRow, row: ActionRow, body: ActionBody) -> Self {
        Self {
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
        }
    }
}
