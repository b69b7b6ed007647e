//! Decisions and their reasons; that nothing needs to be done is a decision too.

use super::super::dto::{ConcernDecisionCorrection, ConcernDecisionCreate, ConcernDecisionView};
use super::super::store::{ConcernRow, DecisionBody, DecisionRow};
use super::case::{self, Made};
use super::entries::{self, Entry};
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::error::ApiResult;
use crate::http::IfMatch;
use crate::ids::Id;

/// Records a decision.
pub fn create_decision(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernDecisionCreate,
) -> ApiResult<Made<ConcernDecisionView>> {
    entries::create(tx, scope, concern, if_match, "concern.decision-recorded", |tx, case| {
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
            body: case.key.seal(DecisionRow::TABLE, id, &body)?,
            round: case.row.round,
        };
        Ok((row, body))
    })
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
    let did = "concern.decision-corrected";
    entries::supersede(tx, scope, (concern, decision), if_match, did, |_, _, old, _| {
        case::check_moment(scope, "/decided_at", input.decided_at)?;
        let body = DecisionBody {
            decision: input.decision,
            reason: input.reason,
            correction_reason: Some(input.correction_reason),
        };
        Ok((DecisionRow { kind: input.kind, decided_at: input.decided_at, ..old }, body))
    })
}

impl Entry for ConcernDecisionView {
    type Row = DecisionRow;

    fn shown(_: &Scope, _: &ConcernRow, row: DecisionRow, body: DecisionBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            decision: body.decision,
            reason: body.reason,
            decided_at: row.decided_at,
            correction_reason: body.correction_reason,
        }
    }
}
