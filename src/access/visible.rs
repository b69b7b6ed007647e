//! Need to know about children's concerns, in SQL: which rows a scope shows, and how much of each.
//!
//! There are five ways to a concern, and each has its own index, so each is its own condition: a list reads them one by
//! one, those behind which there may be any ([`super::branches_with_any`]), and merges (one condition with `OR EXISTS
//! (grant)` made PostgreSQL hash all grants of the caller). Every condition begins with the trust and carries the
//! denials: a person linked to a pupil of the concern, or named among its adults, in any of its accounts, has no way in.
//! [`super::decide`] says the same without SQL; a property test holds the two equal.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::{AppearsInFromClause, Once};
use diesel::sql_types::Bool;

use super::actions::Action;
use super::scope::Scope;
use crate::clock::Timestamp;
use crate::db::Backend;
use crate::db::schema::{
    break_glass, concern_adults, concern_grants, concern_part_grants, concern_pupils, concern_support_grants,
    concerns, conflicts,
};
use crate::ids::Id;

/// The word in `concerns.log` for the log that fewer people read.
pub const RESTRICTED: &str = "restricted";

crate::words! {
    /// How much of a concern the caller sees.
    pub enum FieldSet {
        /// Identifiers, school, times and progress: what a system that fed it is told.
        Metadata = "metadata",
        /// What the reporter submitted and whether it was acted on.
        Submission = "submission",
        /// The whole record.
        Full = "full",
    }
}

/// A way to a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Branch {
    /// It belongs to a school, or to the trust, that a role reaches as a whole.
    Reach,
    /// It was shared with or assigned to the person by name.
    Granted,
    /// The person broke the glass for it, or for a pupil of it, and that lasts.
    Glass,
    /// What was reported of it was shared with the person by name, and no more.
    Part,
    /// The person, or the service, raised it.
    Own,
}

impl Branch {
    /// Whether it shows the account that holds; whoever comes by what they raised sees that as they gave it. What was
    /// reported is shared with others as it was put right: the first account may be of the wrong child.
    pub const fn shows_newest_account(self) -> bool {
        !matches!(self, Self::Own)
    }

    /// The rule by which it shows a row, in the words of `decide`.
    pub const fn rule(self, is_restricted: bool, is_routed: bool, fields: FieldSet) -> &'static str {
        match self {
            Self::Reach if is_restricted => "restricted-log",
            Self::Reach => "within-reach",
            Self::Granted if is_routed => "conflict-route",
            Self::Granted => "named-grant",
            Self::Glass => BY_GLASS,
            Self::Part => "named-part",
            Self::Own => match fields {
                FieldSet::Metadata => "fed",
                FieldSet::Submission | FieldSet::Full => "reporter",
            },
        }
    }
}

/// The rule of what is read by breaking the glass.
pub const BY_GLASS: &str = "break-glass";

/// A condition on the rows of `concerns`.
pub type Condition = Box<dyn BoxableExpression<concerns::table, Backend, SqlType = Bool>>;

/// A condition on `concerns`, in a query that joins it.
pub struct Joined(pub Condition);

impl Expression for Joined {
    type SqlType = Bool;
}

impl<T: AppearsInFromClause<concerns::table, Count = Once>> AppearsOnTable<T> for Joined {}

