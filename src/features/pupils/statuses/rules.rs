//! Whose each status is, and which decision lets one begin, change or end (B-55, B-56). A school can refer and
//! challenge; it decides no level.

use super::words::{Agency, DecisionOutcome, HarmCategory, StatusKind, StatusOwner, SupportLevel};
use crate::clock::Date;

/// Who decides on a status, and its level of support where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Who decides.
    pub owner: StatusOwner,
    /// The level.
    pub level: Option<SupportLevel>,
    /// Whose decision counts.
    pub agencies: &'static [Agency],
}

const SOCIAL_CARE: &[Agency] = &[Agency::ChildrenSocialCare, Agency::Mash];

impl StatusKind {
    /// The table of who decides: Children Act 1989, sections 17, 20, 22, 31 and 47, and Crime and Disorder Act 1998,
    /// section 39, as each kind's description says; what no authority decides, the school records by itself.
    pub const fn basis(self) -> Basis {
        use StatusOwner::{LocalAuthority, Nobody, OtherProfessionals};
        let (owner, level, agencies) = match self {
            Self::ChildInNeed => (LocalAuthority, Some(SupportLevel::L3), SOCIAL_CARE),
            Self::ChildProtection => (LocalAuthority, Some(SupportLevel::L4), SOCIAL_CARE),
            Self::LookedAfter => {
                let agencies: &[Agency] = &[Agency::ChildrenSocialCare, Agency::Mash, Agency::Court];
                (LocalAuthority, None, agencies)
            }
            Self::UnaccompaniedAsylumSeeking => (LocalAuthority, None, SOCIAL_CARE),
            Self::YouthJustice => {
                let agencies: &[Agency] = &[Agency::Court, Agency::YouthJustice, Agency::Police];
                (OtherProfessionals, None, agencies)
            }
            Self::EarlyHelp => {
                let none: &[Agency] = &[];
                (Nobody, Some(SupportLevel::L2), none)
            }
            Self::PreviouslyLookedAfter
            | Self::KinshipCare
            | Self::PrivateFostering
            | Self::YoungCarer
            | Self::MissingEducation
            | Self::HomeEducated
            | Self::OperationEncompass => {
                let none: &[Agency] = &[];
                (Nobody, None, none)
            }
        };
        Basis { owner, level, agencies }
    }

    /// Whether only an external decision begins, changes or ends it.
    pub fn needs_decision(self) -> bool {
        self.basis().owner != StatusOwner::Nobody
    }

    /// Whether it is one of the rungs between which support is stepped up and down.
    pub const fn is_rung(self) -> bool {
        self.basis().level.is_some()
    }

    /// Whether a pupil can have the two on one day. Nobody has a status twice, or is a child in need and on a child
    /// protection plan at once.
    pub const fn goes_with(self, other: Self) -> bool {
        const fn rung(kind: StatusKind) -> u8 {
            match kind {
                StatusKind::ChildInNeed => 3,
                StatusKind::ChildProtection => 4,
                _ => 0,
            }
        }
        let same = self as u8 == other as u8;
        !same && (rung(self) == 0 || rung(other) == 0)
    }
}

/// What matters about a decision on which a status is to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Who decided.
    pub agency: Agency,
    /// What.
    pub outcome: DecisionOutcome,
    /// The level that it sets.
    pub level: Option<SupportLevel>,
    /// When.
    pub decided_on: Date,
}

/// What a decision is called on for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The status begins on a day.
    Begin(Date),
    /// It has its last day.
    End(Date),
}

/// Why a decision does not carry an act on a status; none where it does.
pub fn refusal(kind: StatusKind, act: Act, ground: Option<Ground>) -> Option<&'static str> {
    use DecisionOutcome::{Begins, Ends, StepsDown, StepsUp};
    if !kind.needs_decision() {
        return None;
    }
    let basis = kind.basis();
    let Some(ground) = ground else {
        return Some("the status is not the school's to decide: record the external decision and name it");
    };
    if !basis.agencies.contains(&ground.agency) {
        return Some("the decision is not of an agency that decides on this status");
    }
    match act {
        Act::Begin(_) if !matches!(ground.outcome, Begins | StepsUp | StepsDown) => {
            Some("the decision does not begin or step anything")
        }
        Act::Begin(_) if ground.level != basis.level && basis.level.is_some() => {
            Some("the decision names another level than that of the status")
        }
        Act::Begin(day) if day < ground.decided_on => Some("the status begins before it was decided"),
        Act::End(_) if !matches!(ground.outcome, Ends | StepsUp | StepsDown) => {
            Some("the decision does not end or step anything")
        }
        Act::End(_) if basis.level.is_some() && ground.level == basis.level => {
            Some("the decision leaves the level as it is")
        }
        Act::End(day) if day < ground.decided_on.plus_days(-1) => {
            Some("the status ends before that was decided")
        }
        Act::Begin(_) | Act::End(_) => None,
    }
}

