//! What is due in concerns: actions by their day, and scrutiny after the report or the reopening.

use std::collections::BTreeMap;

use crate::db::prelude::*;
use diesel::dsl::{exists, not};

use super::super::dto::{ConcernShareKind, ConcernState, ScrutinyCapacity};
use crate::access::Scope;
use crate::access::visible::{self, Condition, FieldSet, Joined};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{concern_actions, concern_scrutiny, concern_shares, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// Which actions are asked for.
#[derive(Clone, Debug, Default)]
pub struct ActionsAsked {
    /// Of concerns of this school only.
    pub school: Option<Id>,
    /// Of this owner only.
    pub owner: Option<Id>,
    /// Whether they are done.
    pub is_done: bool,
    /// Due on this day or later.
    pub from: Option<Date>,
    /// Due on this day or earlier.
    pub to: Option<Date>,
    /// After this one, by day and identifier.
    pub after: Option<(Date, Id)>,
}

/// An action with a day by which it is to be done.
#[derive(Clone, Debug, Queryable)]
pub struct ActionDue {
    /// The concern.
    pub concern_id: Id,
    /// Its school.
    pub school_id: Id,
    /// The action.
    pub id: Id,
    /// Who is to do it.
    pub owner_id: Option<Id>,
    /// By when.
    pub due_on: Date,
    /// When it was done.
    pub done_on: Option<Date>,
}

/// Which concerns are asked for.
#[derive(Clone, Debug, Default)]
pub struct ScrutinyAsked {
    /// Of this school only.
    pub school: Option<Id>,
    /// Those to which the caller is to give, or might have given, a stamp.
    pub mine: Option<Mine>,
    /// The stamps that make it whole.
    pub capacities: Vec<ScrutinyCapacity>,
    /// Whether all of them are there.
    pub is_scrutinised: bool,
    /// Reported, or reopened, at this moment or later.
    pub from: Option<Timestamp>,
    /// Reported, or reopened, before this moment.
    pub before: Option<Timestamp>,
    /// After this one, by moment and identifier.
    pub after: Option<(Timestamp, Id)>,
}

/// Which stamps a person can give.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The team's at these schools.
    pub schools: Vec<Id>,
    /// The trust lead's.
    pub is_lead: bool,
    /// The trust lead's, where this person stands in for them.
    pub person: Id,
}

/// A concern that is to be scrutinised.
#[derive(Clone, Debug)]
pub struct ScrutinyDue {
    /// The concern.
    pub id: Id,
    /// Its school.
    pub school_id: Id,
    /// When it was reported, or reopened.
    pub began_at: Timestamp,
    /// When the last stamp that it needs was given.
    pub scrutinised_at: Option<Timestamp>,
    /// The stamps that it lacks.
    pub lacks: Vec<ScrutinyCapacity>,
}

/// The ways on which the caller reads a whole concern; not for a while by breaking the glass, which makes nobody's task.
pub(super) fn whole(scope: &Scope) -> Vec<Condition> {
    let scope = &scope.clone().without_glass();
    let ways = visible::branches(scope).into_iter().filter(|(_, fields)| *fields == FieldSet::Full);
    ways.map(|(branch, _)| visible::condition(scope, branch)).collect()
}

/// The newest versions of actions with a day, of the concerns of one way. What is open in a closed concern is due no
/// more: nobody could do it there.
macro_rules! dated {
    ($scope:expr, $way:expr, $asked:expr) => {{
        let mut query = concern_actions::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_actions::trust_id)
                    .and(concerns::id.eq(concern_actions::concern_id))),
            )
            .filter(concern_actions::trust_id.eq($scope.trust()))
            .filter(Joined($way))
            .filter(concern_actions::superseded_at.is_null())
            .filter(concern_actions::due_on.is_not_null())
            .into_boxed();
        query = if $asked.is_done {
            query.filter(concern_actions::done_on.is_not_null())
        } else {
            query.filter(concern_actions::done_on.is_null()).filter(concerns::state.ne(ConcernState::Closed))
        };
        if let Some(school) = $asked.school {
            query = query.filter(concerns::school_id.eq(school));
        }
        if let Some(owner) = $asked.owner {
            query = query.filter(concern_actions::owner_id.eq(Some(owner)));
        }
        if let Some(from) = $asked.from {
            query = query.filter(concern_actions::due_on.ge(from).assume_not_null());
        }
        if let Some(to) = $asked.to {
            query = query.filter(concern_actions::due_on.le(to).assume_not_null());
        }
        query
    }};
}