impl ValidGrouping<()> for Joined {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Joined {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for Joined {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}

/// The ways that are open to a scope, the one that shows most first, with what each shows.
pub fn branches(scope: &Scope) -> Vec<(Branch, FieldSet)> {
    let (extent, person) = (scope.extent(), scope.person().is_some());
    let whole = extent.is_whole();
    let mut ways = Vec::new();
    if whole {
        ways.push((Branch::Reach, FieldSet::Full));
    }
    let by_name = (opens_by_share(scope.action()) && extent.by_share())
        || (opens_by_route(scope.action()) && extent.by_route());
    let reaches_all = extent.trust && scope.restricted().trust;
    if by_name && person && !reaches_all {
        ways.push((Branch::Granted, FieldSet::Full));
    }
    if scope.reads_by_glass() {
        ways.push((Branch::Glass, FieldSet::Full));
    }
    if scope.action() == Action::ConcernRead && extent.assigned && person {
        ways.push((Branch::Part, FieldSet::Submission));
    }
    if is_reporter(scope) {
        ways.push((Branch::Own, FieldSet::Submission));
    } else if extent.metadata {
        ways.push((Branch::Own, FieldSet::Metadata));
    }
    ways
}

/// The rows that one way shows and none of the ways before it: each row comes by one way only, so that lists merge and
/// counts add up.
pub fn condition(scope: &Scope, branch: Branch) -> Condition {
    let before = branches(scope).into_iter().map(|(other, _)| other).take_while(|other| *other != branch);
    let here = before
        .fold(way(scope, branch), |here, other| -> Condition { Box::new(here.and(not(way(scope, other)))) });
    let mut all: Condition = Box::new(concerns::trust_id.eq(scope.trust()).and(here));
    if let Some(person) = scope.person() {
        all = Box::new(all.and(not(linked(scope.trust(), person))));
    }
    if let Some(schools) = scope.key_schools() {
        all = Box::new(all.and(at_schools(schools)));
    }
    all
}

fn way(scope: &Scope, branch: Branch) -> Condition {
    match branch {
        Branch::Reach => within_reach(scope),
        Branch::Granted => granted(scope),
        Branch::Glass => by_glass(scope),
        Branch::Part => part(scope),
        Branch::Own => own(scope),
    }
}

/// The rows that are linked to a person by any of their accounts: nothing of them is ever shown. A correction that no
/// longer names the pupil or the adult does not open the case again; a name that was given by mistake excludes until
/// another lead lifts it.
pub fn linked(trust: Id, person: Id) -> Condition {
    let by_pupil = exists(
        concern_pupils::table
            .inner_join(
                conflicts::table.on(conflicts::trust_id
                    .eq(concern_pupils::trust_id)
                    .and(conflicts::pupil_id.eq(concern_pupils::pupil_id))),
            )
            .filter(concern_pupils::trust_id.eq(trust))
            .filter(concern_pupils::concern_id.eq(concerns::id))
            .filter(conflicts::person_id.eq(person))
            .filter(conflicts::ended_at.is_null()),
    );
    let by_name = exists(
        concern_adults::table
            .filter(concern_adults::trust_id.eq(trust))
            .filter(concern_adults::concern_id.eq(concerns::id))
            .filter(concern_adults::person_id.eq(person))
            .filter(concern_adults::lifted_at.is_null()),
    );
    Box::new(by_pupil.or(by_name))
}

fn within_reach(scope: &Scope) -> Condition {
    let in_log: Condition = match (scope.restricted().trust, scope.restricted().schools.as_slice()) {
        (true, _) => Box::new(concerns::trust_id.eq(scope.trust())),
        (false, []) => Box::new(concerns::log.ne(RESTRICTED)),
        (false, schools) => Box::new(concerns::log.ne(RESTRICTED).or(at_schools(schools))),
    };
    if scope.extent().trust { in_log } else { Box::new(at_schools(&scope.extent().schools).and(in_log)) }
}

/// What a share by name opens: reading, and the work in the ordinary log. To be let in to the restricted log by name is
/// to read: whoever works there reaches it by their role, or was let in by the service.
pub const fn opens_by_share(action: Action) -> bool {
    matches!(
        action,
        Action::ConcernRead
            | Action::ConcernReadRestricted
            | Action::ConcernReadReferrals
            | Action::ConcernReadEvidence
            | Action::ConcernScrutinise
    ) || is_work(action)
}

/// What is done to a case by whoever works it.
pub const fn is_work(action: Action) -> bool {
    matches!(action, Action::ConcernWork | Action::ConcernRefer)
}

/// What it opens that the service let somebody in: they are left alone with the concern.
pub const fn opens_by_route(action: Action) -> bool {
    matches!(
        action,
        Action::ConcernRead
            | Action::ConcernReadRestricted
            | Action::ConcernReadReferrals
            | Action::ConcernReadEvidence
            | Action::ConcernAddEvidence
            | Action::ConcernCorrectEvidence
            | Action::ConcernShare
            | Action::ConcernPlace
            | Action::ConcernAccessLog
    ) || is_work(action)
}

/// What the glass is broken for: to read a concern whole, with what hangs on it.
pub const fn opens_by_glass(action: Action) -> bool {
    matches!(action, Action::ConcernRead | Action::ConcernReadReferrals | Action::ConcernReadEvidence)
}

/// What a reporter may do with what they raised: read it as they gave it, and add to it.
pub const fn opens_to_reporter(action: Action) -> bool {
    matches!(
        action,
        Action::ConcernRead | Action::ConcernAdd | Action::ConcernReadEvidence | Action::ConcernAddEvidence
    )
}

fn granted(scope: &Scope) -> Condition {
    let Some(person) = scope.person() else { return nothing() };
    let (action, now): (Action, Timestamp) = (scope.action(), scope.now());
    let (extent, restricted) = (scope.extent(), scope.restricted());
    let by_share = opens_by_share(action) && extent.by_share();
    let by_route = opens_by_route(action) && extent.by_route();
    let ordinary = kinds(by_share, by_route);
    let in_restricted =
        kinds(by_share && !is_work(action) && restricted.by_share(), by_route && restricted.by_route());
    let let_in = |kinds: Vec<bool>| -> Condition {
        Box::new(
            concerns::id.eq_any(
                concern_grants::table
                    .filter(concern_grants::trust_id.eq(scope.trust()))
                    .filter(concern_grants::person_id.eq(person))
                    .filter(concern_grants::school_id.ne_all(reached_whole(scope)))
                    .filter(
                        concern_grants::ends_at
                            .is_null()
                            .or(concern_grants::ends_at.gt(now).assume_not_null()),
                    )
                    .filter(concern_grants::by_route.eq_any(kinds))
                    .select(concern_grants::concern_id),
            ),
        )
    };
    // What opens the restricted log opens the other one too.
    let granted: Condition = match in_restricted.as_slice() {
        [] => Box::new(let_in(ordinary).and(concerns::log.ne(RESTRICTED))),
        kinds if kinds.len() == ordinary.len() => let_in(ordinary),
        _ => Box::new(let_in(ordinary).and(concerns::log.ne(RESTRICTED).or(let_in(in_restricted.clone())))),
    };
    if scope.gives_support() {
        return granted;
    }
    // Who was let in as the trust's lead, to give support, reads on while they hold the post.
    let for_support = concern_support_grants::table
        .filter(concern_support_grants::trust_id.eq(scope.trust()))
        .filter(concern_support_grants::person_id.eq(person))
        .select(concern_support_grants::concern_id);
    Box::new(granted.and(not(concerns::id.eq_any(for_support))))
}

/// The schools of which the caller reaches both logs: what is there they see without being let in. Of hundreds of grants at
/// one's own school the index passes over each.
pub(super) fn reached_whole(scope: &Scope) -> Vec<Id> {
    let (schools, restricted) = (&scope.extent().schools, scope.restricted());
    schools.iter().copied().filter(|school| restricted.trust || restricted.schools.contains(school)).collect()
}

/// The grants that count, by whether the service made them: one that it made is more than a share.
fn kinds(by_share: bool, by_route: bool) -> Vec<bool> {
    match (by_share, by_route) {
        (true, _) => vec![true, false],
        (false, true) => vec![true],
        (false, false) => Vec::new(),
    }
}

/// What the person broke the glass for, as long as that lasts: the concern itself, or what a school has of a pupil.
fn by_glass(scope: &Scope) -> Condition {
    let Some(person) = scope.person() else { return nothing() };
    let of_concern = exists(
        break_glass::table
            .filter(break_glass::trust_id.eq(scope.trust()))
            .filter(break_glass::person_id.eq(person))
            .filter(break_glass::ended_at.is_null())
            .filter(break_glass::ends_at.gt(scope.now()))
            .filter(break_glass::concern_id.eq(concerns::id.nullable()))
            // It belongs to the school that was told: a concern that is placed elsewhere is closed again.
            .filter(break_glass::school_id.eq(concerns::school_id)),
    );
    let of_pupil = exists(
        break_glass::table
            .inner_join(
                concern_pupils::table.on(concern_pupils::trust_id
                    .eq(break_glass::trust_id)
                    .and(break_glass::pupil_id.eq(concern_pupils::pupil_id.nullable()))),
            )
            .filter(break_glass::trust_id.eq(scope.trust()))
            .filter(break_glass::person_id.eq(person))
            .filter(break_glass::ended_at.is_null())
            .filter(break_glass::ends_at.gt(scope.now()))
            .filter(break_glass::school_id.eq(concerns::school_id))
            .filter(concern_pupils::concern_id.eq(concerns::id))
            .filter(concern_pupils::number.eq(concerns::account_number)),
    );
    Box::new(of_concern.or(of_pupil))
}

/// Of which concerns what was reported was shared with the person. A share opens no more of either log than a share of
/// the whole would.
fn part(scope: &Scope) -> Condition {
    let Some(person) = scope.person() else { return nothing() };
    let shared = exists(
        concern_part_grants::table
            .filter(concern_part_grants::trust_id.eq(scope.trust()))
            .filter(concern_part_grants::person_id.eq(person))
            .filter(concern_part_grants::concern_id.eq(concerns::id))
            .filter(
                concern_part_grants::ends_at
                    .is_null()
                    .or(concern_part_grants::ends_at.gt(scope.now()).assume_not_null()),
            ),
    );
    if scope.restricted().assigned {
        return Box::new(shared);
    }
    Box::new(shared.and(concerns::log.ne(RESTRICTED)))
}

fn own(scope: &Scope) -> Condition {
    match scope.person() {
        Some(person) if is_reporter(scope) => {
            Box::new(concerns::raised_by.is_not_null().and(concerns::raised_by.eq(person).assume_not_null()))
        }
        _ => Box::new(concerns::raised_by_principal.eq_any(scope.principals())),
    }
}

/// Whether a person comes to what they raised; otherwise a service to what it fed.
fn is_reporter(scope: &Scope) -> bool {
    let extent = scope.extent();
    opens_to_reporter(scope.action()) && scope.person().is_some() && (extent.by_route() || extent.own)
}

/// One school is compared by `=`, so that its rows come from the index in the list's order.
fn at_schools(schools: &[Id]) -> Condition {
    match schools {
        [school] => Box::new(concerns::school_id.eq(*school)),
        schools => Box::new(concerns::school_id.eq_any(schools.to_vec())),
    }
}

fn nothing() -> Condition {
    Box::new(concerns::id.ne(concerns::id))
}
