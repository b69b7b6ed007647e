//! Use cases of external decisions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::case::{self, PupilKey, Window, committed};
use super::super::matches;
use super::super::statuses::DecisionOutcome;
use super::dto::{
    ExternalDecisionCorrection, ExternalDecisionCreate, ExternalDecisionView, ExternalDecisionWithdrawal,
};
use super::store::{self, ExternalDecisionBody, ExternalDecisionRow};
use crate::access::{Action, Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

const TABLE: &str = "external_decisions";

/// One decision, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (pupil, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<ExternalDecisionView> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let row = store::get(conn, &window, id, as_of.unwrap_or(scope.now()))?;
    view(conn, vault, row)
}

/// A page of a pupil's decisions, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ExternalDecisionView>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let at = as_of.unwrap_or(scope.now());
    let rows = store::list(conn, &window, at, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, &window, at)).transpose()?;
    let key = PupilKey::open(vault, conn, window.trust, pupil)?;
    let views = rows.into_iter().map(|row| shown(key.as_ref(), row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The decisions about a pupil that a window shows and that stand.
pub fn current_rows(conn: &mut Conn, window: &Window, now: Timestamp) -> ApiResult<Vec<ExternalDecisionRow>> {
    let mut rows = store::standing(conn, window.trust, &[window.pupil], now)?;
    rows.retain(|row| window.schools().is_none_or(|schools| schools.contains(&row.school_id)));
    Ok(rows)
}

/// The decisions about these pupils that the caller sees, as they were known at a moment, withdrawn ones too; none for
/// whoever reads no decisions.
pub fn decisions_shown(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupils: &[Id],
    at: Timestamp,
) -> ApiResult<Vec<ExternalDecisionView>> {
    let Ok(reading) = scope.under(Action::StatusRead) else { return Ok(Vec::new()) };
    let rows = store::known(conn, scope.trust(), pupils, at)?;
    let about: BTreeSet<Id> = rows.iter().map(|row| row.pupil_id).collect();
    let mut views = Vec::new();
    for pupil in about {
        let window = match case::window(conn, &reading, pupil) {
            Ok(window) => window,
            Err(error) if error.code == Code::NotFound => continue,
            Err(error) => return Err(error),
        };
        let key = PupilKey::open(vault, conn, scope.trust(), pupil)?;
        let is_shown = |row: &&ExternalDecisionRow| {
            row.pupil_id == pupil && window.schools().is_none_or(|schools| schools.contains(&row.school_id))
        };
        for row in rows.iter().filter(is_shown) {
            views.push(shown(key.as_ref(), row.clone())?);
        }
    }
    Ok(views)
}

/// What was decided, by decision: of those of these that stand, and were recorded at schools whose decisions the caller
/// reads.
pub fn standing_outcomes(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> ApiResult<BTreeMap<Id, DecisionOutcome>> {
    let mut outcomes = BTreeMap::new();
    for some in ids.chunks(500) {
        let mut rows = store::outcomes(conn, scope.trust(), some)?;
        rows.retain(|(_, school, _)| scope.also_covers(Action::StatusRead, *school));
        outcomes.extend(rows.into_iter().map(|(id, _, outcome)| (id, outcome)));
    }
    Ok(outcomes)
}

/// A decision as it was on record for a time, whoever may read it: what referrals that name it rest on.
#[derive(Clone, Copy, Debug)]
pub struct DecisionKnown {
    /// The decision.
    pub id: Id,
    /// The day of the decision; none where its record was withdrawn.
    pub decided_on: Option<Date>,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl DecisionKnown {
    /// Whether it was on record so at a moment.
    pub fn held(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| until > at)
    }
}

/// Every decision about these pupils, as it was on record at any time.
pub fn decisions_known(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<DecisionKnown>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    let known = |row: ExternalDecisionRow| DecisionKnown {
        id: row.id,
        decided_on: (!row.withdrawn).then_some(row.decided_on),
        from: row.recorded_at,
        until: row.superseded_at,
    };
    Ok(store::versions(conn, trust, pupils)?.into_iter().map(known).collect())
}

/// Records a decision.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: ExternalDecisionCreate,
) -> ApiResult<ExternalDecisionView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    case::known(tx.conn, scope, pupil)?;
    if let Some(id) = tx.replayed()? {
        return newest(tx, scope, pupil, id);
    }
    let school = case::recording_school(tx.conn, scope, pupil)?;
    case::check_day(scope.today(), "/decided_on", input.decided_on)?;
    let key = PupilKey::lock(tx, pupil)?;
    let id = tx.new_id();
    let body = ExternalDecisionBody {
        decision_maker_name: input.decision_maker_name,
        decision_maker_role: input.decision_maker_role,
        reference: input.reference,
        summary: input.summary,
        reason: None,
    };
    let row = ExternalDecisionRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        pupil_id: pupil,
        school_id: school,
        agency: input.agency,
        outcome: input.outcome,
        level: input.level,
        decided_on: input.decided_on,
        withdrawn: false,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, id, &body)?,
    };
    store::insert(tx.conn, &row)?;
    tx.created(id);
    tx.did_with(
        "external_decision.recorded",
        "external_decision",
        id,
        Some(school),
        Some(&committed(&body)?),
    )?;
    Ok(ExternalDecisionView::new(row, body))
}

