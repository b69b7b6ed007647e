//! What a day is: a school day, a working day, and in which sixth of the academic year.

use std::collections::{BTreeMap, BTreeSet};

use super::holidays::is_bank_holiday;
use super::is_weekday;
use crate::clock::Date;
use crate::features::organisation::calendar::dto::{ClosedDay, HalfTerm};

/// One sixth of an academic year: the window in which something of a half-term is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sixth {
    /// The calendar year in which the academic year began.
    pub start_year: i32,
    /// 1 to 6.
    pub number: u8,
}

/// The academic years of one school (its own, or the trust's in their place), as far as they were loaded.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Clone, Debug)]
struct Year {
    half_terms: Vec<HalfTerm>,
    closed: BTreeSet<Date>,
    /// The last school day of each half-term.
    last_days: Vec<Date>,
}

impl Year {
    fn new(half_terms: Vec<HalfTerm>, closed_days: &[ClosedDay]) -> Self {
        let closed = closed_days.iter().map(|closed| closed.day).collect();
        let mut year = Self { half_terms, closed, last_days: Vec::new() };
        year.last_days = year.half_terms.iter().map(|half_term| year.last_day(half_term)).collect();
        year
    }

    fn is_school_day(&self, day: Date) -> bool {
        self.half_terms.iter().any(|half_term| half_term.contains(day))
            && is_weekday(day)
            && !is_bank_holiday(day)
            && !self.closed.contains(&day)
    }

    /// The half-term's end, where it has no school day at all.
    fn last_day(&self, half_term: &HalfTerm) -> Date {
        let mut day = half_term.ends_on;
        while day >= half_term.starts_on {
            if self.is_school_day(day) {
                return day;
            }
            day = day.plus_days(-1);
        }
        half_term.ends_on
    }

    /// Each window begins the day after the last school day of the one before; the sixth has no end but the year's.
    fn sixth(&self, day: Date) -> u8 {
        let passed = self.last_days.iter().take(5).filter(|last| day > **last).count();
        u8::try_from(passed + 1).unwrap_or(6)
    }
}

impl Calendar {
    /// Adds an academic year; one that is there already gives way.
    #[must_use]
    pub fn with_year(
        mut self,
        start_year: i32,
        half_terms: Vec<HalfTerm>,
        closed_days: &[ClosedDay],
    ) -> Self {
        self.years.insert(start_year, Year::new(half_terms, closed_days));
        self
    }

    fn year(&self, day: Date) -> Option<&Year> {
        self.years.get(&day.academic_year())
    }

    /// Whether pupils come on a day: Monday to Friday within a half-term, no bank holiday and no closed day. None where
    /// the calendar of that academic year is not known.
    pub fn is_school_day(&self, day: Date) -> Option<bool> {
        self.year(day).map(|year| year.is_school_day(day))
    }

    /// Whether offices work on a day: Monday to Friday, and no bank holiday.
    pub fn is_working_day(day: Date) -> bool {
        is_weekday(day) && !is_bank_holiday(day)
    }

    /// The sixth of the academic year to which a day belongs: each day belongs to exactly one. Window 1 begins on 1
    /// September, each other one the day after the last school day of the one before, and window 6 runs to 31 August.
    /// None where the calendar of that academic year is not known.
    pub fn half_term_of(&self, day: Date) -> Option<Sixth> {
        self.year(day).map(|year| Sixth { start_year: day.academic_year(), number: year.sixth(day) })
    }

