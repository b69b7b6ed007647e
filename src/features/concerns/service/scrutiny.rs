//! Scrutiny: stamps of different people, at any time; no action waits for one.

use super::super::dto::{ConcernScrutinyCreate, ConcernScrutinyView, ScrutinyCapacity};
use super::super::rules::closing;
use super::super::store::{self, StampBody, StampRow, end_of_time};
use super::case::{self, Case, Made};
use super::deputies;
use crate::access::{Role, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records that the caller has scrutinised a concern.
pub fn scrutinise(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernScrutinyCreate,
) -> ApiResult<Made<ConcernScrutinyView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    if let Some(id) = tx.replayed()? {
        let row = store::stamp(tx.conn, &case.row, id)?;
        return Ok(case.again(id, view(&case, row)?));
    }
    case.claim_seen(tx, if_match)?;
    let author_id = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    check_capacity(tx.conn, scope, &case, input.capacity)?;
    check_second(tx.conn, &case, author_id, input.capacity)?;
    let id = tx.new_id();
    let body = StampBody { comment: input.comment };
    let row = StampRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        round: case.row.round,
        capacity: input.capacity,
        author_id,
        recorded_at: tx.now(),
        body: case.key.seal("concern_scrutiny", id, &body)?,
    };
    store::insert_stamp(tx.conn, &row)?;
    let view = view(&case, row)?;
    case.finish_beside(tx, "concern.scrutinised", id, &body, view)
}

/// A page of stamps of all rounds, the oldest first.
pub fn list_scrutiny(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<ConcernScrutinyView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let (rows, after) = (store::stamps(conn, &case.row)?, paging.after_id()?);
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let rows = rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after));
    let views = rows.take(paging.limit() + 1).map(|row| view(&case, row)).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |view| Cursor::id(view.id), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

/// The team are the DSL and deputies of the concern's school; the trust lead is who holds that role, or who stands in
/// for them in this concern.
fn check_capacity(conn: &mut Conn, scope: &Scope, case: &Case, capacity: ScrutinyCapacity) -> ApiResult<()> {
    let holds = |role| scope.holds(role, case.row.school_id);
    let has = match capacity {
        ScrutinyCapacity::Team => holds(Role::Dsl) || holds(Role::DeputyDsl),
        ScrutinyCapacity::TrustLead => {
            holds(Role::TrustSafeguardingLead)
                || deputies::stands_in(conn, scope, &case.row)?
                    .is_some_and(|deputy| Some(deputy) == scope.person())
        }
    };
    if has {
        Ok(())
    } else {
        Err(ApiError::because(Code::NotYourCapacity, format!("you do not scrutinise as {capacity} here")))
    }
}

fn check_second(conn: &mut Conn, case: &Case, person: Id, capacity: ScrutinyCapacity) -> ApiResult<()> {
    let stamps = store::round_stamps(conn, &case.row, case.row.round, end_of_time())?;
    let before = stamps.iter().find(|stamp| stamp.author_id == person).map(|stamp| stamp.capacity);
    closing::second_stamp(before, capacity).map_or(Ok(()), |code| Err(ApiError::of(code)))
}

/// A stamp as it is shown.
pub fn view(case: &Case, row: StampRow) -> ApiResult<ConcernScrutinyView> {
    let body: StampBody = case.key.unseal("concern_scrutiny", row.id, &row.body)?;
    Ok(ConcernScrutinyView {
        id: row.id,
        capacity: row.capacity,
        round: row.round,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        comment: body.comment,
    })
}
