//! Behind which ways of [`super::visible`] there may be anything for a person: a list asks no others.
//!
//! Most people who reach a school were let in to nothing elsewhere and raised nothing elsewhere, so that all ways but the
//! first are empty; and whoever reaches a school may have hundreds of grants there, and have raised thousands of its
//! concerns. So each table is asked for the schools before, between and after those that the caller reaches: a few
//! descents in an index, whatever lies at their own schools.

use crate::db::prelude::*;
use diesel::dsl::exists;
use diesel::sql_types::Bool;

use super::scope::Scope;
use super::visible::{Branch, FieldSet, branches, reached_whole};
use crate::db::schema::{break_glass, concern_grants, concern_part_grants, concerns, people};
use crate::db::{Backend, Conn};
use crate::ids::Id;

/// Whoever reaches more schools than this is asked for all ways at once.
const SCHOOLS: usize = 12;

/// A condition that names no row of the query it stands in.
type Anywhere = Box<dyn BoxableExpression<people::table, Backend, SqlType = Bool>>;

/// The ways that are open to a scope and behind which there may be a concern, the one that shows most first.
pub fn branches_with_any(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<(Branch, FieldSet)>> {
    let ways = branches(scope);
    let reached = reached_whole(scope);
    let Some(person) = scope.person().filter(|_| ways.len() > 1 && reached.len() <= SCHOOLS) else {
        return Ok(ways);
    };
    let gaps = between(reached);
    let found: Option<(bool, bool, bool, bool)> = people::table
        .filter(people::trust_id.eq(scope.trust()))
        .filter(people::id.eq(person))
        .select((
            in_any(&gaps, |after, before| granted(scope, person, after, before)),
            glass(scope, person),
            part(scope, person),
            in_any(&gaps, |after, before| raised(scope, person, after, before)),
        ))
        .first(conn)
        .optional()?;
    let Some((granted, glass, part, raised)) = found else { return Ok(ways) };
    let is_open = |branch: Branch| match branch {
        Branch::Reach => true,
        Branch::Granted => granted,
        Branch::Glass => glass,
        Branch::Part => part,
        Branch::Own => raised,
    };
    Ok(ways.into_iter().filter(|(branch, _)| is_open(*branch)).collect())
}

/// The gaps that these schools leave among all identifiers.
fn between(mut schools: Vec<Id>) -> Vec<(Id, Id)> {
    schools.sort_unstable();
    schools.dedup();
    let after = std::iter::once(Id::LEAST).chain(schools.iter().copied());
    let before = schools.iter().copied().chain(std::iter::once(Id::GREATEST));
    after.zip(before).collect()
}

fn in_any(gaps: &[(Id, Id)], one: impl Fn(Id, Id) -> Anywhere) -> Anywhere {
    let all = gaps.iter().map(|(after, before)| one(*after, *before));
    all.reduce(|all, one| Box::new(all.or(one))).unwrap_or_else(|| one(Id::LEAST, Id::GREATEST))
}

fn granted(scope: &Scope, person: Id, after: Id, before: Id) -> Anywhere {
    Box::new(exists(
        concern_grants::table
            .filter(concern_grants::trust_id.eq(scope.trust()))
            .filter(concern_grants::person_id.eq(person))
            .filter(concern_grants::school_id.gt(after))
            .filter(concern_grants::school_id.lt(before)),
    ))
}

fn raised(scope: &Scope, person: Id, after: Id, before: Id) -> Anywhere {
    Box::new(exists(
        concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::raised_by.eq(Some(person)))
            .filter(concerns::school_id.gt(after))
            .filter(concerns::school_id.lt(before)),
    ))
}

fn glass(scope: &Scope, person: Id) -> Anywhere {
    Box::new(exists(
        break_glass::table
            .filter(break_glass::trust_id.eq(scope.trust()))
            .filter(break_glass::person_id.eq(person))
            .filter(break_glass::ends_at.gt(scope.now())),
    ))
}

fn part(scope: &Scope, person: Id) -> Anywhere {
    Box::new(exists(
        concern_part_grants::table
            .filter(concern_part_grants::trust_id.eq(scope.trust()))
            .filter(concern_part_grants::person_id.eq(person)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn the_gaps_hold_every_school_but_those_reached() {
        let ids: Vec<Id> = (0..5).map(|n| Id::new(Timestamp::from_micros(n * 1_000_000))).collect();
        for reached in [vec![], vec![ids[2]], vec![ids[4], ids[0], ids[4]], ids.clone()] {
            let gaps = between(reached.clone());
            for id in &ids {
                let held = gaps.iter().filter(|(after, before)| after < id && id < before).count();
                assert_eq!(held, usize::from(!reached.contains(id)), "{id} of {reached:?}");
            }
        }
    }
}
