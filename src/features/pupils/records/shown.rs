//! Which records about pupils a caller is shown, in SQL: the conditions from which every list, count and look at one
//! begins. There are several ways to a record, each a condition of its own (decision 0004); denials stand before all.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;

use super::sight::Sight;
use crate::access::visible::{self as of_concerns, FieldSet};
use crate::access::{Action, Scope};
use crate::clock::Timestamp;
use crate::db::Backend;
use crate::db::schema::{conflicts, enrolments, pupil_record_people, pupil_records};
use crate::ids::Id;

pub type Query<'a> = pupil_records::BoxedQuery<'a, Backend>;
type Condition = Box<dyn BoxableExpression<pupil_records::table, Backend, SqlType = Bool>>;

/// Whether the concern of a record is one that a condition shows. The sub-query is written out: one of diesel's takes a
/// condition in a box on neither database alone.
struct InConcern(of_concerns::Condition);

impl Expression for InConcern {
    type SqlType = Bool;
}

impl AppearsOnTable<pupil_records::table> for InConcern {}
impl SelectableExpression<pupil_records::table> for InConcern {}

impl ValidGrouping<()> for InConcern {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for InConcern {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for InConcern {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        pass.push_sql(
            "EXISTS (SELECT 1 FROM concerns WHERE concerns.trust_id = pupil_records.trust_id \
             AND concerns.id = pupil_records.concern_id AND ",
        );
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}

/// A way to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// All of the trust.
    Trust,
    /// Of a pupil who has left for another school: what the schools recorded that had them before.
    Former,
    /// Of the pupils whom schools within reach have, whoever recorded them.
    Here,
    /// What schools within reach recorded of pupils whom no school of the trust has now.
    Gone,
    /// What is the person's own to see to.
    Given,
    /// What nobody at its school is left to see to.
    Routed,
    /// What the person submitted, as they submitted it.
    Own,
}

/// The ways that are open to a scope.
pub fn ways(scope: &Scope, sight: &Sight) -> Vec<Way> {
    let (extent, person) = (scope.extent(), scope.person().is_some());
    let mut ways = Vec::new();
    if sight.former.is_some() {
        ways.push(Way::Former);
    } else if extent.trust {
        ways.push(Way::Trust);
    } else {
        if !extent.schools.is_empty() {
            ways.extend([Way::Here, Way::Gone]);
        }
        if extent.assigned && person {
            ways.push(Way::Given);
        }
    }
    if !sight.routed.is_empty() {
        ways.push(Way::Routed);
    }
    if person {
        ways.push(Way::Own);
    }
    ways
}

/// The schools that have the pupil of a record, or are about to.
macro_rules! on_roll {
    ($scope:expr) => {
        enrolments::table
            .filter(enrolments::trust_id.eq(pupil_records::trust_id))
            .filter(enrolments::pupil_id.eq(pupil_records::pupil_id))
            .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge($scope.today())))
    };
}

fn here(scope: &Scope) -> Condition {
    let schools = scope.extent().schools.clone();
    Box::new(exists(on_roll!(scope).filter(enrolments::school_id.eq_any(schools))))
}

fn gone(scope: &Scope) -> Condition {
    let schools = scope.extent().schools.clone();
    Box::new(pupil_records::school_id.eq_any(schools).and(not(exists(on_roll!(scope)))))
}

/// The records that are a person's own to see to at schools where they still have the role for it, and which the pupil has
/// not left for another one. Whoever began one that is somebody else's to see to is not among these.
fn given(scope: &Scope, sight: &Sight) -> Condition {
    let Some(person) = scope.person() else { return nothing() };
    let theirs =
        pupil_records::owner_id.is_not_null().and(pupil_records::owner_id.eq(person).assume_not_null());
    let still = exists(on_roll!(scope).filter(enrolments::school_id.eq(pupil_records::school_id)))
        .or(not(exists(on_roll!(scope))));
    Box::new(pupil_records::school_id.eq_any(sight.worked_at.clone()).and(theirs).and(still))
}

fn routed(scope: &Scope, sight: &Sight) -> Condition {
    let left = pupil_records::id.eq_any(sight.routed.clone());
    match scope.key_schools() {
        None => Box::new(left),
        Some(schools) => Box::new(left.and(pupil_records::school_id.eq_any(schools.to_vec()))),
    }
}

fn nothing() -> Condition {
    Box::new(pupil_records::id.ne(pupil_records::id))
}

/// The records that stand in no concern, or in one that the caller reads in full.
fn of_shown_concerns(scope: &Scope) -> Condition {
    let none = pupil_records::concern_id.is_null();
    let Ok(reading) = scope.under(Action::ConcernRead) else { return Box::new(none) };
    let ways = of_concerns::branches(&reading).into_iter().filter(|(_, fields)| *fields == FieldSet::Full);
    let shown = ways
        .map(|(branch, _)| of_concerns::condition(&reading, branch))
        .reduce(|one, other| -> of_concerns::Condition { Box::new(one.or(other)) });
    let Some(shown) = shown else { return Box::new(none) };
    Box::new(none.or(InConcern(shown)))
}

