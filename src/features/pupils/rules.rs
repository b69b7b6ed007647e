//! What is decided about pupils without looking at the database.

use crate::clock::Date;
use crate::db::portable::fold;
use crate::error::{ApiError, ApiResult};

/// The national curriculum year of a child in the academic year of a day: 0 is Reception, below it is nursery.
pub fn curriculum_year(birth_date: Date, today: Date) -> i16 {
    i16::try_from(today.academic_year() - birth_date.academic_year() - 5).unwrap_or_default()
}

/// The name by which a pupil is called.
pub fn display_name(given: &str, family: &str, preferred: Option<&str>) -> String {
    format!("{} {family}", preferred.unwrap_or(given))
}

/// The form in which a pupil's names are searched and sorted: the family name first.
pub fn folded_name(given: &str, family: &str, preferred: Option<&str>) -> String {
    fold(&format!("{family} {given} {}", preferred.unwrap_or_default()))
}

/// The words of a search, each the beginning of a name.
pub fn search_words(words: &str) -> ApiResult<Vec<String>> {
    let folded = fold(words);
    if folded.is_empty() {
        return Err(ApiError::rule("/words", "format", "at least one letter is expected"));
    }
    Ok(folded.split(' ').map(str::to_owned).collect())
}

/// Nobody is born after today.
pub fn check_birth_date(birth_date: Date, today: Date) -> ApiResult<()> {
    if birth_date > today {
        return Err(ApiError::rule("/birth_date", "range", "must not be after today"));
    }
    Ok(())
}

/// Days from a first one to a last one, both included; without a last one for as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Option<Date>,
}

impl Period {
    /// Whether some day is in both.
    pub fn overlaps(self, other: Self) -> bool {
        let begins_in_time = |a: Self, b: Self| b.ends_on.is_none_or(|end| a.starts_on <= end);
        begins_in_time(self, other) && begins_in_time(other, self)
    }

    /// Whether a day is in it.
    pub fn holds(self, day: Date) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }

    /// What is left of it without the days of others, in order.
    pub fn without(self, others: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let less =
            |parts: Vec<Self>, other: Self| parts.into_iter().flat_map(|part| part.less(other)).collect();
        others.into_iter().fold(vec![self], less)
    }

    fn less(self, other: Self) -> Vec<Self> {
        if !self.overlaps(other) {
            return vec![self];
        }
        let before = Self { starts_on: self.starts_on, ends_on: Some(other.starts_on.plus_days(-1)) };
        let after = other.ends_on.map(|end| Self { starts_on: end.plus_days(1), ends_on: self.ends_on });
        std::iter::once(before).chain(after).filter(|part| part.is_ordered()).collect()
    }

    /// Whether the last day is not before the first.
    pub fn is_ordered(self) -> bool {
        self.ends_on.is_none_or(|end| self.starts_on <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn the_curriculum_year_follows_the_academic_year() {
        let today = day("2026-01-15");
        for (born, year) in
            [("2015-10-01", 5), ("2015-08-31", 6), ("2021-08-31", 0), ("2021-09-01", -1), ("2022-09-01", -2)]
        {
            assert_eq!(curriculum_year(day(born), today), year, "{born}");
        }
    }

    #[test]
    fn the_curriculum_year_turns_on_the_first_of_september() {
        assert_eq!(curriculum_year(day("2015-10-01"), day("2026-08-31")), 5);
        assert_eq!(curriculum_year(day("2015-10-01"), day("2026-09-01")), 6);
    }

    #[test]
    fn names_are_folded_with_the_family_name_first() {
        assert_eq!(folded_name("Zoë", "O'Neill", Some("Zo")), "o'neill zoe zo");
        assert_eq!(display_name("Zoë", "O'Neill", Some("Zo")), "Zo O'Neill");
        assert_eq!(search_words("  ÉVA  lind ").unwrap(), ["eva", "lind"]);
        assert!(search_words("\u{301}").is_err());
    }

    fn period() -> impl Strategy<Value = Period> {
        (0_i64..40, proptest::option::of(0_i64..40)).prop_map(|(start, length)| {
            let starts_on = day("2025-09-01").plus_days(start);
            Period { starts_on, ends_on: length.map(|days| starts_on.plus_days(days)) }
        })
    }

    proptest! {
        #[test]
        fn periods_overlap_where_some_day_is_in_both(a in period(), b in period()) {
            let shared = (0..120).any(|n| {
                let day = day("2025-09-01").plus_days(n);
                a.holds(day) && b.holds(day)
            });
            prop_assert_eq!(a.overlaps(b), shared);
            prop_assert_eq!(b.overlaps(a), shared);
        }

        #[test]
        fn what_is_left_are_the_days_of_no_other(a in period(), others in proptest::collection::vec(period(), 0..4)) {
            let left = a.without(others.clone());
            for n in 0..120 {
                let day = day("2025-09-01").plus_days(n);
                let is_left = a.holds(day) && !others.iter().any(|other| other.holds(day));
                prop_assert_eq!(left.iter().filter(|part| part.holds(day)).count(), usize::from(is_left));
            }
            prop_assert!(left.iter().all(|part| part.is_ordered()));
            let lasts = a.ends_on.is_none() && others.iter().all(|other| other.ends_on.is_some());
            prop_assert_eq!(left.iter().any(|part| part.ends_on.is_none()), lasts);
        }

        #[test]
        fn a_year_later_is_a_year_up(days in 0_i64..20_000) {
            let born = day("1970-01-01").plus_days(days);
            let (before, after) = (day("2026-01-15"), day("2027-01-15"));
            prop_assert_eq!(curriculum_year(born, before) + 1, curriculum_year(born, after));
        }
    }
}
