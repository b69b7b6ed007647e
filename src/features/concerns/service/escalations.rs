//! Escalations: that a case was taken to a higher level of the trust, and who sees to it there.

use super::super::content::CaseKey;
use super::super::dto::{
    ConcernEscalationCorrection, ConcernEscalationCreate, ConcernEscalationOutcome, ConcernEscalationReview,
    ConcernEscalationView,
};
use super::super::store::{ConcernRow, EscalationBody, EscalationRow};
use super::admission;
use super::case::{self, Made};
use super::entries::{self, Entry};
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::http::IfMatch;
use crate::ids::Id;

/// Takes a case to a higher level, and tells who sees to it there.
pub fn create_escalation(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernEscalationCreate,
) -> ApiResult<Made<ConcernEscalationView>> {
    entries::create(tx, scope, concern, if_match, "concern.escalated", |tx, case| {
        check_days(scope, input.raised_at, input.review_on)?;
        admission::check(tx.conn, scope, &case.row, input.owner_id, "/owner_id")?;
        let id = tx.new_id();
        let body =
            EscalationBody { reason: input.reason, found: None, outcome: None, correction_reason: None };
        let row = EscalationRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            concern_id: concern,
            level: input.level,
            owner_id: input.owner_id,
            raised_at: input.raised_at,
            review_on: input.review_on,
            ended_at: None,
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: case.key.seal(EscalationRow::TABLE, id, &body)?,
        };
        tell_owner(tx, scope, None, &row)?;
        Ok((row, body))
    })
}

/// Records a corrected version, and tells a new owner.
pub fn correct_escalation(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ConcernEscalationCorrection,
) -> ApiResult<Made<ConcernEscalationView>> {
    let did = "concern.escalation-corrected";
    entries::supersede(tx, scope, ids, if_match, did, |tx, case, old: EscalationRow, before| {
        check_days(scope, input.raised_at, input.review_on)?;
        if old.ended_at.is_some_and(|end| end < input.raised_at) {
            return Err(ApiError::rule("/raised_at", "range", "must not be after it ended"));
        }
        if input.owner_id != old.owner_id {
            admission::check(tx.conn, scope, &case.row, input.owner_id, "/owner_id")?;
        }
        let body = EscalationBody {
            reason: input.reason,
            correction_reason: Some(input.correction_reason),
            ..before
        };
        let owner_before = old.owner_id;
        let row = EscalationRow {
            level: input.level,
            owner_id: input.owner_id,
            raised_at: input.raised_at,
            review_on: input.review_on,
            ..old
        };
        tell_owner(tx, scope, Some(owner_before), &row)?;
        Ok((row, body))
    })
}

/// Records that it was looked at again, and goes on.
pub fn review_escalation(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ConcernEscalationReview,
) -> ApiResult<Made<ConcernEscalationView>> {
    let did = "concern.escalation-reviewed";
    entries::supersede(tx, scope, ids, if_match, did, |_, _, old: EscalationRow, before| {
        refuse_ended(&old)?;
        if input.review_on < scope.today() {
            return Err(ApiError::rule("/review_on", "range", "must not be in the past"));
        }
        let body = EscalationBody { found: Some(input.found), correction_reason: None, ..before };
        Ok((EscalationRow { review_on: input.review_on, ..old }, body))
    })
}

/// Records what came of it, once.
pub fn end_escalation(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ConcernEscalationOutcome,
) -> ApiResult<Made<ConcernEscalationView>> {
    let did = "concern.escalation-ended";
    entries::supersede(tx, scope, ids, if_match, did, |_, _, old: EscalationRow, before| {
        refuse_ended(&old)?;
        case::check_moment(scope, "/ended_at", input.ended_at)?;
        if input.ended_at < old.raised_at {
            return Err(ApiError::rule("/ended_at", "range", "must not be before it was raised"));
        }
        let body = EscalationBody { outcome: Some(input.outcome), correction_reason: None, ..before };
        Ok((EscalationRow { ended_at: Some(input.ended_at), ..old }, body))
    })
}

/// An escalation in one line: why it was raised, or what came of it.
pub fn line(key: &CaseKey, row: &EscalationRow, has_ended: bool) -> ApiResult<String> {
    let body: EscalationBody = key.unseal(EscalationRow::TABLE, row.id, &row.body)?;
    let said = if has_ended { body.outcome.unwrap_or(body.reason) } else { body.reason };
    Ok(format!("{}: {}", row.level, &*said))
}

fn refuse_ended(row: &EscalationRow) -> ApiResult<()> {
    if row.ended_at.is_some() { Err(ApiError::of(Code::EscalationEnded)) } else { Ok(()) }
}

fn check_days(scope: &Scope, raised_at: Timestamp, review_on: Date) -> ApiResult<()> {
    case::check_moment(scope, "/raised_at", raised_at)?;
    if review_on < raised_at.london_date() {
        return Err(ApiError::rule("/review_on", "range", "must not be before it was raised"));
    }
    Ok(())
}

/// A new owner is told; not the one who takes it on themselves.
fn tell_owner(tx: &mut Tx<'_>, scope: &Scope, before: Option<Id>, row: &EscalationRow) -> ApiResult<()> {
    let is_new = Some(row.owner_id) != before && Some(row.owner_id) != scope.person();
    let new: Vec<Id> = is_new.then_some(row.owner_id).into_iter().collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &new, NotificationKind::EscalationAssigned, row.concern_id, now)
}

impl Entry for ConcernEscalationView {
    type Row = EscalationRow;

    fn shown(_: &Scope, _: &ConcernRow, row: EscalationRow, body: EscalationBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            level: row.level,
            owner_id: row.owner_id,
            raised_at: row.raised_at,
            review_on: row.review_on,
            ended_at: row.ended_at,
            reason: body.reason,
            found: body.found,
            outcome: body.outcome,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            correction_reason: body.correction_reason,
        }
    }
}