    /// The so manieth school day after a day; the day itself for none. None where that lies beyond the calendars that
    /// are known.
    pub fn add_school_days(&self, day: Date, count: u16) -> Option<Date> {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = day.plus_days(1);
            if self.is_school_day(day)? {
                left -= 1;
            }
        }
        Some(day)
    }

    /// The so manieth working day after a day; the day itself for none.
    pub fn add_working_days(day: Date, count: u16) -> Date {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = day.plus_days(1);
            if Self::is_working_day(day) {
                left -= 1;
            }
        }
        day
    }

    /// The so manieth working day before a day; the day itself for none.
    pub fn working_days_before(day: Date, count: u16) -> Date {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = day.plus_days(-1);
            if Self::is_working_day(day) {
                left -= 1;
            }
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{closed, half_terms};
    use super::*;

    fn calendar() -> Calendar {
        Calendar::default().with_year(2025, half_terms(), &[closed("2025-10-24"), closed("2026-01-05")])
    }

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn sixth(text: &str) -> Option<u8> {
        calendar().half_term_of(day(text)).map(|sixth| sixth.number)
    }

    #[test]
    fn weekends_holidays_closed_days_and_breaks_are_no_school_days() {
        for (text, expected) in [
            ("2025-09-01", false),
            ("2025-09-03", true),
            ("2025-09-06", false),
            ("2025-10-24", false),
            ("2025-10-29", false),
            ("2026-05-04", false),
            ("2026-07-21", true),
        ] {
            assert_eq!(calendar().is_school_day(day(text)), Some(expected), "{text}");
        }
        assert_eq!(calendar().is_school_day(day("2026-09-01")), None);
    }

    #[test]
    fn a_window_begins_after_the_last_school_day_of_the_one_before() {
        for (text, expected) in [
            ("2025-09-01", 1),
            ("2025-10-23", 1),
            ("2025-10-24", 2), // closed: the last school day was the 23rd
            ("2025-12-19", 2),
            ("2025-12-20", 3),
            ("2026-07-21", 6),
            ("2026-08-31", 6),
        ] {
            assert_eq!(sixth(text), Some(expected), "{text}");
        }
        assert_eq!(sixth("2026-09-01"), None);
        assert_eq!(sixth("2025-08-31"), None);
    }

    #[test]
    fn school_days_skip_what_pupils_skip() {
        let calendar = calendar();
        assert_eq!(calendar.add_school_days(day("2025-10-22"), 2), Some(day("2025-11-03")));
        assert_eq!(calendar.add_school_days(day("2025-12-19"), 1), Some(day("2026-01-06")));
        assert_eq!(calendar.add_school_days(day("2025-10-25"), 0), Some(day("2025-10-25")));
        assert_eq!(calendar.add_school_days(day("2026-07-21"), 1), None);
    }

    #[test]
    fn working_days_skip_weekends_and_bank_holidays() {
        assert_eq!(Calendar::add_working_days(day("2025-12-24"), 1), day("2025-12-29"));
        assert_eq!(Calendar::add_working_days(day("2026-04-02"), 1), day("2026-04-07"));
        assert_eq!(Calendar::add_working_days(day("2026-04-04"), 0), day("2026-04-04"));
        assert_eq!(Calendar::working_days_before(day("2026-04-07"), 1), day("2026-04-02"));
        assert_eq!(Calendar::working_days_before(day("2026-04-07"), 0), day("2026-04-07"));
    }

    proptest! {
        #[test]
        fn windows_follow_each_other_without_gap(offset in 0_i64..364) {
            let (calendar, start) = (calendar(), day("2025-09-01"));
            let number = |offset| calendar.half_term_of(start.plus_days(offset)).unwrap().number;
            let (today, tomorrow) = (number(offset), number(offset + 1));
            prop_assert!((1..=6).contains(&today));
            prop_assert!(tomorrow == today || tomorrow == today + 1);
            prop_assert!(tomorrow == today || calendar.is_school_day(start.plus_days(offset)) == Some(true));
        }

        #[test]
        fn counting_days_is_the_same_in_one_or_two_goes(offset in 0_i64..300, a in 0_u16..20, b in 0_u16..20) {
            let (calendar, start) = (calendar(), day("2025-09-01").plus_days(offset));
            let at_once = calendar.add_school_days(start, a + b);
            let in_two = calendar.add_school_days(start, a).and_then(|day| calendar.add_school_days(day, b));
            prop_assert_eq!(at_once, in_two);
            let working = Calendar::add_working_days(start, a + b);
            prop_assert_eq!(working, Calendar::add_working_days(Calendar::add_working_days(start, a), b));
            prop_assert!(a + b == 0 || Calendar::is_working_day(working));
        }
    }
}
