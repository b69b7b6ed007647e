//! The register, read once from the repository's file.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::clock::Date;

const REGISTER: &str = include_str!("../../../../reference/guidance.toml");

#[derive(Deserialize)]
struct File {
    guidance: Vec<Edition>,
}

/// A version of a piece of national guidance.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// The guidance's code, the same for all its versions.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Which version it is.
    pub version: String,
    /// Who publishes it.
    pub publisher: String,
    /// The first day on which it is in force.
    pub in_force_from: Date,
    /// The last day.
    #[serde(default)]
    pub in_force_to: Option<Date>,
}

impl Edition {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, on: Date) -> bool {
        self.in_force_from <= on && self.in_force_to.is_none_or(|end| on <= end)
    }
}

/// Every version, in the file's order.
pub fn editions() -> &'static [Edition] {
    static EDITIONS: OnceLock<Vec<Edition>> = OnceLock::new();
    EDITIONS.get_or_init(|| toml::from_str::<File>(REGISTER).map(|file| file.guidance).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_loads_with_the_five_pieces_that_the_trusts_name() {
        assert!(toml::from_str::<File>(REGISTER).is_ok());
        for code in ["KCSIE", "WT", "OFSTED-EIF", "OFSTED-RSA", "EYFS"] {
            assert!(editions().iter().any(|edition| edition.code == code), "{code}");
        }
    }

    #[test]
    fn no_day_has_two_versions_of_one_piece() {
        for (index, edition) in editions().iter().enumerate() {
            assert!(edition.in_force_to.is_none_or(|end| edition.in_force_from <= end));
            for other in editions().iter().skip(index + 1).filter(|other| other.code == edition.code) {
                let shared =
                    other.is_in_force(edition.in_force_from) || edition.is_in_force(other.in_force_from);
                assert!(!shared, "{} {} and {}", edition.code, edition.version, other.version);
            }
        }
    }

    #[test]
    fn the_version_in_force_is_that_of_the_day() {
        let on = |day| {
            let day = Date::parse(day).unwrap();
            let mut found = editions().iter().filter(move |e| e.code == "KCSIE" && e.is_in_force(day));
            found.next().map(|edition| edition.version.as_str())
        };
        assert_eq!(on("2025-08-31"), Some("2024"));
        assert_eq!(on("2025-09-01"), Some("2025"));
    }
}
