//! What is decided about categories without looking at the database.

use crate::clock::Date;

/// Whether a record may name a category on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    InForce,
    /// The trust has retired it.
    Retired,
    /// There is none.
    Unknown,
}

/// The standing of a trust's own category: out of use from the day of its retirement on.
pub fn standing(retired_on: Option<Date>, on: Date) -> Standing {
    if retired_on.is_some_and(|day| day <= on) { Standing::Retired } else { Standing::InForce }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_out_of_use_from_its_day_on() {
        let day = Date::ymd(2026, 1, 15).unwrap();
        assert_eq!(standing(None, day), Standing::InForce);
        assert_eq!(standing(Some(day), day.plus_days(-1)), Standing::InForce);
        assert_eq!(standing(Some(day), day), Standing::Retired);
    }
}
