//! Pure decisions about concerns: how far the work has come, who is told, what a time may be.

pub mod closing;

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
    /// Attendees of a panel agree to close it, and none who has answered does not.
    pub is_proposed: bool,
    /// It was closed, and not reopened since.
    pub is_closed: bool,
}

/// How far the work has come. Action may begin before anybody has triaged: no child waits for a stamp.
pub const fn state(done: WorkDone) -> ConcernState {
    if done.is_closed {
        return ConcernState::Closed;
    }
    match (done.has_action_or_no_action, done.has_triage) {
        (true, _) if done.is_proposed => ConcernState::ProposedClosure,
        (true, _) => ConcernState::InAction,
        (false, true) => ConcernState::Triaged,
        (false, false) => ConcernState::Submitted,
    }
}

/// What the reporter is told of it.
pub const fn progress(state: ConcernState) -> Progress {
    match state {
        ConcernState::Submitted | ConcernState::Triaged => Progress::Received,
        ConcernState::InAction | ConcernState::ProposedClosure => Progress::Actioned,
        ConcernState::Closed => Progress::Closed,
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

/// A role that somebody holds today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub person: Id,
    /// Which role.
    pub role: Role,
    /// Whether it is held at another school of the trust than the concern's.
    pub elsewhere: bool,
}

/// Who learns of a concern: those who read it by their role, and those who must be let in by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Those whose roles reach it.
    pub by_role: Vec<Id>,
    /// Those whose roles do not.
    pub by_grant: Vec<Id>,
}

impl Route {
    /// Whether it leads to nobody.
    pub const fn is_empty(&self) -> bool {
        self.by_role.is_empty() && self.by_grant.is_empty()
    }

    /// Everybody on it.
    pub fn people(&self) -> impl Iterator<Item = Id> {
        self.by_role.iter().chain(&self.by_grant).copied()
    }
}

/// A step of the route.
struct Step {
    roles: &'static [Role],
    /// Whether the role alone lets its holders read the concern.
    reads: bool,
    /// Whether it asks at the trust's other schools.
    elsewhere: bool,
}

const TEAM: &[Role] = &[Role::Dsl, Role::DeputyDsl];

const fn step(roles: &'static [Role], reads: bool) -> Step {
    Step { roles, reads, elsewhere: false }
}

/// The steps of the route: the first with somebody who is not linked to the case. The last three are the last resorts,
/// so that a concern about those who would receive it is not lost.
const STEPS: &[Step] = &[
    step(TEAM, true),
    step(&[Role::Headteacher], true),
    step(&[Role::TrustSafeguardingLead], false),
    step(&[Role::Ceo], false),
    step(&[Role::ChairOfTrustees], false),
    step(&[Role::ChairOfGovernors], false),
    step(&[Role::TrusteeSafeguardingLead], false),
    Step { roles: TEAM, reads: false, elsewhere: true },
];

/// Who learns of a concern (domain 8.3-3; `4-need-to-know.md` 3): the school's safeguarding team without those who are
/// linked to the case, and with the headteacher where one of the team is; where that leaves nobody, the next above.
/// Whoever acts knows already, and is passed over like those who are linked. Nobody at all is an empty route, never a
/// failure.
pub fn route(holders: &[Holder], linked: &BTreeSet<Id>, actor: Option<Id>) -> Route {
    let open = |person: Id| !linked.contains(&person) && actor != Some(person);
    let of = |step: &Step| -> BTreeSet<Id> {
        let holds =
            |holder: &&Holder| step.roles.contains(&holder.role) && step.elsewhere == holder.elsewhere;
        holders.iter().filter(holds).map(|holder| holder.person).filter(|person| open(*person)).collect()
    };
    let Some((step, mut people)) =
        STEPS.iter().map(|step| (step, of(step))).find(|(_, people)| !people.is_empty())
    else {
        return Route::default();
    };
    let is_team = |holder: &Holder| TEAM.contains(&holder.role) && !holder.elsewhere;
    if step.reads && holders.iter().any(|holder| is_team(holder) && linked.contains(&holder.person)) {
        people.extend(STEPS.iter().filter(|step| step.roles == [Role::Headteacher]).flat_map(of));
    }
    let people = people.into_iter().collect();
    if step.reads {
        Route { by_role: people, by_grant: Vec::new() }
    } else {
        Route { by_role: Vec::new(), by_grant: people }
    }
}

/// The roles that the route asks for at the concern's school and in the trust.
pub fn route_roles() -> Vec<Role> {
    STEPS.iter().filter(|step| !step.elsewhere).flat_map(|step| step.roles).copied().collect()
}

