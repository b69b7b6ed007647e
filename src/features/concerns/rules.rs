//! Pure decisions about concerns: how far the work has come, who is told, what a time may be.

use std::collections::BTreeSet;

use super::dto::{ConcernState, Progress};
use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::Id;

/// How far a caller's clock may be ahead of ours.
const LEEWAY_SECONDS: i64 = 5 * 60;

/// What the state of a concern follows from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkDone {
    /// A triage is recorded.
    pub has_triage: bool,
    /// An action is recorded, or the decision that none is needed.
    pub has_action_or_no_action: bool,
}

/// How far the work has come. Action may begin before anybody has triaged: no child waits for a stamp.
pub const fn state(done: WorkDone) -> ConcernState {
    match (done.has_action_or_no_action, done.has_triage) {
        (true, _) => ConcernState::InAction,
        (false, true) => ConcernState::Triaged,
        (false, false) => ConcernState::Submitted,
    }
}

/// What the reporter is told of it.
pub const fn progress(state: ConcernState) -> Progress {
    match state {
        ConcernState::Submitted | ConcernState::Triaged => Progress::Received,
        ConcernState::InAction => Progress::Actioned,
    }
}

/// Why a time cannot be when something happened.
pub fn occurred_fault(occurred_at: Timestamp, now: Timestamp) -> Option<&'static str> {
    const YEAR_1990: i64 = 631_152_000;
    if occurred_at > now.plus_seconds(LEEWAY_SECONDS) {
        Some("must not be in the future")
    } else if occurred_at.seconds() < YEAR_1990 {
        Some("must not be before 1990")
    } else {
        None
    }
}

/// A role that somebody holds today, in the trust or at the concern's school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub person: Id,
    /// Which role.
    pub role: Role,
}

/// Who learns of a concern, and whether their role alone lets them read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The people.
    pub people: Vec<Id>,
    /// Whether they must be let in by name, since their role does not reach the work on it.
    pub by_grant: bool,
}

/// When the people of a step must be let in by name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByGrant {
    Never,
    WhereRestricted,
    Always,
}

/// The steps of the route: the first with somebody who is not linked to the case. Heads read the restricted log, but
/// do not work in it.
const STEPS: &[(&[Role], ByGrant)] = &[
    (&[Role::Dsl, Role::DeputyDsl], ByGrant::Never),
    (&[Role::Headteacher], ByGrant::WhereRestricted),
    (&[Role::TrustSafeguardingLead], ByGrant::Always),
    (&[Role::Ceo], ByGrant::Always),
    (&[Role::ChairOfTrustees], ByGrant::Always),
];

/// Who learns of a concern (domain 8.3-3; `4-need-to-know.md` 3): the school's safeguarding team without those who are
/// linked to the case; where that leaves nobody, the next above. Nobody at all is an empty route, never a failure.
pub fn route(holders: &[Holder], linked: &BTreeSet<Id>, is_restricted: bool) -> Route {
    STEPS
        .iter()
        .map(|(roles, by_grant)| {
            let people: BTreeSet<Id> = holders
                .iter()
                .filter(|holder| roles.contains(&holder.role) && !linked.contains(&holder.person))
                .map(|holder| holder.person)
                .collect();
            let by_grant =
                *by_grant == ByGrant::Always || (*by_grant == ByGrant::WhereRestricted && is_restricted);
            Route { people: people.into_iter().collect(), by_grant }
        })
        .find(|route| !route.people.is_empty())
        .unwrap_or_default()
}

/// The roles that the route asks for, step by step.
pub fn route_roles() -> impl Iterator<Item = &'static [Role]> {
    STEPS.iter().map(|(roles, _)| *roles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn holder(n: u8, role: Role) -> Holder {
        Holder { person: person(n), role }
    }

    #[test]
    fn the_state_follows_from_what_is_recorded() {
        let state =
            |has_triage, has_action_or_no_action| state(WorkDone { has_triage, has_action_or_no_action });
        assert_eq!(state(false, false), ConcernState::Submitted);
        assert_eq!(state(true, false), ConcernState::Triaged);
        assert_eq!(state(false, true), ConcernState::InAction);
        assert_eq!(state(true, true), ConcernState::InAction);
    }

    #[test]
    fn the_reporter_hears_of_action_and_of_nothing_else() {
        assert_eq!(progress(ConcernState::Submitted), progress(ConcernState::Triaged));
        assert_eq!(progress(ConcernState::InAction), Progress::Actioned);
    }

    #[test]
    fn a_time_lies_between_1990_and_now() {
        let at = |text| Timestamp::parse(text).unwrap();
        let now = at("2026-01-15T12:00:00Z");
        assert_eq!(occurred_fault(at("2026-01-15T12:04:59Z"), now), None);
        assert!(occurred_fault(at("2026-01-15T12:05:01Z"), now).is_some());
        assert!(occurred_fault(at("1989-12-31T23:59:59Z"), now).is_some());
        assert_eq!(occurred_fault(at("1990-01-01T00:00:00Z"), now), None);
    }

    #[test]
    fn the_route_goes_round_those_who_are_linked() {
        let holders = [
            holder(1, Role::Dsl),
            holder(2, Role::DeputyDsl),
            holder(3, Role::Headteacher),
            holder(4, Role::TrustSafeguardingLead),
            holder(5, Role::Ceo),
            holder(6, Role::ChairOfTrustees),
        ];
        let to = |linked: &[u8]| route(&holders, &linked.iter().map(|n| person(*n)).collect(), false);
        assert_eq!(to(&[]), Route { people: vec![person(1), person(2)], by_grant: false });
        assert_eq!(to(&[1]).people, [person(2)]);
        assert_eq!(to(&[1, 2]).people, [person(3)]);
        assert_eq!(to(&[1, 2, 3]), Route { people: vec![person(4)], by_grant: true });
        assert_eq!(to(&[1, 2, 3, 4]).people, [person(5)]);
        assert_eq!(to(&[1, 2, 3, 4, 5]).people, [person(6)]);
        assert_eq!(to(&[1, 2, 3, 4, 5, 6]), Route::default());
    }

    proptest! {
        #[test]
        fn the_route_never_names_a_linked_person_and_finds_whoever_is_left(
            holders in proptest::collection::vec((0u8..12, 0usize..6), 0..12),
            linked in proptest::collection::btree_set(0u8..12, 0..12),
        ) {
            let roles: Vec<Role> = route_roles().flatten().copied().collect();
            let holders: Vec<Holder> = holders.into_iter().map(|(n, role)| holder(n, roles[role])).collect();
            let linked: BTreeSet<Id> = linked.into_iter().map(person).collect();
            let route = route(&holders, &linked, false);
            prop_assert!(route.people.iter().all(|person| !linked.contains(person)));
            prop_assert_eq!(route.people.is_empty(), holders.iter().all(|h| linked.contains(&h.person)));
        }
    }
}
