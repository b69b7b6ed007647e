//! Decisions about calendars: what makes an academic year whole, and which clock a day counts on.

pub mod days;
pub mod holidays;

use std::collections::BTreeSet;

use chrono::{Datelike, Weekday};

use super::dto::{ClosedDay, HalfTerm};
use crate::clock::Date;
use crate::error::{ApiError, ApiResult, FieldError};

/// The label of an academic year: `2025-26`.
pub fn label(start_year: i32) -> String {
    format!("{start_year}-{:02}", (start_year + 1).rem_euclid(100))
}

/// Whether a day is one of Monday to Friday.
pub fn is_weekday(day: Date) -> bool {
    !matches!(day.chrono().weekday(), Weekday::Sat | Weekday::Sun)
}

/// Refuses an academic year that is not whole: six half-terms in order, apart from each other and within 1 September
/// to 31 August, and closed days that would otherwise be school days.
pub fn check(start_year: i32, half_terms: &[HalfTerm], closed_days: &[ClosedDay]) -> ApiResult<()> {
    let mut faults = Vec::new();
    if half_terms.len() != 6 {
        faults.push(FieldError::new("/half_terms", "length", "there must be six half-terms"));
    }
    let mut before: Option<&HalfTerm> = None;
    for (index, half_term) in half_terms.iter().enumerate() {
        check_half_term(start_year, index, half_term, before, &mut faults);
        before = Some(half_term);
    }
    let mut seen = BTreeSet::new();
    for (index, closed) in closed_days.iter().enumerate() {
        let fault = if !seen.insert(closed.day) {
            Some(("repeated", "is listed twice"))
        } else if !is_weekday(closed.day) {
            Some(("weekend", "is not one of Monday to Friday"))
        } else if !half_terms.iter().any(|half_term| half_term.contains(closed.day)) {
            Some(("outside_half_terms", "lies in none of the half-terms"))
        } else {
            None
        };
        if let Some((code, words)) = fault {
            let words = format!("the closed day {} {words}", closed.day);
            faults.push(FieldError::new(format!("/closed_days/{index}/day"), code, words));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ApiError::rule_all(faults)) }
}

fn check_half_term(
    start_year: i32,
    index: usize,
    half_term: &HalfTerm,
    before: Option<&HalfTerm>,
    faults: &mut Vec<FieldError>,
) {
    let mut fault = |field: &str, code: &'static str, words: &str| {
        faults.push(FieldError::new(format!("/half_terms/{index}/{field}"), code, words));
    };
    if usize::try_from(half_term.number).ok() != Some(index + 1) {
        fault("number", "order", "the half-terms must be numbered 1 to 6 in their order");
    }
    if half_term.ends_on < half_term.starts_on {
        fault("ends_on", "order", "must not lie before starts_on");
    }
    if half_term.starts_on.academic_year() != start_year {
        fault("starts_on", "outside_year", "must lie within 1 September to 31 August of the academic year");
    }
    if half_term.ends_on.academic_year() != start_year {
        fault("ends_on", "outside_year", "must lie within 1 September to 31 August of the academic year");
    }
    if before.is_some_and(|before| half_term.starts_on <= before.ends_on) {
        fault("starts_on", "overlap", "must lie after the end of the half-term before");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::dto::ClosedKind;
    use super::*;

    /// A made-up academic year 2025-26.
    pub fn half_terms() -> Vec<HalfTerm> {
        let day = |text| Date::parse(text).unwrap();
        [
            ("2025-09-03", "2025-10-24"),
            ("2025-11-03", "2025-12-19"),
            ("2026-01-05", "2026-02-13"),
            ("2026-02-23", "2026-03-27"),
            ("2026-04-13", "2026-05-22"),
            ("2026-06-01", "2026-07-21"),
        ]
        .iter()
        .zip(1..)
        .map(|((from, to), number)| HalfTerm { number, starts_on: day(from), ends_on: day(to) })
        .collect()
    }

    pub fn closed(day: &str) -> ClosedDay {
        ClosedDay { day: Date::parse(day).unwrap(), kind: ClosedKind::Inset }
    }

    fn faults(half_terms: &[HalfTerm], closed_days: &[ClosedDay]) -> Vec<(String, String)> {
        check(2025, half_terms, closed_days).map_or_else(
            |error| error.errors.into_iter().map(|fault| (fault.pointer, fault.code.into_owned())).collect(),
            |()| Vec::new(),
        )
    }

    fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
        vec![(pointer.to_owned(), code.to_owned())]
    }

    #[test]
    fn labels_cross_the_century() {
        assert_eq!(label(2025), "2025-26");
        assert_eq!(label(2099), "2099-00");
    }

    #[test]
    fn a_whole_year_is_taken() {
        assert_eq!(faults(&half_terms(), &[closed("2025-09-03"), closed("2025-10-24")]), []);
    }

    #[test]
    fn each_fault_of_a_half_term_names_its_place() {
        let mut overlapping = half_terms();
        overlapping[1].starts_on = overlapping[0].ends_on;
        assert_eq!(faults(&overlapping, &[]), one("/half_terms/1/starts_on", "overlap"));
        let mut turned = half_terms();
        turned[5].ends_on = turned[5].starts_on.plus_days(-1);
        assert_eq!(faults(&turned, &[]), one("/half_terms/5/ends_on", "order"));
        let mut late = half_terms();
        late[5].ends_on = Date::ymd(2026, 9, 1).unwrap();
        assert_eq!(faults(&late, &[]), one("/half_terms/5/ends_on", "outside_year"));
        let mut misnumbered = half_terms();
        misnumbered[2].number = 4;
        assert_eq!(faults(&misnumbered, &[]), one("/half_terms/2/number", "order"));
        assert_eq!(faults(&half_terms()[..5], &[]), one("/half_terms", "length"));
    }

    #[test]
    fn a_closed_day_is_a_weekday_in_a_half_term_once() {
        for (day, code) in [("2025-09-06", "weekend"), ("2025-10-27", "outside_half_terms")] {
            assert_eq!(faults(&half_terms(), &[closed(day)]), one("/closed_days/0/day", code));
        }
        let twice = [closed("2025-09-03"), closed("2025-09-03")];
        assert_eq!(faults(&half_terms(), &twice), one("/closed_days/1/day", "repeated"));
    }

    proptest! {
        #[test]
        fn a_year_that_is_taken_is_in_order_and_inside(shifts in proptest::collection::vec(-40_i64..40, 12)) {
            let mut moved = half_terms();
            for (half_term, shift) in moved.iter_mut().zip(shifts.chunks(2)) {
                half_term.starts_on = half_term.starts_on.plus_days(shift[0]);
                half_term.ends_on = half_term.ends_on.plus_days(shift[1]);
            }
            let days: Vec<Date> = moved.iter().flat_map(|it| [it.starts_on, it.ends_on]).collect();
            let sorted = days.windows(2).enumerate().all(|(i, pair)| {
                if i % 2 == 0 { pair[0] <= pair[1] } else { pair[0] < pair[1] }
            });
            let inside = days.iter().all(|day| day.academic_year() == 2025);
            prop_assert_eq!(check(2025, &moved, &[]).is_ok(), sorted && inside);
        }
    }
}
