//! What a person has to do.

use std::collections::BTreeSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::super::dto::{ConcernLog, ConcernShareKind, ConcernState, ScrutinyCapacity};
use crate::access::Scope;
use crate::access::visible::{self, Branch, Condition, FieldSet, Joined};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{concern_actions, concern_grants, concern_scrutiny, concern_shares, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// A person's actions that are not done, in open concerns of which they may know: concern, action, due day.
pub fn open_actions(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<(Id, Id, Option<Date>)>> {
    let mut found = Vec::new();
    for (branch, _) in visible::branches(scope) {
        let some: Vec<(Id, Id, Option<Date>)> = concern_actions::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_actions::trust_id)
                    .and(concerns::id.eq(concern_actions::concern_id))),
            )
            .filter(concern_actions::trust_id.eq(scope.trust()))
            .filter(Joined(visible::condition(scope, branch)))
            .filter(concerns::state.eq_any(ConcernState::OPEN))
            .filter(concern_actions::owner_id.eq(Some(person)))
            .filter(concern_actions::superseded_at.is_null())
            .filter(concern_actions::done_on.is_null())
            .order(concern_actions::id)
            .select((concern_actions::concern_id, concern_actions::id, concern_actions::due_on))
            .load(conn)?;
        found.extend(some);
    }
    Ok(found)
}

/// The open concerns that are assigned to a person who may know of them: concern, share.
pub fn open_assignments(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<(Id, Id)>> {
    let mut found = Vec::new();
    for (branch, _) in visible::branches(scope) {
        let lasts =
            concern_shares::ends_at.is_null().or(concern_shares::ends_at.gt(scope.now()).assume_not_null());
        let some: Vec<(Id, Id)> = concern_shares::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_shares::trust_id)
                    .and(concerns::id.eq(concern_shares::concern_id))),
            )
            .filter(concern_shares::trust_id.eq(scope.trust()))
            .filter(Joined(visible::condition(scope, branch)))
            .filter(concerns::state.eq_any(ConcernState::OPEN))
            .filter(concern_shares::person_id.eq(person))
            .filter(concern_shares::kind.eq(ConcernShareKind::Assignment))
            .filter(concern_shares::ended_at.is_null())
            .filter(lasts)
            .order(concern_shares::id)
            .select((concern_shares::concern_id, concern_shares::id))
            .load(conn)?;
        found.extend(some);
    }
    Ok(found)
}

/// Open concerns within a scope's reach that lack a stamp of a capacity in their round: concern, when it was raised or reopened.
pub fn unstamped(
    conn: &mut Conn,
    scope: &Scope,
    capacity: ScrutinyCapacity,
) -> ApiResult<Vec<(Id, Timestamp)>> {
    let reached = visible::branches(scope).into_iter().any(|(branch, _)| branch == Branch::Reach);
    if !reached {
        return Ok(Vec::new());
    }
    Ok(concerns::table
        .filter(visible::condition(scope, Branch::Reach))
        .filter(concerns::state.eq_any(ConcernState::OPEN))
        .filter(not(exists(
            concern_scrutiny::table
                .filter(concern_scrutiny::trust_id.eq(scope.trust()))
                .filter(concern_scrutiny::concern_id.eq(concerns::id))
                .filter(concern_scrutiny::round.eq(concerns::round))
                .filter(concern_scrutiny::capacity.eq(capacity)),
        )))
        .order((concerns::round_began_at, concerns::id))
        .select((concerns::id, concerns::round_began_at))
        .load(conn)?)
}

/// Open concerns in which a person stands in for the trust lead, whose stamp is missing, and to which they are not linked:
/// concern, when it was raised or reopened.
pub fn unstamped_by_deputy(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<(Id, Timestamp)>> {
    let deputised = concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq(concerns::id))
        .filter(concern_shares::person_id.eq(person))
        .filter(concern_shares::kind.eq(ConcernShareKind::TrustLeadDeputy))
        .filter(concern_shares::ended_at.is_null());
    let stamped = concern_scrutiny::table
        .filter(concern_scrutiny::trust_id.eq(trust))
        .filter(concern_scrutiny::concern_id.eq(concerns::id))
        .filter(concern_scrutiny::round.eq(concerns::round))
        .filter(concern_scrutiny::capacity.eq(ScrutinyCapacity::TrustLead));
    Ok(concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::state.eq_any(ConcernState::OPEN))
        .filter(exists(deputised))
        .filter(not(exists(stamped)))
        .filter(not(visible::linked(trust, person)))
        .order((concerns::round_began_at, concerns::id))
        .select((concerns::id, concerns::round_began_at))
        .load(conn)?)
}

/// Open concerns to which all these people are linked, and in which nobody was appointed to stand in for them; for a
/// person who is not linked.
pub fn without_deputy(conn: &mut Conn, trust: Id, leads: &[Id], person: Id) -> ApiResult<Vec<Id>> {
    let Some((first, others)) = leads.split_first() else { return Ok(Vec::new()) };
    let all = others.iter().fold(visible::linked(trust, *first), |all, lead| -> Condition {
        Box::new(all.and(visible::linked(trust, *lead)))
    });
    let deputised = concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq(concerns::id))
        .filter(concern_shares::kind.eq(ConcernShareKind::TrustLeadDeputy))
        .filter(concern_shares::ended_at.is_null());
    Ok(concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::state.eq_any(ConcernState::OPEN))
        .filter(all)
        .filter(not(exists(deputised)))
        .filter(not(visible::linked(trust, person)))
        .order(concerns::id)
        .select(concerns::id)
        .load(conn)?)
}