/// The roles that it asks for at the trust's other schools.
pub const fn route_roles_elsewhere() -> &'static [Role] {
    TEAM
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn holder(n: u8, role: Role) -> Holder {
        Holder { person: person(n), role, elsewhere: false }
    }

    #[test]
    fn the_state_follows_from_what_is_recorded() {
        let state = |has_triage, has_action_or_no_action| {
            state(WorkDone { has_triage, has_action_or_no_action, ..WorkDone::default() })
        };
        assert_eq!(state(false, false), ConcernState::Submitted);
        assert_eq!(state(true, false), ConcernState::Triaged);
        assert_eq!(state(false, true), ConcernState::InAction);
        assert_eq!(state(true, true), ConcernState::InAction);
    }

    #[test]
    fn closed_is_closed_and_proposed_is_what_was_acted_on() {
        for has_triage in [false, true] {
            for has_action_or_no_action in [false, true] {
                let done =
                    WorkDone { has_triage, has_action_or_no_action, is_proposed: true, is_closed: false };
                assert_eq!(state(done) == ConcernState::ProposedClosure, has_action_or_no_action);
                assert_eq!(state(WorkDone { is_closed: true, ..done }), ConcernState::Closed);
            }
        }
    }

    #[test]
    fn the_reporter_hears_of_action_and_of_the_end_and_of_nothing_else() {
        assert_eq!(progress(ConcernState::Closed), Progress::Closed);
        assert_eq!(progress(ConcernState::ProposedClosure), progress(ConcernState::InAction));
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

    fn all_holders() -> Vec<Holder> {
        vec![
            holder(1, Role::Dsl),
            holder(2, Role::DeputyDsl),
            holder(3, Role::Headteacher),
            holder(4, Role::TrustSafeguardingLead),
            holder(5, Role::Ceo),
            holder(6, Role::ChairOfTrustees),
            holder(7, Role::ChairOfGovernors),
            holder(8, Role::TrusteeSafeguardingLead),
            Holder { elsewhere: true, ..holder(9, Role::Dsl) },
        ]
    }

    fn to(linked: &[u8], actor: Option<u8>) -> (Vec<Id>, Vec<Id>) {
        let linked = linked.iter().map(|n| person(*n)).collect();
        let route = route(&all_holders(), &linked, actor.map(person));
        (route.by_role, route.by_grant)
    }

    #[test]
    fn the_route_goes_round_those_who_are_linked() {
        assert_eq!(to(&[], None), (vec![person(1), person(2)], vec![]));
        assert_eq!(to(&[1], None), (vec![person(2), person(3)], vec![]));
        assert_eq!(to(&[1, 2], None), (vec![person(3)], vec![]));
        for next in 4..=9 {
            let linked: Vec<u8> = (1..next).collect();
            assert_eq!(to(&linked, None), (vec![], vec![person(next)]));
        }
        assert_eq!(to(&[1, 2, 3, 4, 5, 6, 7, 8, 9], None), (vec![], vec![]));
    }

    #[test]
    fn somebody_besides_the_actor_learns_of_it() {
        assert_eq!(to(&[], Some(1)), (vec![person(2)], vec![]));
        assert_eq!(to(&[1], Some(2)), (vec![person(3)], vec![]));
        assert_eq!(to(&[1, 2], Some(3)), (vec![], vec![person(4)]));
    }

    proptest! {
        #[test]
        fn the_route_never_names_a_linked_person_and_finds_whoever_is_left(
            holders in proptest::collection::vec((0u8..12, 0usize..9, any::<bool>()), 0..12),
            linked in proptest::collection::btree_set(0u8..12, 0..12),
        ) {
            let roles = route_roles();
            let holders: Vec<Holder> = holders
                .into_iter()
                .map(|(n, role, elsewhere)| {
                    let role = roles[role % roles.len()];
                    Holder { elsewhere: elsewhere && TEAM.contains(&role), ..holder(n, role) }
                })
                .collect();
            let linked: BTreeSet<Id> = linked.into_iter().map(person).collect();
            let route = route(&holders, &linked, None);
            prop_assert!(route.people().all(|person| !linked.contains(&person)));
            prop_assert_eq!(route.is_empty(), holders.iter().all(|h| linked.contains(&h.person)));
            for person in &route.by_grant {
                let reads = |h: &&Holder| h.person == *person && can_be_let_in(h.role);
                prop_assert!(holders.iter().any(|h| reads(&h)));
            }
        }
    }

    fn can_be_let_in(role: Role) -> bool {
        use crate::access::matrix::{Reach, TrustLeadColumn, reach};
        [TrustLeadColumn::Casework, TrustLeadColumn::Aggregate]
            .iter()
            .all(|lead| reach(crate::access::Action::ConcernRead, role, *lead) >= Reach::Assigned)
    }
}