/// The records that stand in no concern, or in one to which a person is not linked: whoever is left alone with a record
/// sees it, without reading the concern.
fn of_free_concerns(scope: &Scope, person: Id) -> Condition {
    let free: of_concerns::Condition = Box::new(not(of_concerns::linked(scope.trust(), person)));
    Box::new(pupil_records::concern_id.is_null().or(InConcern(free)))
}

/// The versions that held when it is asked for.
fn held(sight: &Sight, as_of: Option<Timestamp>) -> Condition {
    let until = sight.former.as_ref().map(|former| former.until);
    match until.into_iter().chain(as_of).min() {
        None => Box::new(pupil_records::superseded_at.is_null()),
        Some(at) => Box::new(pupil_records::recorded_at.le(at).and(
            pupil_records::superseded_at.is_null().or(pupil_records::superseded_at.gt(at).assume_not_null()),
        )),
    }
}

/// The records to which a way leads; none of those to which one before it does, but for [`Way::Own`], which leads to
/// another version of them.
fn reached(scope: &Scope, sight: &Sight, way: Way) -> Condition {
    let alone = match way {
        Way::Trust | Way::Own => return Box::new(pupil_records::trust_id.eq(scope.trust())),
        Way::Former => {
            let schools = sight.former.as_ref().map(|former| former.schools.clone()).unwrap_or_default();
            return Box::new(pupil_records::school_id.eq_any(schools));
        }
        Way::Here => return here(scope),
        Way::Gone => return gone(scope),
        Way::Given => given(scope, sight),
        Way::Routed => routed(scope, sight),
    };
    let before = ways(scope, sight).into_iter().take_while(|other| *other != way);
    before.fold(alone, |all, other| -> Condition { Box::new(all.and(not(reached(scope, sight, other)))) })
}

/// The records in which a person is named.
fn naming(person: Id) -> Condition {
    Box::new(exists(
        pupil_record_people::table
            .filter(pupil_record_people::trust_id.eq(pupil_records::trust_id))
            .filter(pupil_record_people::record_id.eq(pupil_records::id))
            .filter(pupil_record_people::person_id.eq(person))
            .filter(pupil_record_people::lifted_at.is_null()),
    ))
}

/// What a person submitted, as they submitted it: nothing of what came afterwards. All of it where the right reaches what
/// is one's own; else that in which they are named themselves.
fn submitted<'a>(
    all: Query<'a>,
    scope: &Scope,
    sight: &Sight,
    person: Id,
    as_of: Option<Timestamp>,
) -> Query<'a> {
    let mut all = all.filter(pupil_records::number.eq(1)).filter(
        pupil_records::opened_by.is_not_null().and(pupil_records::opened_by.eq(person).assume_not_null()),
    );
    if !sight.own {
        all = all.filter(naming(person));
    }
    if let Some(schools) = scope.key_schools() {
        all = all.filter(pupil_records::school_id.eq_any(schools.to_vec()));
    }
    if let Some(at) = as_of {
        all = all.filter(pupil_records::recorded_at.le(at));
    }
    all
}

/// Leaves out the versions that name a family which is closed to the caller, or stand in a concern that they do not see.
pub fn open_to<'a>(all: Query<'a>, scope: &Scope, sight: &Sight, way: Way) -> Query<'a> {
    let mut all = match scope.person() {
        Some(person) if way == Way::Routed => all.filter(of_free_concerns(scope, person)),
        _ => all.filter(of_shown_concerns(scope)),
    };
    if !sight.closed_families.is_empty() {
        let closed: Vec<Option<Id>> = sight.closed_families.iter().copied().map(Some).collect();
        all = all.filter(pupil_records::family_id.is_null().or(pupil_records::family_id.ne_all(closed)));
    }
    all
}

/// The records that one way shows a caller, in one version each. Whoever is named in one sees no more of it than what they
/// submitted themselves.
pub fn visible<'a>(scope: &Scope, sight: &Sight, way: Way, as_of: Option<Timestamp>) -> Query<'a> {
    let all = pupil_records::table.filter(pupil_records::trust_id.eq(scope.trust())).into_boxed();
    let all = open_to(all, scope, sight, way);
    let Some(person) = scope.person() else {
        return all.filter(held(sight, as_of)).filter(reached(scope, sight, way));
    };
    let all = all.filter(not(exists(
        conflicts::table
            .filter(conflicts::trust_id.eq(pupil_records::trust_id))
            .filter(conflicts::pupil_id.eq(pupil_records::pupil_id))
            .filter(conflicts::person_id.eq(person))
            .filter(conflicts::ended_at.is_null()),
    )));
    if way == Way::Own {
        return submitted(all, scope, sight, person, as_of);
    }
    all.filter(held(sight, as_of)).filter(reached(scope, sight, way)).filter(not(naming(person)))
}
