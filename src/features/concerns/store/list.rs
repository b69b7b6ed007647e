//! Lists of concerns: each way to a concern is read on its own index, the rows are merged here.

use crate::db::prelude::*;
use diesel::dsl::exists;

use super::{ConcernRow, Found, note_reached, raised_at, raised_in};
use crate::access::visible::{self, Branch, Condition, FieldSet};
use crate::access::{Scope, branches_with_any};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::portable::like_literal;
use crate::db::schema::{concern_categories, concern_pupils, concern_shares, concerns};
use crate::error::ApiResult;
use crate::features::concerns::dto::{ConcernFilter, ConcernState};
use crate::ids::Id;

/// Concerns that the caller may know of, the newest first, after a key.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ConcernFilter,
    after: Option<(Timestamp, Id)>,
    rows: i64,
) -> ApiResult<Vec<Found>> {
    let mut found: Vec<(Branch, Found)> = Vec::new();
    for (branch, way, fields) in ways(conn, scope, filter)? {
        let mut query = concerns::table.filter(way).into_boxed();
        if let Some((at, id)) = after {
            query = query.filter(
                concerns::reported_at.le(at).and(concerns::reported_at.lt(at).or(concerns::id.lt(id))),
            );
        }
        let some: Vec<ConcernRow> = query
            .order((concerns::reported_at.desc(), concerns::id.desc()))
            .limit(rows)
            .select(ConcernRow::as_select())
            .load(conn)?;
        found.extend(some.into_iter().map(|row| (branch, Found::by(branch, fields, row))));
    }
    found.sort_by_key(|(_, found)| std::cmp::Reverse((found.row.reported_at, found.row.id)));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    for (branch, fields) in visible::branches(scope) {
        let by_it = found.iter().filter(|(other, _)| *other == branch).map(|(_, found)| found.row.clone());
        note_reached(conn, scope, branch, fields, &by_it.collect::<Vec<_>>())?;
    }
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// How many concerns the caller may know of: no row comes by two ways, so the counts add up.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &ConcernFilter) -> ApiResult<i64> {
    ways(conn, scope, filter)?.into_iter().try_fold(0, |sum, (_, way, _)| {
        let some: i64 = concerns::table.filter(way).count().get_result(conn)?;
        Ok(sum + some)
    })
}

/// The ways on which the caller may find any, each with the filter as far as it applies there.
fn ways(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ConcernFilter,
) -> ApiResult<Vec<(Branch, Condition, FieldSet)>> {
    Ok(branches_with_any(conn, scope)?
        .into_iter()
        .filter_map(|(branch, fields)| {
            let wanted = wanted(scope, filter, branch, fields)?;
            let way = visible::condition(scope, branch);
            let way = wanted.into_iter().fold(way, |all, one| -> Condition { Box::new(all.and(one)) });
            Some((branch, way, fields))
        })
        .collect())
}

/// The conditions of a filter. A way that does not show what the filter asks about finds nothing: what a reporter
/// cannot read they cannot find out by asking.
fn wanted(scope: &Scope, filter: &ConcernFilter, branch: Branch, fields: FieldSet) -> Option<Vec<Condition>> {
    let of_full = filter.state.is_some()
        || filter.open.is_some()
        || filter.added_since_closure.is_some()
        || filter.severity.is_some()
        || filter.monitor.is_some()
        || filter.assigned_to_me == Some(true);
    let of_submission = filter.pupil_id.is_some() || filter.category.is_some() || filter.log.is_some();
    if (of_full && fields < FieldSet::Full) || (of_submission && fields < FieldSet::Submission) {
        return None;
    }
    let mut all = plain(filter);
    all.extend(standing(scope.trust(), filter, fields));
    all.extend(filter.pupil_id.map(|pupil| names_pupil(scope.trust(), pupil, branch)));
    if let Some(category) = &filter.category {
        all.push(has_category(scope.trust(), category.as_str(), branch));
    }
    if filter.raised_by_me == Some(true) {
        all.push(match scope.person() {
            Some(person) => Box::new(
                concerns::raised_by.is_not_null().and(concerns::raised_by.eq(person).assume_not_null()),
            ),
            None => Box::new(concerns::raised_by_principal.eq_any(scope.principals())),
        });
    }
    if filter.assigned_to_me == Some(true) {
        all.push(assigned(scope)?);
    }
    Some(all)
}

