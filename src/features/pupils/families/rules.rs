//! How pupils belong together, and when two places in one family are the same.

use crate::clock::Date;
use crate::error::{ApiError, ApiResult};

crate::words! {
    /// What a pupil is in a family.
    pub enum FamilyRelationship {
        /// A brother or sister of the others.
        Sibling = "sibling",
        /// A half-brother or half-sister.
        HalfSibling = "half_sibling",
        /// A step-brother or step-sister.
        StepSibling = "step_sibling",
        /// Adopted into the family.
        AdoptedSibling = "adopted_sibling",
        /// Fostered in the household, or looked after by relatives there.
        FosteredSibling = "fostered_sibling",
        /// A cousin.
        Cousin = "cousin",
        /// An aunt, uncle, niece or nephew.
        AuntUncleNieceNephew = "aunt_uncle_niece_nephew",
        /// A parent of a child in the family.
        Parent = "parent",
        /// Lives in the household without being a relative.
        Household = "household",
        /// Otherwise connected with the family.
        Other = "other",
    }
}

/// From when to when; open where a day is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub starts_on: Option<Date>,
    /// The last day.
    pub ends_on: Option<Date>,
}

impl Period {
    /// Whether two have a day in common.
    pub fn overlaps(self, other: Self) -> bool {
        let before = |one: Self, next: Self| match (one.ends_on, next.starts_on) {
            (Some(end), Some(start)) => end < start,
            _ => false,
        };
        !before(self, other) && !before(other, self)
    }

    /// Refuses days in the future, or in the wrong order; the fields stand below `base`.
    pub fn check(self, base: &str, today: Date) -> ApiResult<()> {
        let late = |day: Option<Date>| day.is_some_and(|day| day > today);
        if late(self.starts_on) {
            return Err(ApiError::rule(format!("{base}/starts_on"), "range", "must not be in the future"));
        }
        if late(self.ends_on) {
            return Err(ApiError::rule(format!("{base}/ends_on"), "range", "must not be in the future"));
        }
        match (self.starts_on, self.ends_on) {
            (Some(start), Some(end)) if end < start => {
                Err(ApiError::rule(format!("{base}/ends_on"), "range", "must not be before starts_on"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i64) -> Date {
        Date::ymd(2025, 1, 1).unwrap().plus_days(number)
    }

    fn period() -> impl Strategy<Value = Period> {
        let end = proptest::option::of(0_i64..20);
        (end.clone(), end).prop_map(|(start, length)| Period {
            starts_on: start.map(day),
            ends_on: length.map(|length| day(start.unwrap_or_default() + length)),
        })
    }

    proptest! {
        #[test]
        fn two_overlap_where_one_day_is_in_both(one in period(), other in period()) {
            let holds = |period: Period, on: Date| {
                period.starts_on.is_none_or(|start| start <= on) && period.ends_on.is_none_or(|end| on <= end)
            };
            let shared = (-50..100).any(|number| holds(one, day(number)) && holds(other, day(number)));
            prop_assert_eq!(one.overlaps(other), shared);
            prop_assert_eq!(one.overlaps(other), other.overlaps(one));
        }
    }

    #[test]
    fn days_are_past_and_in_order() {
        let fault = |starts_on, ends_on| {
            let period = Period { starts_on, ends_on };
            period.check("", day(10)).map_err(|error| error.errors[0].pointer.clone()).err()
        };
        assert_eq!(fault(Some(day(1)), Some(day(1))), None);
        assert_eq!(fault(Some(day(11)), None).as_deref(), Some("/starts_on"));
        assert_eq!(fault(Some(day(5)), Some(day(4))).as_deref(), Some("/ends_on"));
        assert_eq!(fault(None, Some(day(11))).as_deref(), Some("/ends_on"));
    }
}
