//! About whom the duty is, and whose it is: decisions without records.

use crate::clock::Date;

/// Why nobody reports in a teacher's place.
pub const OWN_DUTY: &str = "the duty is the teacher's own: whoever discovered it reports it";

/// The age up to which the duty is about somebody, in months.
const CHILDHOOD: u32 = 18 * 12;

/// Whether somebody who was born on a day is a child on another one. Whoever was born on 29 February comes of age on
/// 28 February.
pub fn is_child(birth_date: Date, on: Date) -> bool {
    let of_age = birth_date.chrono().checked_add_months(chrono::Months::new(CHILDHOOD));
    of_age.is_none_or(|day| on.chrono() < day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn childhood_ends_with_the_eighteenth_birthday() {
        let day = |text| Date::parse(text).unwrap();
        let born = day("2008-01-16");
        assert!(is_child(born, day("2026-01-15")));
        assert!(!is_child(born, day("2026-01-16")));
        assert!(is_child(day("2008-02-29"), day("2026-02-27")));
        assert!(!is_child(day("2008-02-29"), day("2026-02-28")));
    }
}
