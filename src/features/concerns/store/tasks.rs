//! What a person has to do.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};

use super::super::dto::{ConcernShareKind, ConcernState, ScrutinyCapacity};
use super::deadlines::whole;
use super::{ShareRow, Theirs};
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

/// The open shares of a person in concerns of which they may know, by identifier; `is_open`: in concerns that are not
/// closed.
pub fn open_shares(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    kind: Option<ConcernShareKind>,
    is_open: bool,
) -> ApiResult<Vec<ShareRow>> {
    let mut found: Vec<ShareRow> = Vec::new();
    let states = if is_open { ConcernState::OPEN.as_slice() } else { ConcernState::ALL };
    for (branch, _) in visible::branches(scope) {
        let lasts =
            concern_shares::ends_at.is_null().or(concern_shares::ends_at.gt(scope.now()).assume_not_null());
        let some: Vec<ShareRow> = concern_shares::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_shares::trust_id)
                    .and(concerns::id.eq(concern_shares::concern_id))),
            )
            .filter(concern_shares::trust_id.eq(scope.trust()))
            .filter(Joined(visible::condition(scope, branch)))
            .filter(concerns::state.eq_any(states.to_vec()))
            .filter(concern_shares::person_id.eq(person))
            .filter(concern_shares::ended_at.is_null())
            .filter(lasts)
            .select(ShareRow::as_select())
            .load(conn)?;
        found.extend(some);
    }
    found.retain(|row| kind.is_none_or(|kind| kind == row.kind));
    found.sort_by_key(|row| row.id);
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

/// An open action: its owner, concern and identifier, and the day on which it is due.
pub type OwnedAction = (Id, Id, Id, Option<Date>);

/// Open actions of other people, in concerns that the caller works: those that the caller gave, and those at the team's
/// schools: owner, concern, action, due day.
pub fn others_actions(conn: &mut Conn, scope: &Scope, theirs: &Theirs) -> ApiResult<Vec<OwnedAction>> {
    let mut found = Vec::new();
    for way in whole(scope) {
        let rows: Vec<OwnedAction> = concern_actions::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_actions::trust_id)
                    .and(concerns::id.eq(concern_actions::concern_id))),
            )
            .filter(concern_actions::trust_id.eq(scope.trust()))
            .filter(Joined(way))
            .filter(concern_actions::owner_id.is_not_null())
            .filter(concern_actions::owner_id.ne(Some(theirs.person)))
            .filter(concern_actions::superseded_at.is_null())
            .filter(concern_actions::done_on.is_null())
            .filter(
                concern_actions::author_id
                    .eq(Some(theirs.person))
                    .or(concerns::school_id.eq_any(theirs.team.clone()).nullable()),
            )
            .order(concern_actions::id)
            .select((
                concern_actions::owner_id.assume_not_null(),
                concern_actions::concern_id,
                concern_actions::id,
                concern_actions::due_on,
            ))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
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
