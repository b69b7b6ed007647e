//! Which kinds there are, which values they take, and how one value follows another.

use super::super::rules::Period;
use crate::ids::Id;

crate::words! {
    /// A kind of characteristic.
    pub enum Kind {
        /// Sex as registered (DfE census): `M`, `F` or `U` for unknown.
        Sex = "sex",
        /// Special educational needs: `none`, `support` or `ehcp` (an education, health and care plan).
        Sen = "sen",
        /// Attracts the pupil premium: `yes` or `no`.
        PupilPremium = "pupil_premium",
        /// Has English as an additional language: `yes` or `no`.
        Eal = "eal",
        /// Is eligible for free school meals: `yes` or `no`.
        FreeSchoolMeals = "free_school_meals",
        /// Ethnicity, in the school's words or code. Protected.
        Ethnicity = "ethnicity",
        /// Religion or belief, in words. Protected.
        Religion = "religion",
        /// Disability, in words, or `none`. Protected.
        Disability = "disability",
        /// Gender identity, in the pupil's words. Protected.
        GenderIdentity = "gender_identity",
        /// Sexual orientation, in the pupil's words. Protected.
        SexualOrientation = "sexual_orientation",
    }
}

/// The kinds that few may know.
pub const PROTECTED: [Kind; 5] =
    [Kind::Ethnicity, Kind::Religion, Kind::Disability, Kind::GenderIdentity, Kind::SexualOrientation];

impl Kind {
    /// Whether few may know it.
    pub fn is_protected(self) -> bool {
        PROTECTED.contains(&self)
    }

    /// The values that it takes; none where it takes any words.
    pub const fn values(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Sex => Some(&["M", "F", "U"]),
            Self::Sen => Some(&["none", "support", "ehcp"]),
            Self::PupilPremium | Self::Eal | Self::FreeSchoolMeals => Some(&["yes", "no"]),
            _ => None,
        }
    }

    /// Whether it takes this value.
    pub fn takes(self, value: &str) -> bool {
        self.values().is_none_or(|values| values.contains(&value))
    }
}

/// What a new value does to those of the same kind that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// Nothing.
    Freely,
    /// It ends this one on the day before.
    Closing(Id),
    /// It cannot stand beside one that is there.
    Overlapping,
}

/// How a new value follows those that are there: an open one that began earlier ends on the day before.
pub fn follow(existing: &[(Id, Period)], new: Period) -> Follows {
    let open = existing
        .iter()
        .find(|(_, period)| period.ends_on.is_none() && period.starts_on < new.starts_on)
        .map(|(id, _)| *id);
    let others = existing.iter().filter(|(id, _)| Some(*id) != open);
    match (others.clone().any(|(_, period)| period.overlaps(new)), open) {
        (true, _) => Follows::Overlapping,
        (false, Some(id)) => Follows::Closing(id),
        (false, None) => Follows::Freely,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Date, Timestamp};
    use proptest::prelude::*;

    fn day(n: i64) -> Date {
        Date::ymd(2025, 9, 1).unwrap().plus_days(n)
    }

    fn period(start: i64, end: Option<i64>) -> Period {
        Period { starts_on: day(start), ends_on: end.map(day) }
    }

    fn id(n: i64) -> Id {
        Id::new(Timestamp::from_micros(1_763_000_000_000_000 + n * 1000))
    }

    #[test]
    fn each_kind_knows_its_values() {
        for (kind, value, takes) in [
            (Kind::Sex, "F", true),
            (Kind::Sex, "f", false),
            (Kind::Sen, "ehcp", true),
            (Kind::Eal, "true", false),
            (Kind::Religion, "any words", true),
        ] {
            assert_eq!(kind.takes(value), takes, "{kind} {value}");
        }
    }

    #[test]
    fn a_later_value_ends_the_open_one() {
        let open = id(1);
        assert_eq!(follow(&[(open, period(0, None))], period(5, None)), Follows::Closing(open));
        assert_eq!(follow(&[(open, period(0, None))], period(0, None)), Follows::Overlapping);
        assert_eq!(follow(&[(open, period(5, None))], period(0, None)), Follows::Overlapping);
        assert_eq!(follow(&[(open, period(5, None))], period(0, Some(4))), Follows::Freely);
        assert_eq!(follow(&[(open, period(0, Some(9)))], period(5, None)), Follows::Overlapping);
    }

    proptest! {
        /// Whatever comes in whatever order, no day ever has two values of a kind.
        #[test]
        fn no_day_has_two_values(
            steps in proptest::collection::vec((0_i64..30, proptest::option::of(0_i64..10)), 0..12)
        ) {
            let mut stored: Vec<(Id, Period)> = Vec::new();
            for (n, (start, length)) in steps.into_iter().enumerate() {
                let new = period(start, length.map(|days| start + days));
                match follow(&stored, new) {
                    Follows::Overlapping => continue,
                    Follows::Closing(open) => {
                        let old = stored.iter_mut().find(|(id, _)| *id == open).unwrap();
                        old.1.ends_on = Some(new.starts_on.plus_days(-1));
                        prop_assert!(old.1.is_ordered());
                    }
                    Follows::Freely => {}
                }
                stored.push((id(i64::try_from(n).unwrap()), new));
            }
            for n in 0..60 {
                prop_assert!(stored.iter().filter(|(_, period)| period.holds(day(n))).count() <= 1);
            }
        }
    }
}
