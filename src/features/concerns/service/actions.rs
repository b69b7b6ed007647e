//! Actions: what is to be done, by whom, and what came of it.

use super::super::content::CaseKey;
use super::super::dto::{
    ConcernActionCorrection, ConcernActionCreate, ConcernActionOutcome, ConcernActionView,
};
use super::super::store::{self, ActionBody, ActionRow, ConcernRow};
use super::admission;
use super::case::{self, Case, Made};
use super::entries::{self, Entry};
use crate::access::versions::InVersions;
use crate::access::visible::FieldSet;
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// A concern as the caller reads it, and whose actions of it they are shown: everybody's, or, where they see no more than
/// what was reported, their own.
fn seen(conn: &mut Conn, vault: &Vault, scope: &Scope, concern: Id) -> ApiResult<(Case, Option<Id>)> {
    let found = store::load(conn, scope, concern)?;
    let owner = match found.fields {
        FieldSet::Full => None,
        FieldSet::Submission => Some(scope.person().ok_or_else(ApiError::not_found)?),
        FieldSet::Metadata => return Err(ApiError::not_found()),
    };
    let key = CaseKey::open(vault, conn, &found.row)?;
    Ok((Case { row: found.row, key }, owner))
}

/// Whether whoever sees an action names its version when they record what came of it: they do not know the concern's.
pub type IsOwn = bool;

/// One action: of whoever sees no more of the concern than what was reported, one that was given to them.
pub fn get_action(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    action: Id,
) -> ApiResult<(ConcernActionView, IsOwn)> {
    let (case, row, is_own) = found(conn, vault, scope, (concern, action))?;
    Ok((entries::view(scope, &case, row)?, is_own))
}

fn found(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (concern, action): (Id, Id),
) -> ApiResult<(Case, ActionRow, IsOwn)> {
    let (case, owner) = seen(conn, vault, scope, concern)?;
    let row = ActionRow::newest(conn, &case.row, action)?;
    if owner.is_some() && row.owner_id != owner {
        return Err(ApiError::not_found());
    }
    Ok((case, row, owner.is_some()))
}

/// A page of actions as they stood at a moment, the oldest first; of whoever sees no more of the concern than what was
/// reported, those that were given to them, and 404 where there are none.
pub fn list_actions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernActionView>> {
    let (case, owner) = seen(conn, vault, scope, concern)?;
    if owner.is_none() {
        return entries::list(conn, vault, scope, concern, as_of, paging);
    }
    let at = case::moment(scope, as_of);
    let mut rows = ActionRow::list_at(conn, &case.row, at, None, i64::from(i32::MAX))?;
    rows.retain(|row| row.owner_id == owner);
    if rows.is_empty() {
        return Err(ApiError::not_found());
    }
    let (rows, count) = paging.cut(rows, |row| row.id)?;
    let views = rows.into_iter().map(|row| entries::view(scope, &case, row));
    let views: Vec<ConcernActionView> = views.collect::<ApiResult<_>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

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

/// Records what came of an action, once: whoever works the concern, and the action's owner as long as they read of it.
pub fn record_outcome(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    action: Id,
    if_match: &IfMatch,
    input: ConcernActionOutcome,
) -> ApiResult<(Made<ConcernActionView>, IsOwn)> {
    let did = "concern.action-completed";
    let (scope, is_own) = &doing(tx.conn, tx.vault, scope, (concern, action))?;
    let done = |_: &mut Tx<'_>, _: &Case, old: ActionRow, before: ActionBody| {
        if old.done_on.is_some() {
            return Err(ApiError::because(Code::Superseded, "the action is done already"));
        }
        case::check_day(scope, "/done_on", input.done_on)?;
        let body = ActionBody { outcome: Some(input.outcome), correction_reason: None, ..before };
        Ok((ActionRow { done_on: Some(input.done_on), ..old }, body))
    };
    let made = if *is_own {
        supersede_own(tx, scope, (concern, action), if_match, did, done)
    } else {
        entries::supersede(tx, scope, (concern, action), if_match, did, done)
    };
    Ok((made?, *is_own))
}

/// The next version of an action by its owner, who sees no more of the concern than what was reported: the version that
/// they name is the action's.
fn supersede_own(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (concern, action): (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    change: impl FnOnce(&mut Tx<'_>, &Case, ActionRow, ActionBody) -> ApiResult<(ActionRow, ActionBody)>,
) -> ApiResult<Made<ConcernActionView>> {
    let (mut case, seen, _) = found(tx.conn, tx.vault, scope, (concern, action))?;
    if let Some(id) = tx.replayed()? {
        return entries::replayed(tx, scope, &case, id);
    }
    if_match.check_exact(i64::from(seen.number))?;
    case.claim_unseen(tx)?;
    let old = ActionRow::newest(tx.conn, &case.row, action)?;
    if_match.check_exact(i64::from(old.number))?;
    entries::supersede_in(tx, scope, case, old, did, change)
}

/// The scope under which an outcome is recorded: the work on the concern, or reading it for the action's owner, who may
/// see no more of it than what was reported.
fn doing(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (concern, action): (Id, Id),
) -> ApiResult<(Scope, IsOwn)> {
    if let Ok(working) = scope.under(Action::ConcernWork)
        && store::load_full(conn, &working, concern).is_ok()
    {
        return Ok((working, false));
    }
    // Whoever broke the glass reads, and writes nothing.
    let reading = scope.under(Action::ConcernRead)?.without_glass();
    let (_, row, is_own) = found(conn, vault, &reading, (concern, action))?;
    let is_owner = row.owner_id.is_some() && row.owner_id == scope.person();
    if is_owner { Ok((reading, is_own)) } else { Err(ApiError::not_found()) }
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
