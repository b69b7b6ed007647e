//! Pure decisions about concerns: how far the work has come, who is told, what a time may be.

pub mod closing;
pub mod files;
pub mod referrals;
pub mod support;

use std::collections::BTreeSet;

use super::dto::{ConcernState, Progress, PupilRole};
use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::Id;

/// Of two parts that one child has in one account, the one of greater involvement.
pub fn greater_part(one: PupilRole, other: PupilRole) -> PupilRole {
    const FROM_THE_GREATEST: [PupilRole; 5] = [
        PupilRole::Subject,
        PupilRole::Victim,
        PupilRole::AllegedPerpetrator,
        PupilRole::Witness,
        PupilRole::Sibling,
    ];
    FROM_THE_GREATEST.into_iter().find(|part| [one, other].contains(part)).unwrap_or(one)
}

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

/// Who learns of a concern: those who read it by their role, those who must be let in by name, and those who are told
/// no more than that somebody at the school reads it alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Those whose roles reach it.
    pub by_role: Vec<Id>,
    /// Those whose roles do not, or not as far as it takes to be left alone with it.
    pub by_grant: Vec<Id>,
    /// Those above, where whoever acts is the only one on record who reads it: they are told, and not let in.
    pub above: Vec<Id>,
    /// Whether the school's readers are not on record, or nobody is left: whoever appoints must see to it.
    pub is_open: bool,
}

impl Route {
    /// Everybody who reads it by this route.
    pub fn people(&self) -> impl Iterator<Item = Id> {
        self.by_role.iter().chain(&self.by_grant).copied()
    }
}

/// A step of the route above the school's own readers.
struct Step {
    roles: &'static [Role],
    /// Whether it asks at the trust's other schools.
    elsewhere: bool,
}

const TEAM: &[Role] = &[Role::Dsl, Role::DeputyDsl];
const HEAD: &[Role] = &[Role::Headteacher];

const fn step(roles: &'static [Role]) -> Step {
    Step { roles, elsewhere: false }
}

/// The steps above the school's team and its headteacher: the first with somebody who is not linked to the case. The
/// last ones are the last resorts, so that a concern about those who would receive it is not lost.
const STEPS: &[Step] = &[
    step(&[Role::TrustSafeguardingLead]),
    step(&[Role::Ceo]),
    step(&[Role::ChairOfTrustees]),
    step(&[Role::ChairOfGovernors]),
    step(&[Role::TrusteeSafeguardingLead]),
    Step { roles: TEAM, elsewhere: true },
    Step { roles: HEAD, elsewhere: true },
    step(&[Role::Hr]),
];

/// Who learns of a concern (domain 8.3-3; `4-need-to-know.md` 3): the school's safeguarding team without those who are
/// linked to the case, and with the headteacher where one of the team is. Somebody is let in by name only where the
/// whole team is on record and linked: the headteacher, else the next above. A school without a team on record has
/// readers whom we do not know, by their tokens: nobody is let in for that, and whoever appoints is told to put it
/// right. Whoever acts is a reader too: where nobody else is, the next above hears that one person reads alone, and is
/// not let in. `lead_reads` says that the trust's lead works named cases. A school that `has_left` the trust has no readers
/// of its own any more, by token or otherwise: its concerns go to the next above.
pub fn route(
    holders: &[Holder],
    linked: &BTreeSet<Id>,
    actor: Option<Id>,
    lead_reads: bool,
    has_left: bool,
) -> Route {
    let open = |roles: &[Role], elsewhere: bool| -> BTreeSet<Id> {
        let holds = |holder: &&Holder| roles.contains(&holder.role) && elsewhere == holder.elsewhere;
        let people = holders.iter().filter(holds).map(|holder| holder.person);
        people.filter(|person| !linked.contains(person)).collect()
    };
    let team: Vec<&Holder> =
        holders.iter().filter(|holder| TEAM.contains(&holder.role) && !holder.elsewhere).collect();
    let (unlinked, head) = (open(TEAM, false), open(HEAD, false));
    let lead = if lead_reads { open(&[Role::TrustSafeguardingLead], false) } else { BTreeSet::new() };
    if team.is_empty() && !has_left {
        let by_role: Vec<Id> = head.union(&lead).copied().collect();
        return Route { by_role, is_open: true, ..Route::default() };
    }
    let mut route = Route::default();
    if unlinked.is_empty() {
        route.by_grant = head.into_iter().collect();
    } else {
        let is_any_linked = team.iter().any(|holder| linked.contains(&holder.person));
        let alone = unlinked.iter().all(|person| Some(*person) == actor);
        route.by_role = unlinked.into_iter().collect();
        if is_any_linked || alone {
            route.by_role.extend(head);
        }
    }
    let others = |route: &Route| route.people().any(|person| Some(person) != actor);
    for step in STEPS {
        if others(&route) || !route.above.is_empty() {
            break;
        }
        let people = open(step.roles, step.elsewhere);
        if lead_reads && step.roles == [Role::TrustSafeguardingLead] {
            route.by_role.extend(people);
        } else if route.people().next().is_none() {
            route.by_grant.extend(people);
        } else {
            route.above.extend(people.into_iter().filter(|person| Some(*person) != actor));
        }
    }
    let is_open = route.people().next().is_none();
    Route { is_open, ..route }
}

