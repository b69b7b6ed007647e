//! The shared taxonomy and the DfE's factors, read once from the repository's files.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::code::{CategoryCode, GroupCode};
use crate::text::{Name, Text};

const CATEGORIES: &str = include_str!("../../../reference/categories.toml");
const FACTORS: &str = include_str!("../../../reference/factors.toml");

#[derive(Deserialize)]
struct CategoryFile {
    version: String,
    group: Vec<GroupEntry>,
}

#[derive(Deserialize)]
struct GroupEntry {
    code: GroupCode,
    label: Name<150>,
    category: Vec<Category>,
}

/// A category that every trust has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// Its label in this version.
    pub label: Name<150>,
    /// The codes of the DfE factors that it compares to.
    pub factors: Vec<String>,
    /// Which of several factors holds when.
    #[serde(default)]
    pub factor_note: Option<Text<500>>,
    /// When to use it, and what to do.
    pub guidance: Text<2000>,
    /// What may be seen: prompts to report, never proof.
    pub indicators: Vec<Name<300>>,
    /// Words that can be added to the category in a record.
    #[serde(default)]
    pub flags: Vec<Name<50>>,
    /// Words that were used for it and are not any longer.
    #[serde(default)]
    pub former_terms: Vec<Name<100>>,
}

#[derive(Deserialize)]
struct FactorFile {
    factor: Vec<Factor>,
}

/// A factor of the DfE's children in need census.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Its code.
    pub code: String,
    /// Its label.
    pub label: String,
    /// The census has split it into others.
    #[serde(default)]
    pub legacy: bool,
    /// It may not be combined with another.
    #[serde(default)]
    pub alone: bool,
}

/// The shared taxonomy.
#[derive(Debug, Default)]
pub struct Taxonomy {
    /// Its version.
    pub version: String,
    /// Its groups and their labels.
    pub groups: BTreeMap<GroupCode, Name<150>>,
    /// Its categories.
    pub categories: BTreeMap<CategoryCode, Category>,
}

/// The shared taxonomy of this release.
pub fn taxonomy() -> &'static Taxonomy {
    static TAXONOMY: OnceLock<Taxonomy> = OnceLock::new();
    TAXONOMY.get_or_init(|| read_taxonomy(CATEGORIES).unwrap_or_default())
}

fn read_taxonomy(text: &str) -> Result<Taxonomy, toml::de::Error> {
    let file: CategoryFile = toml::from_str(text)?;
    let mut taxonomy = Taxonomy { version: file.version, ..Taxonomy::default() };
    for group in file.group {
        taxonomy.groups.insert(group.code, group.label);
        taxonomy.categories.extend(group.category.into_iter().map(|entry| (entry.code.clone(), entry)));
    }
    Ok(taxonomy)
}

/// The DfE's factors, in the census's order.
pub fn factors() -> &'static [Factor] {
    static FACTOR_LIST: OnceLock<Vec<Factor>> = OnceLock::new();
    FACTOR_LIST
        .get_or_init(|| toml::from_str::<FactorFile>(FACTORS).map(|file| file.factor).unwrap_or_default())
}

/// The factor of a code.
pub fn factor(code: &str) -> Option<&'static Factor> {
    factors().iter().find(|factor| factor.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_load_whole() {
        let taxonomy = read_taxonomy(CATEGORIES).unwrap();
        assert_eq!((taxonomy.groups.len(), taxonomy.categories.len()), (13, 99));
        assert_eq!(toml::from_str::<FactorFile>(FACTORS).unwrap().factor.len(), 44);
        assert!(!taxonomy.version.is_empty());
    }

    #[test]
    fn every_factor_of_a_category_exists_and_is_neither_legacy_nor_exclusive() {
        for category in taxonomy().categories.values() {
            for code in &category.factors {
                let factor = factor(code).unwrap_or_else(|| panic!("{}: {code}", category.code));
                assert!(!factor.legacy && !factor.alone, "{}: {code}", category.code);
            }
            assert!(category.factors.len() < 2 || category.factor_note.is_some(), "{}", category.code);
        }
    }

    #[test]
    fn every_category_stands_in_its_group_and_says_what_to_look_for() {
        for category in taxonomy().categories.values() {
            assert!(taxonomy().groups.contains_key(&category.code.group()), "{}", category.code);
            assert_eq!(category.code.parent(), None);
            assert!((1..=20).contains(&category.indicators.len()), "{}", category.code);
        }
    }

    #[test]
    fn factor_codes_are_told_apart() {
        let mut codes: Vec<&str> = factors().iter().map(|factor| factor.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), factors().len());
        assert!(factor("21").is_some_and(|factor| factor.alone));
    }
}
