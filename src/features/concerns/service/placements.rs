//! Putting a concern where it belongs: into the restricted log or out of it, under the right school. Whoever read
//! it before and does not read it there finds nothing; its reporter goes on seeing what they submitted.

use super::super::content::committed;
use super::super::dto::{ConcernLog, ConcernPlacementCreate, ConcernPlacementView};
use super::super::store::{self, ConcernRow, PlacementBody, PlacementRow};
use super::case::{self, Case};
use super::raise::answer;
use super::read::Shown;
use super::{external, receivers};
use crate::access::visible::FieldSet;
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::pupils;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Puts a concern where it belongs, and tells those who read it there. Whoever did so may see no more of it then: also a
/// repetition is answered with what they are shown today.
pub fn place(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernPlacementCreate,
) -> ApiResult<Shown> {
    if let Some(id) = tx.replayed()? {
        let placement = store::placement(tx.conn, scope.trust(), concern, id)?;
        return shown(tx, scope, &placement);
    }
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    external::hold(tx.conn, scope.trust(), concern)?;
    case.claim_beside(tx, if_match)?;
    let before = case.row.clone();
    let row = ConcernRow {
        school_id: input.school_id.unwrap_or(before.school_id),
        log: input.log.unwrap_or(before.log),
        ..before.clone()
    };
    check(tx.conn, scope, &before, &row)?;
    let placement = recorded(tx, scope, &case, &row, &PlacementBody { reason: input.reason.clone() })?;
    let row = case::moved(tx, row)?;
    store::update(tx.conn, &row)?;
    store::place(tx.conn, &row, &placement)?;
    hand_over(tx, scope, &case, &row)?;
    tx.created(placement.id);
    let content = committed(&PlacementBody { reason: input.reason })?;
    tx.did_with("concern.placed", "concern", concern, Some(row.school_id), Some(&content))?;
    if row.school_id != before.school_id {
        tx.did("concern.moved-away", "concern", concern, Some(before.school_id))?;
    }
    shown(tx, scope, &placement)
}

fn recorded(
    tx: &mut Tx<'_>,
    scope: &Scope,
    case: &Case,
    row: &ConcernRow,
    body: &PlacementBody,
) -> ApiResult<PlacementRow> {
    let id = tx.new_id();
    let last = store::placements(tx.conn, &case.row)?.last().map_or(0, |last| last.number);
    Ok(PlacementRow {
        trust_id: scope.trust(),
        id,
        concern_id: row.id,
        number: last + 1,
        school_before: case.row.school_id,
        school_after: row.school_id,
        log_before: case.row.log,
        log_after: row.log,
        placed_by: scope.person(),
        placed_at: tx.now(),
        body: case.key.seal("concern_placements", id, body)?,
    })
}

fn check(conn: &mut Conn, scope: &Scope, before: &ConcernRow, row: &ConcernRow) -> ApiResult<()> {
    if (row.school_id, row.log) == (before.school_id, before.log) {
        return Err(ApiError::because(Code::StateConflict, "the concern stands there already"));
    }
    let named = store::named(conn, row.trust_id, row.id, row.account_number)?;
    let named: Vec<Id> = named.pupils.iter().map(|pupil| pupil.pupil_id).collect();
    if row.school_id != before.school_id {
        let is_theirs = match pupils::check_named(conn, scope, &named, row.school_id) {
            Err(error) if error.code == Code::RuleBroken => false,
            checked => checked.map(|()| true)?,
        };
        if !is_theirs || !store::has_school(conn, scope.trust(), row.school_id, scope.today())? {
            let words = "not a school of the trust at which all the children named were on roll";
            return Err(ApiError::rule("/school_id", "unknown_reference", words));
        }
    }
    if row.log == ConcernLog::Restricted && row.log != before.log {
        let works_there = scope.restricted().covers(before.school_id) || scope.is_let_in_by_route(before.id);
        if !works_there || !store::has_restricted_log(conn, scope.trust())? {
            let words = "the trust has not switched the restricted log on, or you do not work in it";
            return Err(ApiError::rule("/log", "not_allowed", words));
        }
    }
    Ok(())
}