/// Records a corrected version. A status that rests on it shows whether it still carries it, and a referral that names it
/// follows it.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: ExternalDecisionCorrection,
) -> ApiResult<ExternalDecisionView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let Some((old, key)) = begin(tx, scope, (pupil, id), if_match)? else {
        return newest(tx, scope, pupil, id);
    };
    case::check_day(scope.today(), "/decided_on", input.decided_on)?;
    let body = ExternalDecisionBody {
        decision_maker_name: input.decision_maker_name,
        decision_maker_role: input.decision_maker_role,
        reference: input.reference,
        summary: input.summary,
        reason: Some(input.reason),
    };
    let row = ExternalDecisionRow {
        agency: input.agency,
        outcome: input.outcome,
        level: input.level,
        decided_on: input.decided_on,
        ..old
    };
    replace(tx, scope, &key, row, body, "external_decision.corrected")
}

/// Withdraws a decision that should never have been recorded: the record stays, nothing rests on it any longer.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: ExternalDecisionWithdrawal,
) -> ApiResult<ExternalDecisionView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let Some((old, key)) = begin(tx, scope, (pupil, id), if_match)? else {
        return newest(tx, scope, pupil, id);
    };
    let before: ExternalDecisionBody = key.unseal(TABLE, id, &old.body)?;
    let body = ExternalDecisionBody { reason: Some(input.reason), ..before };
    let row = ExternalDecisionRow { withdrawn: true, ..old };
    replace(tx, scope, &key, row, body, "external_decision.withdrawn")
}

/// The decision in scope, then whether this request was carried out before, then its version; none for a repetition.
fn begin(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
) -> ApiResult<Option<(ExternalDecisionRow, PupilKey)>> {
    case::known(tx.conn, scope, pupil)?;
    let window = case::window(tx.conn, scope, pupil)?;
    let old = store::get(tx.conn, &window, id, tx.now())?;
    if tx.replayed()?.is_some() {
        return Ok(None);
    }
    if_match.check_exact(i64::from(old.number))?;
    case::recording_school(tx.conn, scope, pupil)?;
    if old.withdrawn {
        return Err(ApiError::because(Code::StateConflict, "the record was withdrawn"));
    }
    let key = PupilKey::lock(tx, pupil)?;
    Ok(Some((old, key)))
}

fn replace(
    tx: &mut Tx<'_>,
    scope: &Scope,
    key: &PupilKey,
    changed: ExternalDecisionRow,
    body: ExternalDecisionBody,
    kind: &'static str,
) -> ApiResult<ExternalDecisionView> {
    let row = ExternalDecisionRow {
        number: changed.number + 1,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, changed.id, &body)?,
        ..changed
    };
    store::replace(tx.conn, &row)?;
    tx.created(row.id);
    tx.did_with(kind, "external_decision", row.id, Some(row.school_id), Some(&committed(&body)?))?;
    concerns::decision_changed(tx, row.pupil_id, row.id)?;
    Ok(ExternalDecisionView::new(row, body))
}

fn newest(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, id: Id) -> ApiResult<ExternalDecisionView> {
    let window = Window { trust: scope.trust(), pupil, sight: case::Sight::Whole };
    let row = store::get(tx.conn, &window, id, tx.now())?;
    view(tx.conn, tx.vault, row)
}

fn view(conn: &mut Conn, vault: &Vault, row: ExternalDecisionRow) -> ApiResult<ExternalDecisionView> {
    let key = PupilKey::open(vault, conn, row.trust_id, row.pupil_id)?;
    shown(key.as_ref(), row)
}

fn shown(key: Option<&PupilKey>, row: ExternalDecisionRow) -> ApiResult<ExternalDecisionView> {
    let key = key.ok_or_else(|| ApiError::internal("a pupil's record without its key"))?;
    let body = key.unseal(TABLE, row.id, &row.body)?;
    Ok(ExternalDecisionView::new(row, body))
}
