//! Decisions and their reasons; that nothing needs to be done is a decision too.

use super::super::dto::{ConcernDecisionCorrection, ConcernDecisionCreate, ConcernDecisionView};
use super::super::store::{DecisionBody, DecisionRow, decisions};
use super::case::{self, Case, Made};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records a decision.
pub fn create_decision(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernDecisionCreate,
) -> ApiResult<Made<ConcernDecisionView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return replayed(tx, &case, id);
    }
    case::check_moment(scope, "/decided_at", input.decided_at)?;
    let id = tx.new_id();
    let body = DecisionBody { decision: input.decision, reason: input.reason, correction_reason: None };
    let row = DecisionRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        kind: input.kind,
        author_id: scope.person(),
        decided_at: input.decided_at,
        recorded_at: tx.now(),
        superseded_at: None,
        body: case.key.seal("concern_decisions", id, &body)?,
    };
    decisions::insert(tx.conn, &row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.decision-recorded", id, &body, view)
}

/// Records a corrected version of a decision.
pub fn correct_decision(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    decision: Id,
    if_match: &IfMatch,
    input: ConcernDecisionCorrection,
) -> ApiResult<Made<ConcernDecisionView>> {
    let case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = decisions::newest(tx.conn, &case.row, decision)?;
    if let Some(id) = tx.replayed()? {
        return replayed(tx, &case, id);
    }
    if_match.check(case.row.version)?;
    case::check_moment(scope, "/decided_at", input.decided_at)?;
    let body = DecisionBody {
        decision: input.decision,
        reason: input.reason,
        correction_reason: Some(input.correction_reason),
    };
    let row = DecisionRow {
        number: old.number + 1,
        kind: input.kind,
        author_id: scope.person(),
        decided_at: input.decided_at,
        recorded_at: tx.now(),
        body: case.key.seal("concern_decisions", decision, &body)?,
        ..old
    };
    decisions::replace(tx.conn, &row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.decision-corrected", decision, &body, view)
}

/// A page of decisions as they stood at a moment, the oldest first.
pub fn list_decisions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernDecisionView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = case::moment(scope, as_of);
    let rows = decisions::list_at(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let views = rows.into_iter().map(|row| view(&case, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view))
}

fn replayed(tx: &mut Tx<'_>, case: &Case, id: Id) -> ApiResult<Made<ConcernDecisionView>> {
    let row = decisions::newest(tx.conn, &case.row, id)?;
    Ok(case.again(view(case, row)?))
}

fn view(case: &Case, row: DecisionRow) -> ApiResult<ConcernDecisionView> {
    let body: DecisionBody = case.key.unseal("concern_decisions", row.id, &row.body)?;
    Ok(ConcernDecisionView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        decision: body.decision,
        reason: body.reason,
        decided_at: row.decided_at,
        correction_reason: body.correction_reason,
    })
}
