//! Letting named people in, and out again.

use super::super::dto::{
    ConcernShareCreate, ConcernShareKind, ConcernShareRevocation, ConcernShareScope, ConcernShareView,
    SharedWithMeFilter, SharedWithMeView,
};
use super::super::store::{self, ShareBody, ShareRow};
use super::admission;
use super::case::{self, Case, Made};
use super::receivers;
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Lets a person in, and tells them.
pub fn create_share(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernShareCreate,
) -> ApiResult<Made<ConcernShareView>> {
    let (case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return shown(tx, &case, id);
    }
    check(tx.conn, scope, &case, &input)?;
    let id = tx.new_id();
    let shows = input.scope.unwrap_or(ConcernShareScope::Record);
    let body = ShareBody { reason: Some(input.reason), end_reason: None };
    let row = ShareRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        person_id: input.person_id,
        kind: input.kind,
        granted_by: scope.person(),
        granted_at: tx.now(),
        ends_at: input.ends_at,
        ended_at: None,
        ended_by: None,
        body: case.key.seal("concern_shares", id, &body)?,
        scope: shows,
    };
    store::insert_share(tx.conn, &row)?;
    let kind = match input.kind {
        ConcernShareKind::Assignment => NotificationKind::ConcernAssigned,
        _ => NotificationKind::ConcernShared,
    };
    let now = tx.now();
    notify(tx.conn, scope.trust(), &[input.person_id], kind, concern, now)?;
    let view = view(&case, row)?;
    case.finish_beside(tx, "concern.shared", id, &body, view)
}

/// Ends a share; not one of the service's own, while everybody before that person is linked to the case.
pub fn revoke_share(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    share: Id,
    if_match: &IfMatch,
    input: ConcernShareRevocation,
) -> ApiResult<Made<ConcernShareView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    let old = store::share(tx.conn, &case.row, share)?;
    if let Some(id) = tx.replayed()? {
        return shown(tx, &case, id);
    }
    case.claim_beside(tx, if_match)?;
    if let Some(words) = ends_elsewhere(old.kind) {
        return Err(ApiError::because(Code::StateConflict, words));
    }
    if !old.is_open(tx.now()) {
        return Err(ApiError::because(Code::StateConflict, "the share has ended already"));
    }
    let route = receivers::route(tx.conn, scope, &case.row, None)?;
    if old.kind == ConcernShareKind::ConflictRoute && route.by_grant.contains(&old.person_id) {
        let words =
            "everybody before this person is linked to the case: the share ends when somebody else can read";
        return Err(ApiError::because(Code::StateConflict, words));
    }
    let before: ShareBody = case.key.unseal("concern_shares", share, &old.body)?;
    let body = ShareBody { end_reason: Some(input.reason), ..before };
    let row = ShareRow {
        ended_at: Some(tx.now()),
        ended_by: scope.person(),
        body: case.key.seal("concern_shares", share, &body)?,
        ..old
    };
    store::end_share(tx.conn, &row)?;
    receivers::ensure_reader(tx, scope, &case.row)?;
    let view = view(&case, row)?;
    case.finish_beside(tx, "concern.share-ended", share, &body, view)
}

/// Where a share ends that is a part of something else.
const fn ends_elsewhere(kind: ConcernShareKind) -> Option<&'static str> {
    match kind {
        ConcernShareKind::TrustLeadDeputy => Some("the CEO appointed the deputy and appoints another"),
        ConcernShareKind::Support => Some("the support was asked for: it ends with the request for it"),
        _ => None,
    }
}

/// A page of what is open to the person behind the caller by name, the oldest first: of the concerns of which they may
/// know, so nothing of a case with which they have a conflict of interest.
pub fn shared_with_me(
    conn: &mut Conn,
    scope: &Scope,
    filter: &SharedWithMeFilter,
    paging: &Paging,
) -> ApiResult<Page<SharedWithMeView>> {
    let reading = scope.under(Action::ConcernRead).ok().map(Scope::without_glass);
    let rows = match (reading, scope.person()) {
        (Some(reading), Some(person)) => store::open_shares(conn, &reading, person, filter.kind, false)?,
        _ => Vec::new(),
    };
    let (rows, count) = paging.cut(rows, |row| row.id)?;
    let view = |row: ShareRow| SharedWithMeView {
        id: row.id,
        concern_id: row.concern_id,
        kind: row.kind,
        scope: row.scope,
        granted_by: row.granted_by,
        granted_at: row.granted_at,
        ends_at: row.ends_at,
    };
    Ok(paging.page(rows, |row| Cursor::id(row.id), view).with_count(count))
}

/// One share.
pub fn get_share(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    share: Id,
) -> ApiResult<ConcernShareView> {
    let case = case::open(conn, vault, scope, concern)?;
    let row = store::share(conn, &case.row, share)?;
    view(&case, row)
}

/// A page of shares, open and ended, the oldest first; with `as_of`, as they were known at that moment.
pub fn list_shares(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernShareView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = as_of.unwrap_or_else(store::end_of_time);
    let rows = store::shares(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let count = paging.wants_count().then(|| store::count_shares(conn, &case.row, at)).transpose()?;
    let known = |row| Ok(known_at(view(&case, row)?, at));
    let views = rows.into_iter().map(known).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// A share as it was known at a moment: one that was ended later was open.
fn known_at(view: ConcernShareView, at: Timestamp) -> ConcernShareView {
    if view.ended_at.is_none_or(|ended| ended <= at) {
        return view;
    }
    ConcernShareView { ended_at: None, ended_by: None, end_reason: None, ..view }
}

fn check(conn: &mut Conn, scope: &Scope, case: &Case, input: &ConcernShareCreate) -> ApiResult<()> {
    if scope.person() == Some(input.person_id) {
        return Err(ApiError::rule("/person_id", "own_grant", "nobody lets themselves in"));
    }
    if input.ends_at.is_some_and(|end| end <= scope.now()) {
        return Err(ApiError::rule("/ends_at", "range", "must be in the future"));
    }
    admission::check(conn, scope, &case.row, input.person_id, "/person_id")?;
    let shows = input.scope.unwrap_or(ConcernShareScope::Record);
    if shows == ConcernShareScope::Submission {
        admission::check_part(conn, scope, &case.row, input.person_id)?;
    }
    let open = store::shares_with(conn, &case.row, input.person_id)?;
    let is_same = |share: &ShareRow| share.kind == input.kind && share.scope == shows;
    if open.iter().any(|share| is_same(share) && share.is_open(scope.now())) {
        return Err(ApiError::because(Code::AlreadyExists, "the person has this share already"));
    }
    Ok(())
}

fn shown(tx: &mut Tx<'_>, case: &Case, id: Id) -> ApiResult<Made<ConcernShareView>> {
    let row = store::share(tx.conn, &case.row, id)?;
    Ok(case.again(id, view(case, row)?))
}

fn view(case: &Case, row: ShareRow) -> ApiResult<ConcernShareView> {
    let body: ShareBody = case.key.unseal("concern_shares", row.id, &row.body)?;
    Ok(ConcernShareView {
        id: row.id,
        person_id: row.person_id,
        kind: row.kind,
        scope: row.scope,
        granted_by: row.granted_by,
        granted_at: row.granted_at,
        ends_at: row.ends_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        reason: body.reason,
        end_reason: body.end_reason,
    })
}
