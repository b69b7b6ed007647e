//! Closing a concern as the trust's rule says, and reopening it.

use super::super::dto::{
    ConcernClosureCreate, ConcernClosureView, ConcernLog, ConcernReopeningCreate, ConcernReopeningView,
    ConcernState,
};
use super::super::rules::closing::{self, Work};
use super::super::store::{self, ClosureBody, ClosureRow, ReopeningBody, ReopeningRow, end_of_time};
use super::case::{self, Case, Made};
use super::{deputies, external, receivers};
use crate::access::{Role, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::meetings::{self, ClosureCase};
use crate::features::organisation::trust::{self, ClosureRule, Settings};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Closes a concern. Its version is taken first and the panel's row is locked before its attendance and answers are
/// read: whatever others do at the same moment is done before, and counts, or finds the concern closed.
pub fn close(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernClosureCreate,
) -> ApiResult<Made<ConcernClosureView>> {
    let settings = trust::settings(tx.conn, scope.trust())?;
    if settings.closure_rule == ClosureRule::SafetyStatement {
        external::hold(tx.conn, scope.trust(), concern)?;
    }
    let (case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        let row = store::closure(tx.conn, &case.row, id)?;
        return Ok(case.again(id, view(tx.conn, &case, row)?));
    }
    if case.row.state == ConcernState::Closed {
        return Err(ApiError::of(Code::AlreadyClosed));
    }
    closing::check(&work(tx.conn, &case, settings)?)?;
    match settings.closure_rule {
        ClosureRule::UnanimousPanel => check_panel(tx.conn, scope, &case, &input)?,
        ClosureRule::SafetyStatement => check_statement(tx.conn, scope, &case, &input)?,
    }
    let id = tx.new_id();
    let body = ClosureBody {
        outcome: input.outcome,
        closure_rationale: input.closure_rationale,
        safety_statement: input.safety_statement,
    };
    let row = ClosureRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        round: case.row.round,
        way: settings.closure_rule,
        panel_id: input.panel_id,
        author_id: scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?,
        closed_at: tx.now(),
        reopened_at: None,
        body: case.key.seal("concern_closures", id, &body)?,
    };
    store::insert_closure(tx.conn, &row)?;
    tell(tx, scope, &case, NotificationKind::ConcernClosed)?;
    let view = view(tx.conn, &case, row)?;
    case.finish_beside(tx, "concern.closed", id, &body, view)
}

/// Reopens a closed concern: a round begins, with stamps and answers of its own.
pub fn reopen(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernReopeningCreate,
) -> ApiResult<Made<ConcernReopeningView>> {
    let (mut case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        let row = store::reopening(tx.conn, &case.row, id)?;
        return Ok(case.again(id, reopening_view(&case, row)?));
    }
    if case.row.state != ConcernState::Closed {
        return Err(ApiError::of(Code::ConcernOpen));
    }
    let id = tx.new_id();
    let body = ReopeningBody { reason: input.reason };
    case.row.round += 1;
    case.row.round_began_at = tx.now();
    case.row.added_since_closure = false;
    let row = ReopeningRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        round: case.row.round,
        author_id: scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?,
        recorded_at: tx.now(),
        body: case.key.seal("concern_reopenings", id, &body)?,
    };
    store::insert_reopening(tx.conn, &row)?;
    tell(tx, scope, &case, NotificationKind::ConcernReopened)?;
    let view = reopening_view(&case, row)?;
    case.finish(tx, "concern.reopened", id, &body, view)
}