/// Actions that are due, by day and identifier.
pub fn actions_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ActionsAsked,
    rows: i64,
) -> ApiResult<Vec<ActionDue>> {
    let mut found: Vec<ActionDue> = Vec::new();
    for way in whole(scope) {
        let mut query = dated!(scope, way, asked);
        if let Some((day, id)) = asked.after {
            query = query.filter(
                concern_actions::due_on
                    .gt(day)
                    .assume_not_null()
                    .or(concern_actions::due_on.eq(day).assume_not_null().and(concern_actions::id.gt(id))),
            );
        }
        let some: Vec<ActionDue> = query
            .order((concern_actions::due_on, concern_actions::id))
            .limit(rows)
            .select((
                concerns::id,
                concerns::school_id,
                concern_actions::id,
                concern_actions::owner_id,
                concern_actions::due_on.assume_not_null(),
                concern_actions::done_on,
            ))
            .load(conn)?;
        found.extend(some);
    }
    found.sort_by_key(|due| (due.due_on, due.id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// How many actions are due.
pub fn count_actions_due(conn: &mut Conn, scope: &Scope, asked: &ActionsAsked) -> ApiResult<i64> {
    whole(scope).into_iter().try_fold(0, |sum, way| {
        let some: i64 = dated!(scope, way, asked).count().get_result(conn)?;
        Ok(sum + some)
    })
}

fn has_stamp(trust: Id, capacity: ScrutinyCapacity) -> Condition {
    Box::new(exists(
        concern_scrutiny::table
            .filter(concern_scrutiny::trust_id.eq(trust))
            .filter(concern_scrutiny::concern_id.eq(concerns::id))
            .filter(concern_scrutiny::round.eq(concerns::round))
            .filter(concern_scrutiny::capacity.eq(capacity)),
    ))
}

/// Concerns of which a stamp is a person's to give: where it is asked for what lacks one, one that it lacks.
fn is_mine(trust: Id, mine: &Mine, asked: &ScrutinyAsked) -> Condition {
    let deputised = exists(
        concern_shares::table
            .filter(concern_shares::trust_id.eq(trust))
            .filter(concern_shares::concern_id.eq(concerns::id))
            .filter(concern_shares::person_id.eq(mine.person))
            .filter(concern_shares::kind.eq(ConcernShareKind::TrustLeadDeputy))
            .filter(concern_shares::ended_at.is_null()),
    );
    let none: Condition = Box::new(concerns::id.ne(concerns::id));
    asked.capacities.iter().fold(none, |any, capacity| {
        let can: Condition = match capacity {
            ScrutinyCapacity::Team => Box::new(concerns::school_id.eq_any(mine.schools.clone())),
            ScrutinyCapacity::TrustLead if mine.is_lead => Box::new(concerns::id.eq(concerns::id)),
            ScrutinyCapacity::TrustLead => Box::new(deputised),
        };
        if asked.is_scrutinised {
            return Box::new(any.or(can));
        }
        Box::new(any.or(can.and(not(has_stamp(trust, *capacity)))))
    })
}

/// The conditions of what is asked for. A concern that was closed is past scrutiny, whatever the setting says by now.
fn wanted(scope: &Scope, way: Condition, asked: &ScrutinyAsked) -> Condition {
    let stamps = asked.capacities.iter().map(|capacity| has_stamp(scope.trust(), *capacity));
    let whole = stamps.reduce(|all, one| -> Condition { Box::new(all.and(one)) });
    let mut all = way;
    if let Some(whole) = whole {
        if asked.is_scrutinised {
            all = Box::new(all.and(whole));
        } else {
            all = Box::new(all.and(not(whole)).and(concerns::state.ne(ConcernState::Closed)));
        }
    }
    if let Some(school) = asked.school {
        all = Box::new(all.and(concerns::school_id.eq(school)));
    }
    if let Some(mine) = &asked.mine {
        all = Box::new(all.and(is_mine(scope.trust(), mine, asked)));
    }
    if let Some(from) = asked.from {
        all = Box::new(all.and(concerns::round_began_at.ge(from)));
    }
    if let Some(before) = asked.before {
        all = Box::new(all.and(concerns::round_began_at.lt(before)));
    }
    all
}

/// Concerns that are to be scrutinised, the one that has waited longest at the head.
pub fn scrutiny_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ScrutinyAsked,
    rows: i64,
) -> ApiResult<Vec<ScrutinyDue>> {
    let mut found: Vec<(Id, Id, Timestamp)> = Vec::new();
    for way in whole(scope) {
        let mut query = concerns::table.filter(wanted(scope, way, asked)).into_boxed();
        if let Some((at, id)) = asked.after {
            query = query.filter(
                concerns::round_began_at.ge(at).and(concerns::round_began_at.gt(at).or(concerns::id.gt(id))),
            );
        }
        let some: Vec<(Id, Id, Timestamp)> = query
            .order((concerns::round_began_at, concerns::id))
            .limit(rows)
            .select((concerns::id, concerns::school_id, concerns::round_began_at))
            .load(conn)?;
        found.extend(some);
    }
    found.sort_by_key(|(id, _, at)| (*at, *id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    let stamps = first_stamps(conn, scope.trust(), &found, &asked.capacities)?;
    let due = |(id, school_id, began_at): (Id, Id, Timestamp)| {
        let at = |capacity: &ScrutinyCapacity| stamps.get(&(id, *capacity)).copied();
        let lacks: Vec<_> = asked.capacities.iter().filter(|one| at(one).is_none()).copied().collect();
        let last = asked.capacities.iter().filter_map(at).max();
        ScrutinyDue { id, school_id, began_at, scrutinised_at: last.filter(|_| lacks.is_empty()), lacks }
    };
    Ok(found.into_iter().map(due).collect())
}

/// How many concerns are to be scrutinised.
pub fn count_scrutiny_due(conn: &mut Conn, scope: &Scope, asked: &ScrutinyAsked) -> ApiResult<i64> {
    whole(scope).into_iter().try_fold(0, |sum, way| {
        let some: i64 = concerns::table.filter(wanted(scope, way, asked)).count().get_result(conn)?;
        Ok(sum + some)
    })
}

/// When each concern got its first stamp of every capacity, in its round.
fn first_stamps(
    conn: &mut Conn,
    trust: Id,
    found: &[(Id, Id, Timestamp)],
    capacities: &[ScrutinyCapacity],
) -> ApiResult<BTreeMap<(Id, ScrutinyCapacity), Timestamp>> {
    let ids: Vec<Id> = found.iter().map(|(id, ..)| *id).collect();
    let stamps: Vec<(Id, ScrutinyCapacity, Timestamp)> = concern_scrutiny::table
        .inner_join(
            concerns::table.on(concerns::trust_id
                .eq(concern_scrutiny::trust_id)
                .and(concerns::id.eq(concern_scrutiny::concern_id))
                .and(concerns::round.eq(concern_scrutiny::round))),
        )
        .filter(concern_scrutiny::trust_id.eq(trust))
        .filter(concern_scrutiny::concern_id.eq_any(ids))
        .filter(concern_scrutiny::capacity.eq_any(capacities.to_vec()))
        .order((concern_scrutiny::recorded_at, concern_scrutiny::id))
        .select((concern_scrutiny::concern_id, concern_scrutiny::capacity, concern_scrutiny::recorded_at))
        .load(conn)?;
    let mut firsts = BTreeMap::new();
    for (concern, capacity, at) in stamps {
        firsts.entry((concern, capacity)).or_insert(at);
    }
    Ok(firsts)
}
