//! The legal bases, read once from the repository's file.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::clock::Date;

const BASES: &str = include_str!("../../../../reference/sharing-bases.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    basis: Vec<Basis>,
}

/// A legal basis, as it is in force from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Its word.
    pub code: String,
    /// What it is.
    pub title: String,
    /// Where it stands.
    pub source: String,
    /// The first day on which it is in force; where absent, no source for one was found.
    #[serde(default)]
    pub effective_from: Option<Date>,
    /// From what that day, and the last one, were taken.
    #[serde(default)]
    pub dated_by: Option<String>,
    /// The last one.
    #[serde(default)]
    pub effective_to: Option<Date>,
}

impl Basis {
    fn is_in_force(&self, on: Date) -> bool {
        self.effective_from.is_none_or(|start| start <= on) && self.effective_to.is_none_or(|end| on <= end)
    }
}

fn all() -> &'static [Basis] {
    static ALL: OnceLock<Vec<Basis>> = OnceLock::new();
    ALL.get_or_init(|| toml::from_str::<File>(BASES).map(|file| file.basis).unwrap_or_default())
}

/// The bases that are in force on a day, by their words.
pub fn in_force(on: Date) -> Vec<&'static Basis> {
    let mut bases: Vec<&Basis> = all().iter().filter(|basis| basis.is_in_force(on)).collect();
    bases.sort_unstable_by_key(|basis| basis.code.as_str());
    bases
}

/// Whether there is a basis of this word, and whether it is in force on a day.
pub fn is_in_force(code: &str, on: Date) -> Option<bool> {
    let mut known = all().iter().filter(|basis| basis.code == code).peekable();
    known.peek()?;
    Some(known.any(|basis| basis.is_in_force(on)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_loads_whole_and_no_day_has_two_forms_of_one() {
        let bases = toml::from_str::<File>(BASES).unwrap().basis;
        assert!(bases.len() > 10);
        for (at, basis) in bases.iter().enumerate() {
            let days: Vec<Date> = basis.effective_from.into_iter().chain(basis.effective_to).collect();
            assert!(basis.code.len() <= 60 && days.is_sorted(), "{}", basis.code);
            assert_eq!(days.is_empty(), basis.dated_by.is_none(), "{}", basis.code);
            for other in bases.iter().skip(at + 1).filter(|other| other.code == basis.code) {
                let mut others = other.effective_from.into_iter().chain(other.effective_to);
                let shared = days.iter().any(|day| other.is_in_force(*day))
                    || others.any(|day| basis.is_in_force(day));
                assert!(!shared && !days.is_empty(), "{}", basis.code);
            }
        }
    }

    #[test]
    fn a_basis_holds_from_its_first_day_to_its_last() {
        let day = |text: &str| Date::parse(text).unwrap();
        assert_eq!(is_in_force("public_task", day("2018-05-25")), Some(true));
        assert_eq!(is_in_force("public_task", day("2018-05-24")), Some(false));
        assert_eq!(is_in_force("data_protection_act_1998", day("2018-05-24")), Some(true));
        assert_eq!(is_in_force("data_protection_act_1998", day("2018-05-25")), Some(false));
        let source = |on: &str| {
            in_force(day(on))
                .into_iter()
                .find(|basis| basis.code == "consent")
                .map(|basis| basis.source.clone())
        };
        assert!(source("2020-12-31").unwrap().starts_with("Regulation (EU) 2016/679"));
        assert!(source("2021-01-01").unwrap().starts_with("UK GDPR"));
        assert_eq!(is_in_force("because", day("2026-01-15")), None);
        assert!(in_force(day("2026-01-15")).iter().all(|basis| basis.code != "data_protection_act_1998"));
    }
}
