//! Who learns of a concern, and who is let in because everybody before them is linked to the case.

use std::collections::BTreeSet;

use super::super::content::CaseKey;
use super::super::dto::ConcernShareKind;
use super::super::rules::{self, Holder, Route};
use super::super::store::{self, ConcernRow, ShareBody, ShareRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::ids::Id;

/// Everybody who has a conflict of interest in a concern: linked to a pupil of any of its accounts, or named in one.
pub fn linked(conn: &mut Conn, row: &ConcernRow) -> ApiResult<BTreeSet<Id>> {
    let (pupils, adults) = store::ever_named(conn, row.trust_id, row.id)?;
    let mut linked = store::linked_to_pupils(conn, row.trust_id, &pupils)?;
    linked.extend(adults);
    Ok(linked)
}

/// The route of a concern as things stand today: past whoever acts, where it is to be told, and not where it is asked
/// who reads it.
pub fn route(conn: &mut Conn, scope: &Scope, row: &ConcernRow, actor: Option<Id>) -> ApiResult<Route> {
    let linked = linked(conn, row)?;
    let mut holders = Vec::new();
    for role in rules::route_roles() {
        let people = people::holders(conn, scope.trust(), &[role], Some(row.school_id), scope.today())?;
        holders.extend(people.into_iter().map(|person| Holder { person, role, elsewhere: false }));
    }
    let route = rules::route(&holders, &linked, actor);
    if !route.is_empty() {
        return Ok(route);
    }
    for school in store::other_schools(conn, scope.trust(), row.school_id, scope.today())? {
        for role in rules::route_roles_elsewhere() {
            let people = people::holders(conn, scope.trust(), &[*role], Some(school), scope.today())?;
            holders.extend(people.into_iter().map(|person| Holder { person, role: *role, elsewhere: true }));
        }
    }
    Ok(rules::route(&holders, &linked, actor))
}

/// Tells the people of a route, but not whoever is acting, and lets those in who must be: for whom that is new hear of
/// the concern itself.
pub fn tell(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    kind: NotificationKind,
) -> ApiResult<()> {
    let route = route(tx.conn, scope, row, scope.person())?;
    let new = let_in(tx, scope, row, key, &route)?;
    let told: Vec<Id> = route.people().filter(|person| !new.contains(person)).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &told, kind, row.id, now)
}

/// Lets the people of a route in where their roles do not reach, and tells those for whom that is new. Returns who
/// was let in.
pub fn let_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    route: &Route,
) -> ApiResult<Vec<Id>> {
    let mut new = Vec::new();
    for person in &route.by_grant {
        let now = tx.now();
        if store::shares_with(tx.conn, row, *person)?.iter().any(|share| share.is_open(now)) {
            continue;
        }
        let id = tx.new_id();
        let share = ShareRow {
            trust_id: scope.trust(),
            id,
            concern_id: row.id,
            person_id: *person,
            kind: ConcernShareKind::ConflictRoute,
            granted_by: None,
            granted_at: now,
            ends_at: None,
            ended_at: None,
            ended_by: None,
            body: key.seal("concern_shares", id, &ShareBody::default())?,
        };
        store::insert_share(tx.conn, &share)?;
        new.push(*person);
    }
    let told: Vec<Id> = new.iter().copied().filter(|person| Some(*person) != scope.person()).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &told, NotificationKind::ConcernRaised, row.id, now)?;
    Ok(new)
}

/// Sees to it that somebody is left who reads each concern of a pupil. To be called in the transaction in which a new
/// conflict of interest was recorded.
pub fn ensure_readers(tx: &mut Tx<'_>, scope: &Scope, pupil: Id) -> ApiResult<()> {
    for row in store::naming_pupil(tx.conn, scope.trust(), pupil)? {
        let route = route(tx.conn, scope, &row, None)?;
        if route.by_grant.is_empty() {
            continue;
        }
        let key = CaseKey::open(tx.vault, tx.conn, &row)?;
        if !let_in(tx, scope, &row, &key, &route)?.is_empty() {
            tx.did("concern.routed", "concern", row.id, Some(row.school_id))?;
        }
    }
    Ok(())
}
