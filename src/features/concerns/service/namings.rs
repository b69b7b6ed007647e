//! Adults who were named by mistake: the name shuts out until another lead lifts it.

use super::super::dto::{NamingLiftingCreate, NamingLiftingView};
use super::super::store::{self, NamingLiftingBody, NamingLiftingRow};
use super::case::{self, Case, Made};
use super::receivers;
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Lifts the name of an adult whom an account named by mistake. It takes two: whoever named the adult does not lift it,
/// and the account is corrected first. Whoever may do so reads the concern, and so is not linked to it.
pub fn lift_naming(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: NamingLiftingCreate,
) -> ApiResult<Made<NamingLiftingView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        let row = store::naming_lifting(tx.conn, &case.row, id)?;
        return Ok(case.again(id, view(&case, row)?));
    }
    let by = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    let numbers = store::naming_accounts(tx.conn, &case.row, input.person_id)?;
    if numbers.is_empty() {
        let words = "no account names this person, or the name was lifted";
        return Err(ApiError::rule("/person_id", "unknown_reference", words));
    }
    if numbers.contains(&case.row.account_number) {
        let words = "the account names this person still: correct it first";
        return Err(ApiError::because(Code::StateConflict, words));
    }
    if store::authors(tx.conn, &case.row, &numbers)?.contains(&by) {
        return Err(ApiError::because(
            Code::StateConflict,
            "another lead than the one who named lifts a name",
        ));
    }
    let id = tx.new_id();
    let body = NamingLiftingBody { reason: input.reason };
    let row = NamingLiftingRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        person_id: input.person_id,
        lifted_by: by,
        lifted_at: tx.now(),
        body: case.key.seal("concern_naming_liftings", id, &body)?,
    };
    store::lift_naming(tx.conn, &row)?;
    receivers::ensure_reader(tx, scope, &case.row)?;
    let view = view(&case, row)?;
    case.finish(tx, "concern.naming-lifted", id, &body, view)
}

/// A page of lifted names, the oldest first.
pub fn list_naming_liftings(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<NamingLiftingView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let rows = store::naming_liftings(conn, &case.row)?;
    let count = paging.wants_count().then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let after = paging.after_id()?;
    let views = rows
        .into_iter()
        .filter(|row| after.is_none_or(|after| row.id > after))
        .take(paging.limit() + 1)
        .map(|row| view(&case, row))
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

fn view(case: &Case, row: NamingLiftingRow) -> ApiResult<NamingLiftingView> {
    let body: NamingLiftingBody = case.key.unseal("concern_naming_liftings", row.id, &row.body)?;
    Ok(NamingLiftingView {
        id: row.id,
        person_id: row.person_id,
        lifted_by: row.lifted_by,
        lifted_at: row.lifted_at,
        reason: body.reason,
    })
}