/// Closed concerns within a scope's reach to which the reporter has added something.
pub fn added_since_closure(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    let mut out = Vec::new();
    for (branch, _) in visible::branches(scope) {
        let some: Vec<Id> = concerns::table
            .filter(visible::condition(scope, branch))
            .filter(concerns::state.eq(ConcernState::Closed))
            .filter(concerns::added_since_closure.eq(true))
            .order(concerns::id)
            .select(concerns::id)
            .load(conn)?;
        out.extend(some);
    }
    Ok(out)
}

/// Concerns that nobody has triaged: those of these schools that the caller works, and those to which the service let
/// the caller in; the oldest first.
pub fn untriaged(conn: &mut Conn, scope: &Scope, schools: &[Id]) -> ApiResult<Vec<Id>> {
    let mut found = Vec::new();
    for (branch, fields) in visible::branches(scope) {
        if fields != FieldSet::Full {
            continue;
        }
        let mut query = concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::state.eq(ConcernState::Submitted))
            .filter(visible::condition(scope, branch))
            .into_boxed();
        if branch == Branch::Reach {
            query = query.filter(concerns::school_id.eq_any(schools.to_vec()));
        }
        if branch == Branch::Granted {
            query = query.filter(routed(scope));
        }
        found.extend(query.order(concerns::id).select(concerns::id).load::<Id>(conn)?);
    }
    Ok(found)
}

/// An open action of somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct OthersAction {
    pub concern: Id,
    pub id: Id,
    pub due_on: Option<Date>,
    pub owner: Id,
    pub is_restricted: bool,
}

type OthersRow = (Id, Id, Option<Date>, Id, ConcernLog);

/// Open actions of other people, in concerns that the caller works: those that the caller gave, and those at these
/// schools.
pub fn others_actions(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    team: &[Id],
) -> ApiResult<Vec<OthersAction>> {
    let mut found = Vec::new();
    for (branch, fields) in visible::branches(scope) {
        if fields != FieldSet::Full {
            continue;
        }
        let rows: Vec<OthersRow> = concern_actions::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_actions::trust_id)
                    .and(concerns::id.eq(concern_actions::concern_id))),
            )
            .filter(concern_actions::trust_id.eq(scope.trust()))
            .filter(Joined(visible::condition(scope, branch)))
            .filter(concern_actions::owner_id.is_not_null())
            .filter(concern_actions::owner_id.ne(Some(person)))
            .filter(concern_actions::superseded_at.is_null())
            .filter(concern_actions::done_on.is_null())
            .filter(
                concern_actions::author_id
                    .eq(Some(person))
                    .or(concerns::school_id.eq_any(team.to_vec()).nullable()),
            )
            .order(concern_actions::id)
            .select((
                concern_actions::concern_id,
                concern_actions::id,
                concern_actions::due_on,
                concern_actions::owner_id.assume_not_null(),
                concerns::log,
            ))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(concern, id, due_on, owner, log)| {
            let is_restricted = log == ConcernLog::Restricted;
            OthersAction { concern, id, due_on, owner, is_restricted }
        }));
    }
    Ok(found)
}

/// Those of several concerns to which a person is linked.
pub fn linked_among(conn: &mut Conn, trust: Id, person: Id, ids: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let mut out = BTreeSet::new();
    for some in ids.chunks(500) {
        let linked: Vec<Id> = concerns::table
            .filter(concerns::trust_id.eq(trust))
            .filter(concerns::id.eq_any(some.to_vec()))
            .filter(visible::linked(trust, person))
            .select(concerns::id)
            .load(conn)?;
        out.extend(linked);
    }
    Ok(out)
}

/// To which concerns a person was let in, and no longer is.
pub fn let_out_of(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<BTreeSet<Id>> {
    let shares: Vec<(Id, Option<Timestamp>, Option<Timestamp>)> = concern_shares::table
        .filter(concern_shares::trust_id.eq(scope.trust()))
        .filter(concern_shares::person_id.eq(person))
        .select((concern_shares::concern_id, concern_shares::ended_at, concern_shares::ends_at))
        .load(conn)?;
    let is_over = |ended: &Option<Timestamp>, end: &Option<Timestamp>| {
        ended.is_some() || end.is_some_and(|end| end <= scope.now())
    };
    let (over, open): (Vec<_>, Vec<_>) = shares.into_iter().partition(|(_, ended, end)| is_over(ended, end));
    let open: BTreeSet<Id> = open.into_iter().map(|(concern, ..)| concern).collect();
    Ok(over.into_iter().map(|(concern, ..)| concern).filter(|concern| !open.contains(concern)).collect())
}

/// The concerns to which the service itself let the caller in.
fn routed(scope: &Scope) -> Condition {
    let Some(person) = scope.person() else { return Box::new(concerns::id.ne(concerns::id)) };
    Box::new(exists(
        concern_grants::table
            .filter(concern_grants::trust_id.eq(scope.trust()))
            .filter(concern_grants::person_id.eq(person))
            .filter(concern_grants::concern_id.eq(concerns::id))
            .filter(concern_grants::by_route),
    ))
}