fn plain(filter: &ConcernFilter) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    if let Some(state) = filter.state {
        all.push(Box::new(concerns::state.eq(state)));
    }
    match filter.open {
        Some(true) => all.push(Box::new(concerns::state.eq_any(ConcernState::OPEN))),
        Some(false) => all.push(Box::new(concerns::state.eq(ConcernState::Closed))),
        None => {}
    }
    if let Some(added) = filter.added_since_closure {
        all.push(Box::new(concerns::added_since_closure.eq(added)));
    }
    if let Some(severity) = filter.severity {
        all.push(Box::new(
            concerns::severity.is_not_null().and(concerns::severity.eq(severity).assume_not_null()),
        ));
    }
    if let Some(monitor) = filter.monitor {
        all.push(Box::new(concerns::monitor.eq(monitor)));
    }
    if let Some(from) = filter.reported_from {
        all.push(Box::new(concerns::reported_at.ge(from)));
    }
    if let Some(to) = filter.reported_to {
        all.push(Box::new(concerns::reported_at.lt(to)));
    }
    all
}

/// Where a concern stands, or for a way that shows no more, where it was raised.
fn standing(trust: Id, filter: &ConcernFilter, fields: FieldSet) -> Vec<Condition> {
    let is_full = fields == FieldSet::Full;
    let school = filter.school_id.map(|school| -> Condition {
        if is_full { Box::new(concerns::school_id.eq(school)) } else { raised_at(trust, school) }
    });
    let log = filter.log.map(|log| -> Condition {
        if is_full { Box::new(concerns::log.eq(log)) } else { raised_in(trust, log) }
    });
    school.into_iter().chain(log).collect()
}

/// The account that a way shows: the newest, or the one that was submitted.
fn names_pupil(trust: Id, pupil: Id, branch: Branch) -> Condition {
    let named = concern_pupils::table
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::pupil_id.eq(pupil))
        .filter(concern_pupils::concern_id.eq(concerns::id));
    if branch.shows_newest_account() {
        Box::new(exists(named.filter(concern_pupils::number.eq(concerns::account_number))))
    } else {
        Box::new(exists(named.filter(concern_pupils::number.eq(1))))
    }
}

fn has_category(trust: Id, code: &str, branch: Branch) -> Condition {
    let under = format!("{}-%", like_literal(code));
    let given = concern_categories::table
        .filter(concern_categories::trust_id.eq(trust))
        .filter(concern_categories::concern_id.eq(concerns::id))
        .filter(
            concern_categories::code
                .eq(code.to_owned())
                .or(concern_categories::code.like(under).escape('\\')),
        );
    if branch.shows_newest_account() {
        Box::new(exists(given.filter(concern_categories::number.eq(concerns::account_number))))
    } else {
        Box::new(exists(given.filter(concern_categories::number.eq(1))))
    }
}

fn assigned(scope: &Scope) -> Option<Condition> {
    let person = scope.person()?;
    Some(Box::new(exists(
        concern_shares::table
            .filter(concern_shares::trust_id.eq(scope.trust()))
            .filter(concern_shares::concern_id.eq(concerns::id))
            .filter(concern_shares::person_id.eq(person))
            .filter(concern_shares::kind.eq("assignment"))
            .filter(concern_shares::ended_at.is_null())
            .filter(
                concern_shares::ends_at
                    .is_null()
                    .or(concern_shares::ends_at.gt(scope.now()).assume_not_null()),
            ),
    )))
}

/// The concerns of the restricted log that a scope reaches whole.
pub fn restricted(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    let mut found = Vec::new();
    for (branch, fields) in visible::branches(scope) {
        if fields == FieldSet::Full {
            let some: Vec<Id> = concerns::table
                .filter(visible::condition(scope, branch))
                .filter(concerns::log.eq(visible::RESTRICTED))
                .select(concerns::id)
                .load(conn)?;
            found.extend(some);
        }
    }
    Ok(found)
}