/// Why a category does not fit a kind; none where it does.
pub const fn category_fault(kind: StatusKind, category: Option<HarmCategory>) -> Option<&'static str> {
    match (matches!(kind, StatusKind::ChildProtection), category.is_some()) {
        (true, false) => Some("a child protection plan has a category of harm"),
        (false, true) => Some("only a child protection plan has a category of harm"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: i64) -> Date {
        Date::ymd(2026, 1, 12).unwrap().plus_days(n)
    }

    fn ground(agency: Agency, outcome: DecisionOutcome, level: Option<SupportLevel>) -> Ground {
        Ground { agency, outcome, level, decided_on: day(0) }
    }

    #[test]
    fn the_levels_of_the_local_authority_need_its_decision() {
        let ours = Some(ground(Agency::ChildrenSocialCare, DecisionOutcome::Begins, Some(SupportLevel::L4)));
        let kind = StatusKind::ChildProtection;
        assert_eq!(refusal(kind, Act::Begin(day(0)), ours), None);
        assert!(refusal(kind, Act::Begin(day(0)), None).unwrap().contains("record the external decision"));
        assert!(refusal(kind, Act::Begin(day(-1)), ours).unwrap().contains("before it was decided"));
        assert!(
            refusal(StatusKind::ChildInNeed, Act::Begin(day(0)), ours).unwrap().contains("another level")
        );
        for agency in [Agency::Police, Agency::Health, Agency::EarlyHelp, Agency::Other] {
            let theirs = Some(ground(agency, DecisionOutcome::Begins, Some(SupportLevel::L4)));
            assert!(refusal(kind, Act::Begin(day(0)), theirs).unwrap().contains("agency"), "{agency}");
        }
    }

    #[test]
    fn what_goes_on_neither_begins_nor_ends() {
        for outcome in [DecisionOutcome::Continues, DecisionOutcome::NoFurtherAction] {
            let stays = Some(ground(Agency::ChildrenSocialCare, outcome, Some(SupportLevel::L3)));
            for act in [Act::Begin(day(0)), Act::End(day(0))] {
                assert!(refusal(StatusKind::ChildInNeed, act, stays).is_some(), "{outcome}");
            }
        }
    }

    #[test]
    fn a_step_down_ends_one_rung_and_begins_another() {
        let down =
            Some(ground(Agency::ChildrenSocialCare, DecisionOutcome::StepsDown, Some(SupportLevel::L3)));
        assert_eq!(refusal(StatusKind::ChildProtection, Act::End(day(-1)), down), None);
        assert_eq!(refusal(StatusKind::ChildInNeed, Act::Begin(day(0)), down), None);
        assert!(refusal(StatusKind::ChildInNeed, Act::End(day(0)), down).is_some());
        assert!(refusal(StatusKind::ChildProtection, Act::End(day(-2)), down).is_some());
    }

    #[test]
    fn what_nobody_decides_the_school_records_alone() {
        assert_eq!(refusal(StatusKind::YoungCarer, Act::Begin(day(0)), None), None);
        assert_eq!(refusal(StatusKind::EarlyHelp, Act::End(day(0)), None), None);
        let court = Some(ground(Agency::Court, DecisionOutcome::Begins, None));
        assert_eq!(refusal(StatusKind::LookedAfter, Act::Begin(day(0)), court), None);
    }

    #[test]
    fn only_a_protection_plan_has_a_category() {
        assert!(category_fault(StatusKind::ChildProtection, None).is_some());
        assert!(category_fault(StatusKind::ChildProtection, Some(HarmCategory::Neglect)).is_none());
        assert!(category_fault(StatusKind::ChildInNeed, Some(HarmCategory::Neglect)).is_some());
    }

    #[test]
    fn nobody_stands_on_two_statutory_rungs() {
        assert!(!StatusKind::ChildInNeed.goes_with(StatusKind::ChildProtection));
        assert!(!StatusKind::YoungCarer.goes_with(StatusKind::YoungCarer));
        assert!(StatusKind::LookedAfter.goes_with(StatusKind::ChildProtection));
        assert!(StatusKind::EarlyHelp.goes_with(StatusKind::ChildInNeed));
    }

    proptest! {
        /// Without a decision, or with one of an agency that has no say, nothing of theirs ever moves.
        #[test]
        fn nothing_moves_without_those_who_decide(
            kind in 0..StatusKind::ALL.len(), agency in 0..Agency::ALL.len(),
            outcome in 0..DecisionOutcome::ALL.len(), level in 0..SupportLevel::ALL.len(), at in -3_i64..3, ends: bool
        ) {
            let (kind, agency) = (StatusKind::ALL[kind], Agency::ALL[agency]);
            let act = if ends { Act::End(day(at)) } else { Act::Begin(day(at)) };
            let given = Some(ground(agency, DecisionOutcome::ALL[outcome], Some(SupportLevel::ALL[level])));
            if kind.needs_decision() {
                prop_assert!(refusal(kind, act, None).is_some());
                if refusal(kind, act, given).is_none() {
                    prop_assert!(kind.basis().agencies.contains(&agency));
                    prop_assert!(at >= -1);
                }
            }
        }
    }
}
