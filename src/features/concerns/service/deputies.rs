//! The deputy of a trust lead who has a conflict of interest: appointed by the CEO for one concern, let in by name.

use super::super::content::CaseKey;
use super::super::dto::{
    ConcernShareKind, ConcernShareScope, ConcernState, TrustLeadDeputyCreate, TrustLeadDeputyView,
};
use super::super::store::{self, ConcernRow, ShareBody, ShareRow};
use super::case;
use super::receivers;
use crate::access::matrix::{self, Reach, TrustLeadColumn};
use crate::access::{Action, Role, Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::ids::Id;

/// Who stands in for the trust lead in a concern: nobody, where a trust lead is in post who has no conflict of interest.
pub fn stands_in(conn: &mut Conn, scope: &Scope, row: &ConcernRow) -> ApiResult<Option<Id>> {
    if !all_leads_linked(conn, scope, row)? {
        return Ok(None);
    }
    Ok(store::open_deputies(conn, row)?.first().map(|share| share.person_id))
}

/// Whether trust leads are in post, and all of them have a conflict of interest.
fn all_leads_linked(conn: &mut Conn, scope: &Scope, row: &ConcernRow) -> ApiResult<bool> {
    let leads = leads(conn, scope)?;
    let linked = receivers::linked(conn, row)?;
    Ok(!leads.is_empty() && leads.iter().all(|lead| linked.contains(lead)))
}

/// Refuses a concern in which a trust lead can act: 404, since whoever appoints may not know that it is there.
pub fn require_wanted(conn: &mut Conn, scope: &Scope, row: &ConcernRow) -> ApiResult<()> {
    if all_leads_linked(conn, scope, row)? { Ok(()) } else { Err(ApiError::not_found()) }
}

/// The trust leads of today.
pub fn leads(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    people::holders(conn, scope.trust(), &[Role::TrustSafeguardingLead], None, scope.today())
}

/// Appoints a deputy for one concern, lets them in and tells them. Another one takes their place. Whoever appoints reads
/// nothing of the case.
pub fn appoint_deputy(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    input: TrustLeadDeputyCreate,
) -> ApiResult<TrustLeadDeputyView> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    require_wanted(tx.conn, scope, &case.row)?;
    if let Some(id) = tx.replayed()? {
        let row = store::share(tx.conn, &case.row, id)?;
        return Ok(view(row));
    }
    case.row = store::lock(tx.conn, &case.row)?;
    check(tx.conn, scope, &case.row, input.person_id)?;
    if case.row.state == ConcernState::Closed {
        return Err(ApiError::of(Code::ConcernClosed));
    }
    end_before(tx, scope, &case.row, &case.key)?;
    let id = tx.new_id();
    let body = ShareBody { reason: Some(input.reason), end_reason: None };
    let row = ShareRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        person_id: input.person_id,
        kind: ConcernShareKind::TrustLeadDeputy,
        granted_by: scope.person(),
        granted_at: tx.now(),
        ends_at: None,
        ended_at: None,
        ended_by: None,
        body: case.key.seal("concern_shares", id, &body)?,
        scope: ConcernShareScope::Record,
    };
    store::insert_share(tx.conn, &row)?;
    let now = tx.now();
    notify(tx.conn, scope.trust(), &[row.person_id], NotificationKind::TrustLeadDeputised, concern, now)?;
    case.finish_beside(tx, "concern.trust-lead-deputised", id, &body, view(row)).map(|made| made.view)
}

fn check(conn: &mut Conn, scope: &Scope, row: &ConcernRow, person: Id) -> ApiResult<()> {
    if scope.person() == Some(person) {
        return Err(ApiError::rule("/person_id", "own_grant", "nobody appoints themselves"));
    }
    let can = |role: &Role| {
        matrix::reach(Action::ConcernScrutinise, *role, TrustLeadColumn::Casework) >= Reach::Assigned
    };
    let holds = people::person_exists(conn, scope.trust(), person)?
        && people::roles_on(conn, scope.trust(), person, scope.today())?.iter().any(can);
    // One answer for all of them: it does not tell who else is linked to the case.
    if !holds || receivers::linked(conn, row)?.contains(&person) {
        let words = "cannot stand in: no person of the trust, without a role today under which a concern can be \
                     scrutinised, or with a conflict of interest";
        return Err(ApiError::rule("/person_id", "cannot_stand_in", words));
    }
    Ok(())
}

/// Ends what a deputy before was let in by.
fn end_before(tx: &mut Tx<'_>, scope: &Scope, row: &ConcernRow, key: &CaseKey) -> ApiResult<()> {
    for old in store::open_deputies(tx.conn, row)? {
        let body: ShareBody = key.unseal("concern_shares", old.id, &old.body)?;
        let ended = ShareRow {
            ended_at: Some(tx.now()),
            ended_by: scope.person(),
            body: key.seal("concern_shares", old.id, &body)?,
            ..old
        };
        store::end_share(tx.conn, &ended)?;
    }
    Ok(())
}

fn view(row: ShareRow) -> TrustLeadDeputyView {
    TrustLeadDeputyView {
        id: row.id,
        concern_id: row.concern_id,
        person_id: row.person_id,
        granted_at: row.granted_at,
    }
}