/// A page of closures with their reopenings, the first round first.
pub fn list_closures(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<ConcernClosureView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let (rows, after) = (store::closures(conn, &case.row)?, paging.after_number()?.unwrap_or_default());
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let rows = rows.into_iter().filter(|row| i64::from(row.round) > after).take(paging.limit() + 1);
    let views = rows.map(|row| view(conn, &case, row)).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |view| Cursor::number(view.round.into()), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

fn work(conn: &mut Conn, case: &Case, settings: Settings) -> ApiResult<Work> {
    let stamps = store::round_stamps(conn, &case.row, case.row.round, end_of_time())?;
    Ok(Work {
        scrutiny: settings.scrutiny,
        stamps: stamps.into_iter().map(|stamp| (stamp.capacity, stamp.author_id)).collect(),
        linked: receivers::linked(conn, &case.row)?,
        has_required_open: store::has_required_open(conn, &case.row)?,
        has_action_or_no_action: store::has_action_or_no_action(
            conn,
            &case.row,
            case.row.round,
            end_of_time(),
        )?,
    })
}

/// In a held panel in which every attendee with a vote agrees.
fn check_panel(conn: &mut Conn, scope: &Scope, case: &Case, input: &ConcernClosureCreate) -> ApiResult<()> {
    let panel = input.panel_id.ok_or_else(|| ApiError::of(Code::PanelRequired))?;
    if input.closure_rationale.is_none() {
        return Err(ApiError::rule("/closure_rationale", "required", "say why the concern can be closed"));
    }
    let asked = ClosureCase {
        concern: case.row.id,
        school: case.row.school_id,
        is_restricted: case.row.log == ConcernLog::Restricted,
        linked: receivers::linked(conn, &case.row)?,
        deputy: deputies::stands_in(conn, scope, &case.row)?,
    };
    meetings::check_closure(conn, scope, &asked, panel)
}

/// By a safety statement of a DSL, and where a level belongs to the local authority, its recorded decision (B-53, B-55).
fn check_statement(
    conn: &mut Conn,
    scope: &Scope,
    case: &Case,
    input: &ConcernClosureCreate,
) -> ApiResult<()> {
    if input.safety_statement.is_none() {
        return Err(ApiError::of(Code::SafetyStatementRequired));
    }
    if input.panel_id.is_some() {
        let words = "this trust closes concerns by a safety statement, not in a panel";
        return Err(ApiError::rule("/panel_id", "not_allowed", words));
    }
    let holds = |role| scope.holds(role, case.row.school_id);
    if !holds(Role::Dsl) && !holds(Role::DeputyDsl) {
        return Err(ApiError::of(Code::DslRequired));
    }
    if external::awaits_decision(conn, &case.row, scope.now())? {
        return Err(ApiError::of(Code::ExternalDecisionRequired));
    }
    Ok(())
}

/// Tells the team and whoever raised it, but nobody who has a conflict of interest, and not who acts.
fn tell(tx: &mut Tx<'_>, scope: &Scope, case: &Case, kind: NotificationKind) -> ApiResult<()> {
    receivers::tell(tx, scope, &case.row, &case.key, kind)?;
    let route = receivers::route(tx.conn, scope, &case.row, scope.person())?;
    let linked = receivers::linked(tx.conn, &case.row)?;
    let reporter = case.row.raised_by.filter(|person| {
        Some(*person) != scope.person()
            && !linked.contains(person)
            && !route.people().any(|told| told == *person)
    });
    let now = tx.now();
    notify(tx.conn, scope.trust(), &reporter.into_iter().collect::<Vec<_>>(), kind, case.row.id, now)
}

/// A closure as it is shown, with what ended it.
pub fn view(conn: &mut Conn, case: &Case, row: ClosureRow) -> ApiResult<ConcernClosureView> {
    let body: ClosureBody = case.key.unseal("concern_closures", row.id, &row.body)?;
    let reopening = match row.reopened_at {
        Some(_) => store::reopening_of(conn, &case.row, row.round + 1)?,
        None => None,
    };
    Ok(ConcernClosureView {
        id: row.id,
        round: row.round,
        way: row.way,
        panel_id: row.panel_id,
        author_id: row.author_id,
        closed_at: row.closed_at,
        outcome: body.outcome,
        closure_rationale: body.closure_rationale,
        safety_statement: body.safety_statement,
        reopening: reopening.map(|row| reopening_view(case, row)).transpose()?,
    })
}

fn reopening_view(case: &Case, row: ReopeningRow) -> ApiResult<ConcernReopeningView> {
    let body: ReopeningBody = case.key.unseal("concern_reopenings", row.id, &row.body)?;
    Ok(ConcernReopeningView {
        id: row.id,
        round: row.round,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        reason: body.reason,
    })
}
