use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::features::organisation::calendar::{ClosedDay, ClosedKind, HalfTerm};

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn calendar(closed: &[&str]) -> Calendar {
    let terms = [
        ("2025-09-03", "2025-10-24"),
        ("2025-11-03", "2025-12-19"),
        ("2026-01-05", "2026-02-13"),
        ("2026-02-23", "2026-03-27"),
        ("2026-04-13", "2026-05-22"),
        ("2026-06-01", "2026-07-21"),
    ];
    let half_term = |((from, to), number): (&(&str, &str), i16)| HalfTerm {
        number,
        starts_on: day(from),
        ends_on: day(to),
    };
    let closed: Vec<ClosedDay> =
        closed.iter().map(|text| ClosedDay { day: day(text), kind: ClosedKind::Inset }).collect();
    Calendar::default().with_year(2025, terms.iter().zip(1..).map(half_term).collect(), &closed)
}

fn due(clock: DeadlineClock, calendar: &Calendar, from: &str, to: &str) -> Vec<String> {
    windows(clock, calendar, day(from), day(to)).iter().map(|window| window.due_on.to_string()).collect()
}

#[test]
fn a_day_passes_when_it_is_over_in_england() {
    let at = |text| Timestamp::parse(text).unwrap().london_date();
    let state = |now| state(Some(day("2026-06-30")), false, at(now));
    assert_eq!(state("2026-06-30T22:59:59Z"), DeadlineState::Due);
    assert_eq!(state("2026-06-30T23:00:00Z"), DeadlineState::Overdue);
}

#[test]
fn what_is_met_is_met_late_too_and_what_nobody_decided_is_not() {
    let today = day("2026-01-15");
    assert_eq!(state(Some(day("2025-01-01")), true, today), DeadlineState::Met);
    assert_eq!(state(None, true, today), DeadlineState::Met);
    assert_eq!(state(None, false, today), DeadlineState::Undecided);
}

#[test]
fn each_clock_counts_its_own_days() {
    let calendar = calendar(&["2026-01-05"]);
    let on = |clock, amount, start| due_on(clock, amount, day(start), &calendar).map(|day| day.to_string());
    assert_eq!(on(DeadlineClock::CalendarDays, 7, "2026-03-25").as_deref(), Some("2026-04-01"));
    assert_eq!(on(DeadlineClock::WorkingDays, 1, "2025-12-24").as_deref(), Some("2025-12-29"));
    assert_eq!(on(DeadlineClock::SchoolDays, 1, "2025-12-19").as_deref(), Some("2026-01-06"));
    assert_eq!(on(DeadlineClock::SchoolDays, 5, "2026-07-20"), None);
    assert_eq!(on(DeadlineClock::Weekly, 1, "2026-01-15"), None);
}

#[test]
fn a_week_is_due_on_its_last_school_day_and_a_week_of_holidays_never() {
    let calendar = calendar(&["2025-10-24"]);
    let weeks = due(DeadlineClock::Weekly, &calendar, "2025-10-13", "2025-11-09");
    assert_eq!(weeks, ["2025-10-17", "2025-10-23", "2025-11-07"]);
    // Good Friday 2026 is in the holidays; the early May bank holiday is a Monday.
    let weeks = due(DeadlineClock::Weekly, &calendar, "2026-05-04", "2026-05-08");
    assert_eq!(weeks, ["2026-05-08"]);
    assert!(due(DeadlineClock::Weekly, &calendar, "2026-09-01", "2026-12-31").is_empty());
}

#[test]
fn a_half_term_is_due_on_its_last_school_day() {
    let calendar = calendar(&["2025-10-24"]);
    let sixths = due(DeadlineClock::HalfTermly, &calendar, "2025-09-01", "2026-08-31");
    assert_eq!(sixths, ["2025-10-23", "2025-12-19", "2026-02-13", "2026-03-27", "2026-05-22", "2026-07-21"]);
}

#[test]
fn a_place_is_read_as_it_was_written() {
    let id = Id::from_bytes([7; 16]);
    for due_on in [None, Some(day("2026-01-15"))] {
        let place = Place::new(due_on, DeadlineRule::WeeklyPanel, -3, id);
        assert_eq!(Place::parse(&place.text(), id), Some(place));
    }
    for wrong in ["", "x/weekly_panel/0", "/weekly_panel", "/nothing/0", "/weekly_panel/x"] {
        assert_eq!(Place::parse(wrong, id), None, "{wrong}");
    }
}