/// Tells those who read the concern where it stands now; whoever was let in only because everybody where it stood is
/// linked to it reads no more. Where nobody would read it, it stays where it was.
fn hand_over(tx: &mut Tx<'_>, scope: &Scope, case: &Case, row: &ConcernRow) -> ApiResult<()> {
    let route = receivers::route(tx.conn, scope, row, scope.person())?;
    if route.people().next().is_none() && !still_reads(tx.conn, scope, row.id)? {
        let words =
            "nobody on record would read the concern there: see that a safeguarding lead is appointed first";
        return Err(ApiError::because(Code::StateConflict, words));
    }
    receivers::tell_moved(tx, scope, row, &case.key, row.school_id != case.row.school_id)?;
    receivers::ensure_reader(tx, scope, row)
}

fn still_reads(conn: &mut Conn, scope: &Scope, concern: Id) -> ApiResult<bool> {
    let Ok(reading) = scope.under(Action::ConcernRead).map(Scope::without_glass) else { return Ok(false) };
    match store::load(conn, &reading, concern) {
        Ok(found) => Ok(found.fields == FieldSet::Full),
        Err(error) if error.code == Code::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// What whoever placed a concern is shown of it today: a receipt names the school to which they brought it.
fn shown(tx: &mut Tx<'_>, scope: &Scope, placement: &PlacementRow) -> ApiResult<Shown> {
    let row = store::by_ids(tx.conn, scope.trust(), &[placement.concern_id])?.into_iter().next();
    let row = row.ok_or_else(ApiError::not_found)?;
    answer(tx, scope, &ConcernRow { school_id: placement.school_after, ..row })
}

/// A page of placements, the first one first. What tells of the restricted log tells so only those who read that log.
pub fn list_placements(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<ConcernPlacementView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let all = reads_restricted(scope, &case.row);
    let mut rows = store::placements(conn, &case.row)?;
    rows.retain(|row| all || !row.touches_restricted());
    let count = paging.wants_count().then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let after = paging.after_number()?.unwrap_or_default();
    let views = rows
        .into_iter()
        .filter(|row| i64::from(row.number) > after)
        .take(paging.limit() + 1)
        .map(|row| Ok((row.number, view(&case, row)?)))
        .collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |(number, _)| Cursor::number((*number).into()), |(_, view)| view);
    Ok(page.with_count(count))
}

/// Whether the caller, who sees a concern in full, may know that it stood in the restricted log.
pub fn reads_restricted(scope: &Scope, row: &ConcernRow) -> bool {
    row.log == ConcernLog::Restricted
        || scope.also_covers(Action::ConcernReadRestricted, row.school_id)
        || scope.is_let_in_by_route(row.id)
}

/// Where a concern stood as far as it was known at a moment, for those who see it in full: school and log.
pub fn stood_at(
    conn: &mut Conn,
    scope: &Scope,
    row: &ConcernRow,
    at: Timestamp,
) -> ApiResult<(Id, ConcernLog)> {
    let later = store::placements(conn, row)?.into_iter().find(|placement| placement.placed_at > at);
    let (school, log) =
        later.map_or((row.school_id, row.log), |later| (later.school_before, later.log_before));
    let may_know = log != ConcernLog::Restricted || reads_restricted(scope, row);
    Ok((school, if may_know { log } else { row.log }))
}

/// A concern as it stood when it was raised: what a reporter, or the system that fed it, is shown of where it stands.
pub fn as_raised(conn: &mut Conn, row: ConcernRow) -> ApiResult<ConcernRow> {
    Ok(match store::placements(conn, &row)?.into_iter().next() {
        Some(first) => ConcernRow { school_id: first.school_before, log: first.log_before, ..row },
        None => row,
    })
}

fn view(case: &Case, row: PlacementRow) -> ApiResult<ConcernPlacementView> {
    let body: PlacementBody = case.key.unseal("concern_placements", row.id, &row.body)?;
    Ok(ConcernPlacementView {
        id: row.id,
        school_before: row.school_before,
        school_after: row.school_after,
        log_before: row.log_before,
        log_after: row.log_after,
        placed_by: row.placed_by,
        placed_at: row.placed_at,
        reason: body.reason,
    })
}
