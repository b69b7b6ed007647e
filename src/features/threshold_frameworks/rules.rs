//! From when until when a version holds, and which levels go together.

use super::dto::ThresholdLevel;
use crate::clock::Date;

/// The last day on which a version holds, where a later one of the same authority begins; `starts` are the first days of
/// all that authority's versions.
pub fn last_day(starts_on: Date, starts: impl IntoIterator<Item = Date>) -> Option<Date> {
    starts.into_iter().filter(|start| *start > starts_on).min().map(|next| next.plus_days(-1))
}

/// What is wrong with the levels of a document: their numbers rise, and the need that they stand for does not fall.
pub fn fault(levels: &[ThresholdLevel]) -> Option<(usize, &'static str)> {
    let mut pairs = levels.iter().zip(levels.iter().skip(1)).enumerate();
    pairs.find_map(|(at, (one, next))| {
        if next.number <= one.number {
            Some((at + 1, "the numbers of the levels must rise"))
        } else if next.support_level < one.support_level {
            Some((at + 1, "a higher level cannot stand for less need"))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::pupils::SupportLevel;
    use crate::text::Name;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_version_holds_until_the_next_one_begins() {
        let starts = ["2023-04-01", "2025-09-01", "2026-04-01"].map(day);
        assert_eq!(last_day(starts[0], starts), Some(day("2025-08-31")));
        assert_eq!(last_day(starts[1], starts), Some(day("2026-03-31")));
        assert_eq!(last_day(starts[2], starts), None);
    }

    #[test]
    fn levels_rise() {
        let level = |number, support_level| ThresholdLevel {
            number,
            name: Name::new("Level").unwrap(),
            support_level,
        };
        let (low, high) = (SupportLevel::L1, SupportLevel::L3);
        assert_eq!(fault(&[level(1, low), level(2, low), level(3, high)]), None);
        assert_eq!(fault(&[level(1, low), level(1, high)]).map(|(at, _)| at), Some(1));
        assert_eq!(fault(&[level(1, low), level(2, high), level(3, low)]).map(|(at, _)| at), Some(2));
    }
}
