//! Pure decisions about people: how a name is searched, and when two spans of days meet.

use crate::access::Role;
use crate::clock::Date;
use crate::db::portable::{fold, like_literal};
use crate::features::people::engagements::Category;

/// The most words of a search that count; more would only repeat the search.
const WORDS: usize = 6;

/// The form of a person's names that is searched and sorted.
pub fn folded_name(given: &str, family: &str, preferred: Option<&str>) -> String {
    fold(&format!("{given} {family} {}", preferred.unwrap_or_default()))
}

/// The two `LIKE` patterns of each word that is looked for: at the beginning of the names, and of a later word.
pub fn prefixes(words: &str) -> Vec<(String, String)> {
    fold(words)
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .map(|word| {
            let word = like_literal(word);
            (format!("{word}%"), format!("% {word}%"))
        })
        .collect()
}

/// Whether a role is more than working at a school: its holder is switched off or renamed under a right to the whole
/// trust only.
pub const fn is_lead(role: Role) -> bool {
    !matches!(role, Role::Staff | Role::Volunteer | Role::PlanLead)
}

/// The role that goes with what a person is engaged as, where none is appointed.
pub const fn plain_role(category: Category) -> Role {
    match category {
        Category::Governor | Category::Trustee | Category::Member | Category::Volunteer => Role::Volunteer,
        Category::Teacher
        | Category::SupportStaff
        | Category::SeniorLeader
        | Category::Supply
        | Category::Contractor
        | Category::Trainee
        | Category::CentralTeam => Role::Staff,
    }
}

/// Whether two spans of days have a day in common; an open end lasts for ever.
pub fn overlaps(a: (Date, Option<Date>), b: (Date, Option<Date>)) -> bool {
    a.1.is_none_or(|end| b.0 <= end) && b.1.is_none_or(|end| a.0 <= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> Date {
        Date::ymd(2026, 1, d).unwrap()
    }

    #[test]
    fn names_fold_with_the_preferred_one() {
        assert_eq!(folded_name("Zoë", "Ångström-Lee", Some("Zo")), "zoe angstrom-lee zo");
        assert_eq!(folded_name("A", "B", None), "a b");
    }

    #[test]
    fn each_word_is_a_literal_prefix() {
        assert_eq!(
            prefixes(" Zoë  50% "),
            [("zoe%".to_owned(), "% zoe%".to_owned()), (r"50\%%".to_owned(), r"% 50\%%".to_owned()),]
        );
        assert!(prefixes("  ").is_empty());
    }

    #[test]
    fn spans_meet_on_a_common_day_only() {
        assert!(overlaps((day(1), None), (day(9), None)));
        assert!(overlaps((day(1), Some(day(5))), (day(5), None)));
        assert!(!overlaps((day(1), Some(day(4))), (day(5), Some(day(9)))));
        assert!(!overlaps((day(5), None), (day(1), Some(day(4)))));
    }

    proptest::proptest! {
        #[test]
        fn overlap_is_symmetric(a in 1u32..28, b in 1u32..28, c in 1u32..28, d in 1u32..28) {
            let (x, y) = ((day(a), Some(day(a.max(b)))), (day(c), Some(day(c.max(d)))));
            proptest::prop_assert_eq!(overlaps(x, y), overlaps(y, x));
        }
    }
}