fn any_place() -> impl Strategy<Value = Place> {
    (0_i64..4, 0_usize..3, 0_i64..3, 0_u8..3, any::<bool>()).prop_map(|(days, rule, at, id, undecided)| {
        let due_on = (!undecided).then(|| day("2026-01-01").plus_days(days));
        Place::new(due_on, DeadlineRule::ALL[rule], at, Id::from_bytes([id; 16]))
    })
}

proptest! {
    #[test]
    fn what_comes_after_a_place_is_all_that_is_greater(one in any_place(), after in any_place()) {
        let rest = rest(one.rule, Some(after), one.is_undecided);
        let is_from = rest.from.is_none_or(|from| one.due_on.is_none_or(|due| due >= from));
        let on_that_day = one.due_on == after.due_on;
        let is_after = !on_that_day || rest.after.is_none_or(|key| (one.started_at, one.id) > key);
        prop_assert_eq!(!rest.is_empty && is_from && is_after, one > after);
    }

    #[test]
    fn the_first_start_is_the_first(offset in 0_i64..900, amount in 0_u16..40, working in any::<bool>()) {
        let clock = if working { DeadlineClock::WorkingDays } else { DeadlineClock::CalendarDays };
        let (due, none) = (day("2024-01-01").plus_days(offset), Calendar::default());
        let first = first_start(clock, amount, due, &none).unwrap();
        prop_assert!(due_on(clock, amount, first, &none).unwrap() >= due);
        prop_assert!(due_on(clock, amount, first.plus_days(-1), &none).unwrap() < due);
    }

    #[test]
    fn later_starts_are_never_due_earlier(offset in 0_i64..200, amount in 0_u16..15, clock in 0_usize..3) {
        let clock = DeadlineClock::ALL[clock];
        let (calendar, start) = (calendar(&["2025-10-24", "2026-01-05"]), day("2025-09-01").plus_days(offset));
        let (one, next) =
            (due_on(clock, amount, start, &calendar), due_on(clock, amount, start.plus_days(1), &calendar));
        prop_assert!(one.is_some() && next >= one);
    }

    #[test]
    fn a_moment_counts_from_its_day_in_england(seconds in 0_i64..730 * 86_400, amount in 0_u16..30) {
        // Two years of seconds, with four changes of the clocks in them.
        let at = Timestamp::parse("2025-01-01T00:00:00Z").unwrap().plus_seconds(seconds);
        let start = at.london_date();
        let due = due_on(DeadlineClock::CalendarDays, amount, start, &Calendar::default()).unwrap();
        prop_assert_eq!(due.chrono().signed_duration_since(start.chrono()).num_days(), i64::from(amount));
        prop_assert!(Timestamp::start_of(start) <= at && at < Timestamp::start_of(start.plus_days(1)));
    }

    #[test]
    fn every_school_day_lies_in_one_window_that_is_due_no_earlier(
        offset in 0_i64..320,
        half_termly in any::<bool>(),
        closed in proptest::collection::btree_set(0_i64..320, 0..30),
    ) {
        let (first, clock) = (day("2025-09-03"), if half_termly { DeadlineClock::HalfTermly } else { DeadlineClock::Weekly });
        let closed: Vec<String> = closed.into_iter().map(|days| first.plus_days(days).to_string()).collect();
        let calendar = calendar(&closed.iter().map(String::as_str).collect::<Vec<_>>());
        let windows = windows(clock, &calendar, first, day("2026-08-31"));
        prop_assert!(windows.windows(2).all(|pair| pair[0].due_on < pair[1].starts_on));
        let one = first.plus_days(offset);
        let holds = windows.iter().filter(|it| it.starts_on <= one && one <= it.due_on).count();
        prop_assert!(windows.iter().all(|it| calendar.is_school_day(it.due_on) == Some(true)));
        if calendar.is_school_day(one) == Some(true) {
            prop_assert_eq!(holds, 1);
        }
    }
}
