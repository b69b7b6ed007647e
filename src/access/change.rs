//! Changes: in one transaction with their audit entries, whoever asks for them.

use super::context::Services;
use super::scope::Scope;
use super::tx::Tx;
use crate::crypto::Vault;
use crate::db::{Conn, Slot};
use crate::error::ApiResult;
use crate::http::idempotency::Request;
use crate::ids::Id;

/// Runs a change outside a request, for the command line: same rules, same audit entry.
pub fn write_now<T, F>(services: &Services, scope: &Scope, work: F) -> ApiResult<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
{
    write_under(services, scope, format!("cli-{}", Id::new(scope.now())), work)
}

/// The same for work that a request has asked for: what it leaves behind names what it was done for.
pub fn write_under<T, F>(services: &Services, scope: &Scope, request_id: String, work: F) -> ApiResult<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
{
    let (scope, vault) = (scope.clone(), services.vault.clone());
    let (change, answer) = answered(work);
    let trust = scope.trust();
    services.db.write_now(Some(trust), move |conn| run(conn, &vault, &scope, request_id, None, change))?;
    answer.take()
}

/// A change that leaves its answer elsewhere.
pub(super) type Change = Box<dyn FnOnce(&mut Tx<'_>) -> ApiResult<()> + Send>;

/// A change without its type, and where its answer will be.
pub(super) fn answered<T, F>(work: F) -> (Change, Slot<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
{
    let answer = Slot::empty();
    let there = answer.other_side();
    (Box::new(move |tx| there.put(work(tx)?)), answer)
}

/// Runs a change in a transaction that has begun: its entries and what a repeated request is told are part of it.
pub(super) fn run(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    request_id: String,
    request: Option<Request>,
    change: Change,
) -> ApiResult<()> {
    let mut tx = Tx::new(conn, vault, scope, request_id, request);
    change(&mut tx)?;
    tx.finish()
}
