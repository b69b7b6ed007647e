//! When a concern may be closed: what both ways ask for. What the panel adds is in `meetings`.

use std::collections::BTreeSet;

use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::dto::ScrutinyCapacity;
use crate::features::organisation::trust::ScrutinyRule;
use crate::ids::Id;

/// What closing a concern rests on, whichever way it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The trust's setting.
    pub scrutiny: ScrutinyRule,
    /// The stamps of this round.
    pub stamps: Vec<(ScrutinyCapacity, Id)>,
    /// Who has a conflict of interest: their stamps do not count.
    pub linked: BTreeSet<Id>,
    /// A required action is not done.
    pub has_required_open: bool,
    /// An action is recorded, or the decision that none is needed.
    pub has_action_or_no_action: bool,
}

/// The stamps that a setting asks for.
pub const fn capacities(rule: ScrutinyRule) -> &'static [ScrutinyCapacity] {
    match rule {
        ScrutinyRule::TeamAndTrustLead => &[ScrutinyCapacity::Team, ScrutinyCapacity::TrustLead],
        ScrutinyRule::DslTeam => &[ScrutinyCapacity::Team],
    }
}

/// The stamps that are still missing: each capacity needs a person of its own.
pub fn missing(work: &Work) -> Vec<ScrutinyCapacity> {
    let by = |capacity: ScrutinyCapacity| -> BTreeSet<Id> {
        let counts = |stamp: &&(ScrutinyCapacity, Id)| stamp.0 == capacity && !work.linked.contains(&stamp.1);
        work.stamps.iter().filter(counts).map(|(_, person)| *person).collect()
    };
    let asked = capacities(work.scrutiny);
    let mut out: Vec<ScrutinyCapacity> = asked.iter().copied().filter(|one| by(*one).is_empty()).collect();
    if out.is_empty() && asked.len() > 1 {
        let everybody: BTreeSet<Id> = asked.iter().flat_map(|one| by(*one)).collect();
        if everybody.len() < asked.len() {
            out.extend(asked.last());
        }
    }
    out
}

/// Refuses the closure of a concern on which the work is not done: the first condition that fails.
pub fn check(work: &Work) -> ApiResult<()> {
    let missing = missing(work);
    if !missing.is_empty() {
        let words: Vec<&str> = missing.iter().map(|one| one.as_str()).collect();
        return Err(ApiError::because(
            Code::ScrutinyIncomplete,
            format!("missing in this round: {}", words.join(", ")),
        ));
    }
    if work.has_required_open {
        return Err(ApiError::of(Code::RequiredActionOpen));
    }
    if !work.has_action_or_no_action {
        return Err(ApiError::of(Code::NoActionOrReason));
    }
    Ok(())
}

/// Why nobody may stamp in this capacity who has stamped before in this round: once a person, so that two stamps are
/// two people's.
pub fn second_stamp(before: Option<ScrutinyCapacity>, now: ScrutinyCapacity) -> Option<Code> {
    match before {
        None => None,
        Some(before) if before == now => Some(Code::AlreadyExists),
        Some(_) => Some(Code::SamePersonScrutiny),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn work() -> Work {
        Work {
            scrutiny: ScrutinyRule::TeamAndTrustLead,
            stamps: vec![(ScrutinyCapacity::Team, person(1)), (ScrutinyCapacity::TrustLead, person(2))],
            linked: BTreeSet::new(),
            has_required_open: false,
            has_action_or_no_action: true,
        }
    }

    fn refusal(work: &Work) -> Option<Code> {
        check(work).err().map(|error| error.code)
    }

    #[test]
    fn each_condition_has_its_code() {
        assert_eq!(refusal(&work()), None);
        let without = |n: usize| {
            let mut work = work();
            work.stamps.remove(n);
            work
        };
        assert_eq!(refusal(&without(0)), Some(Code::ScrutinyIncomplete));
        assert_eq!(refusal(&without(1)), Some(Code::ScrutinyIncomplete));
        assert_eq!(refusal(&Work { scrutiny: ScrutinyRule::DslTeam, ..without(1) }), None);
        assert_eq!(refusal(&Work { has_required_open: true, ..work() }), Some(Code::RequiredActionOpen));
        assert_eq!(refusal(&Work { has_action_or_no_action: false, ..work() }), Some(Code::NoActionOrReason));
    }

    #[test]
    fn a_linked_persons_stamp_does_not_count() {
        let linked = BTreeSet::from([person(2)]);
        assert_eq!(missing(&Work { linked, ..work() }), [ScrutinyCapacity::TrustLead]);
    }

    #[test]
    fn one_person_is_not_two() {
        use ScrutinyCapacity::{Team, TrustLead};

        let both = ScrutinyCapacity::ALL.iter().map(|capacity| (*capacity, person(1))).collect();
        assert_eq!(refusal(&Work { stamps: both, ..work() }), Some(Code::ScrutinyIncomplete));
        assert_eq!(second_stamp(None, Team), None);
        assert_eq!(second_stamp(Some(Team), TrustLead), Some(Code::SamePersonScrutiny));
        assert_eq!(second_stamp(Some(Team), Team), Some(Code::AlreadyExists));
    }

    proptest! {
        #[test]
        fn what_may_be_closed_has_everything(
            stamps in proptest::collection::vec((any::<bool>(), 0u8..4), 0..5),
            linked in proptest::collection::btree_set(0u8..4, 0..3),
            (both, has_required_open, has_action_or_no_action) in (any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let capacity = |team| if team { ScrutinyCapacity::Team } else { ScrutinyCapacity::TrustLead };
            let work = Work {
                scrutiny: if both { ScrutinyRule::TeamAndTrustLead } else { ScrutinyRule::DslTeam },
                stamps: stamps.iter().map(|(team, n)| (capacity(*team), person(*n))).collect(),
                linked: linked.iter().map(|n| person(*n)).collect(),
                has_required_open,
                has_action_or_no_action,
            };
            let teams: Vec<u8> =
                stamps.iter().filter(|(team, n)| *team && !linked.contains(n)).map(|(_, n)| *n).collect();
            let leads: Vec<u8> =
                stamps.iter().filter(|(team, n)| !*team && !linked.contains(n)).map(|(_, n)| *n).collect();
            let stamped = if both {
                teams.iter().any(|one| leads.iter().any(|other| one != other))
            } else {
                !teams.is_empty()
            };
            let expected = stamped && !has_required_open && has_action_or_no_action;
            prop_assert_eq!(check(&work).is_ok(), expected);
        }
    }
}