/// The roles that the route asks for at the concern's school and in the trust.
pub fn route_roles() -> Vec<Role> {
    let above = STEPS.iter().filter(|step| !step.elsewhere).flat_map(|step| step.roles);
    TEAM.iter().chain(HEAD).chain(above).copied().collect()
}

/// The roles that it asks for at the trust's other schools.
pub fn route_roles_elsewhere() -> Vec<Role> {
    TEAM.iter().chain(HEAD).copied().collect()
}

/// Whether a role is one of a school's safeguarding team.
pub fn is_team(role: Role) -> bool {
    TEAM.contains(&role)
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
            Holder { elsewhere: true, ..holder(10, Role::Headteacher) },
            holder(11, Role::Hr),
        ]
    }

    type Told = (Vec<Id>, Vec<Id>, Vec<Id>);

    fn of(holders: &[Holder], linked: &[u8], actor: Option<u8>) -> Told {
        let linked = linked.iter().map(|n| person(*n)).collect();
        let route = route(holders, &linked, actor.map(person), false, false);
        (route.by_role, route.by_grant, route.above)
    }

    fn to(linked: &[u8], actor: Option<u8>) -> Told {
        of(&all_holders(), linked, actor)
    }

    #[test]
    fn the_route_goes_round_those_who_are_linked() {
        assert_eq!(to(&[], None), (vec![person(1), person(2)], vec![], vec![]));
        assert_eq!(to(&[1], None), (vec![person(2), person(3)], vec![], vec![]));
        for next in 3..=11 {
            let linked: Vec<u8> = (1..next).collect();
            assert_eq!(to(&linked, None), (vec![], vec![person(next)], vec![]));
        }
        let all: Vec<u8> = (1..=11).collect();
        assert_eq!(to(&all, None), (vec![], vec![], vec![]));
        let linked = all.into_iter().map(person).collect();
        assert!(route(&all_holders(), &linked, None, false, false).is_open);
    }

    #[test]
    fn a_school_without_a_team_on_record_lets_nobody_in() {
        let holders: Vec<Holder> = all_holders().into_iter().filter(|one| !is_team(one.role)).collect();
        let found = route(&holders, &BTreeSet::new(), None, false, false);
        assert_eq!((found.by_role, found.by_grant, found.is_open), (vec![person(3)], vec![], true));
        let linked = BTreeSet::from([person(3)]);
        let found = route(&holders, &linked, None, false, false);
        assert_eq!((found.people().count(), found.above.len(), found.is_open), (0, 0, true));
        assert_eq!(route(&holders, &linked, None, true, false).by_role, [person(4)]);
    }

    #[test]
    fn the_concerns_of_a_school_that_has_left_go_to_the_next_above() {
        let at_school = |one: &Holder| is_team(one.role) || one.role == Role::Headteacher;
        let holders: Vec<Holder> =
            all_holders().into_iter().filter(|one| one.elsewhere || !at_school(one)).collect();
        for (linked, next) in [(vec![], 4), (vec![4], 5), (vec![4, 5, 6, 7, 8], 9)] {
            let linked = linked.into_iter().map(person).collect();
            let found = route(&holders, &linked, None, false, true);
            assert_eq!((found.by_role, found.by_grant, found.is_open), (vec![], vec![person(next)], false));
        }
        assert_eq!(route(&holders, &BTreeSet::new(), None, true, true).by_role, [person(4)]);
        assert!(route(&[], &BTreeSet::new(), None, false, true).is_open);
    }

    #[test]
    fn whoever_acts_is_a_reader_and_somebody_besides_them_hears_of_it() {
        assert_eq!(to(&[], Some(1)), (vec![person(1), person(2)], vec![], vec![]));
        assert_eq!(to(&[1], Some(2)), (vec![person(2), person(3)], vec![], vec![]));
        assert_eq!(to(&[1, 2], Some(3)), (vec![], vec![person(3)], vec![person(4)]));
        let alone = |roles: &[Role]| -> Vec<Holder> {
            all_holders().into_iter().filter(|one| one.elsewhere || roles.contains(&one.role)).collect()
        };
        let with_head = alone(&[Role::Dsl, Role::Headteacher, Role::Ceo]);
        assert_eq!(of(&with_head, &[], Some(1)), (vec![person(1), person(3)], vec![], vec![]));
        let vacant = alone(&[Role::Dsl, Role::Ceo]);
        assert_eq!(of(&vacant, &[], Some(1)), (vec![person(1)], vec![], vec![person(5)]));
    }

    #[test]
    fn a_trust_lead_who_works_cases_reads_by_role() {
        let linked = [1, 2, 3].map(person).into_iter().collect();
        let found = route(&all_holders(), &linked, None, true, false);
        assert_eq!((found.by_role, found.by_grant), (vec![person(4)], vec![]));
    }

    proptest! {
        #[test]
        fn the_route_never_names_a_linked_person_and_finds_whoever_is_left(
            holders in proptest::collection::vec((0u8..12, 0usize..12, any::<bool>()), 0..12),
            linked in proptest::collection::btree_set(0u8..12, 0..12),
            actor in proptest::option::of(0u8..12),
        ) {
            let (roles, schools) = (route_roles(), route_roles_elsewhere());
            let holders: Vec<Holder> = holders
                .into_iter()
                .map(|(n, role, elsewhere)| {
                    let role = roles[role % roles.len()];
                    Holder { elsewhere: elsewhere && schools.contains(&role), ..holder(n, role) }
                })
                .collect();
            let linked: BTreeSet<Id> = linked.into_iter().map(person).collect();
            let route = route(&holders, &linked, actor.map(person), false, false);
            prop_assert!(route.people().chain(route.above.iter().copied()).all(|one| !linked.contains(&one)));
            let team: Vec<&Holder> = holders.iter().filter(|h| is_team(h.role) && !h.elsewhere).collect();
            if team.is_empty() || team.iter().any(|h| !linked.contains(&h.person)) {
                prop_assert!(route.by_grant.is_empty());
            } else {
                let left = holders.iter().any(|h| !linked.contains(&h.person));
                prop_assert_eq!(route.people().next().is_some(), left);
                prop_assert_eq!(route.is_open, !left);
            }
            for person in &route.by_grant {
                let reads = |h: &&Holder| h.person == *person && can_be_let_in(h.role);
                prop_assert!(holders.iter().any(|h| reads(&h)));
            }
        }
    }

    /// Whether a role can be let in, and then has what it takes to be left alone with a concern.
    fn can_be_let_in(role: Role) -> bool {
        use crate::access::Action as A;
        use crate::access::matrix::{Reach, TrustLeadColumn, reach};
        let takes = [
            A::ConcernRead,
            A::ConcernReadRestricted,
            A::ConcernReadReporter,
            A::ConcernWork,
            A::ConcernWorkRestricted,
            A::ConcernShare,
            A::ConcernAccessLog,
        ];
        let leads = [TrustLeadColumn::Casework, TrustLeadColumn::Aggregate];
        leads.iter().all(|lead| takes.iter().all(|action| reach(*action, role, *lead) >= Reach::Routed))
    }
}
