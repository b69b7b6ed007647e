//! The school year 2025/26 as both trusts have it, and its weeks counted by hand.

use serde_json::{Value, json};
use tutela::clock::Date;

const HALF_TERMS: [[(i32, u32, u32); 2]; 6] = [
    [(2025, 9, 3), (2025, 10, 24)],
    [(2025, 11, 3), (2025, 12, 19)],
    [(2026, 1, 5), (2026, 2, 13)],
    [(2026, 2, 23), (2026, 3, 27)],
    [(2026, 4, 13), (2026, 5, 22)],
    [(2026, 6, 1), (2026, 7, 21)],
];
/// Days in term on which no child is there: two of training, a bank holiday, and the two trusts' own.
const CLOSED: [(i32, u32, u32); 4] = [(2025, 9, 3), (2026, 1, 5), (2026, 5, 4), (2026, 6, 5)];
const BANK_HOLIDAY: (i32, u32, u32) = (2026, 5, 4);

pub fn day(year: i32, month: u32, day: u32) -> Date {
    Date::ymd(year, month, day).unwrap()
}

fn of((y, m, d): (i32, u32, u32)) -> Date {
    day(y, m, d)
}

/// A week with its school days.
#[derive(Clone, Debug)]
pub struct Week {
    pub monday: Date,
    days: Vec<Date>,
}

impl Week {
    /// When concerns are raised, when they are worked on, and when the panel meets: the Thursday, where there is one.
    pub fn rhythm(&self) -> (Date, Date, Date) {
        let (first, last) = (self.days[0], *self.days.last().unwrap());
        let last = last.min(self.monday.plus_days(3)).max(first);
        (first, self.days[self.days.len() / 2].min(last), last)
    }
}

/// The year as the trusts' administrators write it.
pub fn body() -> Value {
    let spans: Vec<Value> = HALF_TERMS
        .iter()
        .zip(1..)
        .map(|([from, to], number): (_, i32)| json!({"number": number, "starts_on": of(*from), "ends_on": of(*to)}))
        .collect();
    let closed: Vec<Value> = CLOSED
        .iter()
        .filter(|day| **day != BANK_HOLIDAY)
        .map(|day| json!({"day": of(*day), "kind": "inset"}))
        .collect();
    json!({"start_year": 2025, "half_terms": spans, "closed_days": closed})
}

/// The weeks in which there is a school day.
pub fn weeks() -> Vec<Week> {
    let is_open = |day: Date| {
        let in_term = HALF_TERMS.iter().any(|[from, to]| (of(*from)..=of(*to)).contains(&day));
        in_term && !CLOSED.iter().any(|closed| of(*closed) == day)
    };
    let first = day(2025, 9, 1);
    (0..48)
        .map(|week| first.plus_days(7 * week))
        .map(|monday| Week {
            monday,
            days: (0..5).map(|n| monday.plus_days(n)).filter(|day| is_open(*day)).collect(),
        })
        .filter(|week| !week.days.is_empty())
        .collect()
}
