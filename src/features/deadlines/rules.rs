//! When something is due and what has become of it: arithmetic of days, without records.

use super::reference::{DeadlineClock, DeadlineRule};
use crate::clock::Date;
use crate::features::organisation::calendar::Calendar;
use crate::ids::Id;

crate::words! {
    /// What has become of a deadline.
    pub enum DeadlineState {
        /// Its day has not passed.
        Due = "due",
        /// Its day has passed.
        Overdue = "overdue",
        /// It was met, in time or late.
        Met = "met",
        /// Nobody can say when it is due before somebody decides.
        Undecided = "undecided",
    }
}

/// What has become of a deadline, today.
pub fn state(due_on: Option<Date>, is_met: bool, today: Date) -> DeadlineState {
    match due_on {
        _ if is_met => DeadlineState::Met,
        None => DeadlineState::Undecided,
        Some(day) if today > day => DeadlineState::Overdue,
        Some(_) => DeadlineState::Due,
    }
}

/// The day by which something is due that started on a day. None where the calendar does not reach so far, or where the
/// clock does not count days.
pub fn due_on(clock: DeadlineClock, amount: u16, start: Date, calendar: &Calendar) -> Option<Date> {
    match clock {
        DeadlineClock::CalendarDays => Some(start.plus_days(i64::from(amount))),
        DeadlineClock::WorkingDays => Some(Calendar::add_working_days(start, amount)),
        DeadlineClock::WorkingDaysBefore => Some(Calendar::working_days_before(start, amount)),
        DeadlineClock::SchoolDays => calendar.add_school_days(start, amount),
        DeadlineClock::Weekly | DeadlineClock::HalfTermly => None,
    }
}

/// The first day on which something can have started that is due on a day or later.
pub fn first_start(clock: DeadlineClock, amount: u16, due: Date, calendar: &Calendar) -> Option<Date> {
    let mut day = due;
    while due_on(clock, amount, day.plus_days(-1), calendar)? >= due {
        day = day.plus_days(-1);
    }
    Some(day)
}

/// A time in which something has to be done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first day.
    pub starts_on: Date,
    /// Its last school day: by then it is due.
    pub due_on: Date,
}

/// The windows whose last school day lies between two days: weeks from Monday to Sunday, or half-terms. A window without
/// a school day asks for nothing, and so does one whose calendar is not known.
pub fn windows(clock: DeadlineClock, calendar: &Calendar, from: Date, to: Date) -> Vec<Window> {
    let same = |a: Date, b: Date| match clock {
        DeadlineClock::HalfTermly => calendar.half_term_of(a) == calendar.half_term_of(b),
        _ => monday(a) == monday(b),
    };
    let reach = reach(clock);
    let begin = from.plus_days(-reach);
    let mut windows: Vec<Window> = Vec::new();
    let mut first = begin;
    let mut day = begin;
    while day <= to.plus_days(reach) {
        if !same(first, day) {
            first = day;
        }
        if calendar.is_school_day(day) == Some(true) {
            match windows.last_mut() {
                Some(window) if window.starts_on == first => window.due_on = day,
                _ => windows.push(Window { starts_on: first, due_on: day }),
            }
        }
        day = day.plus_days(1);
    }
    windows.retain(|window| window.due_on >= from && window.due_on <= to);
    windows
}

/// How many days before and after a span its windows can lie: half a year for half-terms, with the holidays in them.
pub const fn reach(clock: DeadlineClock) -> i64 {
    match clock {
        DeadlineClock::HalfTermly => 200,
        _ => 7,
    }
}

/// The Monday of a day's week.
pub fn monday(day: Date) -> Date {
    use chrono::Datelike;
    day.plus_days(-i64::from(day.chrono().weekday().num_days_from_monday()))
}

/// Where a deadline stands in a list: by day, those without one last; then by rule; then by start and identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Whether it has no day.
    pub is_undecided: bool,
    /// Its day.
    pub due_on: Option<Date>,
    /// Its rule.
    pub rule: DeadlineRule,
    /// When it started, in microseconds, where the rule's deadlines are read by that.
    pub started_at: i64,
    /// What it is about.
    pub id: Id,
}

impl Place {
    /// The place of a deadline.
    pub const fn new(due_on: Option<Date>, rule: DeadlineRule, started_at: i64, id: Id) -> Self {
        Self { is_undecided: due_on.is_none(), due_on, rule, started_at, id }
    }

    /// All of it but the identifier in one text.
    pub fn text(&self) -> String {
        let day = self.due_on.map(|day| day.to_string()).unwrap_or_default();
        format!("{day}/{}/{}", self.rule, self.started_at)
    }

    /// Reads that text again.
    pub fn parse(text: &str, id: Id) -> Option<Self> {
        let mut parts = text.split('/');
        let (day, rule, at) = (parts.next()?, parts.next()?, parts.next()?);
        let due_on = if day.is_empty() { None } else { Some(Date::parse(day)?) };
        Some(Self::new(due_on, DeadlineRule::parse(rule)?, at.parse().ok()?, id))
    }
}

/// What of a rule comes after a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Due on this day or later.
    pub from: Option<Date>,
    /// After this start and identifier, on that day.
    pub after: Option<(i64, Id)>,
    /// Nothing comes after it.
    pub is_empty: bool,
}

/// What of a rule comes after a place, of what has a day (or of what has none).
pub fn rest(rule: DeadlineRule, after: Option<Place>, undecided: bool) -> Rest {
    let Some(place) = after else { return Rest::default() };
    let same = (place.rule == rule).then_some((place.started_at, place.id));
    match (undecided, place.due_on) {
        (true, Some(_)) => Rest::default(),
        (false, None) => Rest { is_empty: true, ..Rest::default() },
        (true, None) => Rest { after: same, is_empty: place.rule > rule, from: None },
        (false, Some(day)) => {
            let from = if place.rule > rule { day.plus_days(1) } else { day };
            Rest { from: Some(from), after: same, is_empty: false }
        }
    }
}

#[cfg(test)]
mod tests;
