//! The accounts of what happened: the one that was submitted, and each correction after it.

use super::super::dto::ConcernAccountView;
use super::super::store;
use super::case::{self, Case};
use super::read::{account_view, knows_reporter};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A page of the accounts of a concern, the one that was submitted first; with `as_of`, those that were known at that
/// moment.
pub fn list_accounts(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernAccountView>> {
    let Case { row, key } = case::open(conn, vault, scope, concern)?;
    let knows = knows_reporter(scope, &row);
    let last = match as_of {
        Some(at) => store::account_number_at(conn, scope.trust(), concern, at)?.unwrap_or_default(),
        None => row.account_number,
    };
    let after = i32::try_from(paging.after_number()?.unwrap_or_default()).unwrap_or(i32::MAX);
    let mut views = Vec::new();
    for number in (after.saturating_add(1)..=last).take(paging.limit() + 1) {
        let account = store::account(conn, scope.trust(), concern, number)?;
        let named = store::named_at(conn, scope.trust(), concern, number, as_of)?;
        let content = key.open_account(account.id, &account.content)?;
        views.push(account_view(account, content, named, knows));
    }
    let count = paging.wants_count().then_some(i64::from(last));
    Ok(paging.page(views, |view| Cursor::number(view.number.into()), |view| view).with_count(count))
}
