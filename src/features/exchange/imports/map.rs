//! Maps: which column of a file is which of our fields, and how its values are read. They are data, in
//! `reference/imports`.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::convert::Converter;
use super::text::Encoding;
use crate::error::FieldError;

const FILES: &[&str] = &[
    include_str!("../../../../reference/imports/establishments.toml"),
    include_str!("../../../../reference/imports/schools.toml"),
    include_str!("../../../../reference/imports/people.toml"),
    include_str!("../../../../reference/imports/pupils.toml"),
];
const FORBIDDEN: &str = include_str!("../../../../reference/imports/forbidden.toml");

/// The most columns that a file may have.
pub const MOST_COLUMNS: usize = 500;

/// A spelling of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `31-12-2025` or `31/12/2025`.
    Dmy,
    /// `2025-12-31`.
    Ymd,
}

/// A kind of file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Its word.
    pub name: String,
    /// Its version: a plan holds for the one that it was made with.
    pub version: i64,
    /// Its name for people.
    pub title: String,
    /// What a row is, and how it is matched.
    pub about: String,
    /// The natural key in words.
    pub key: String,
    /// The field that a school given with the request fills.
    #[serde(default)]
    pub school: Option<String>,
    /// Columns by which a file of another kind is known that has the needed ones too.
    #[serde(default)]
    pub never_with: Vec<String>,
    /// How dates are spelt, the first that fits counts.
    pub dates: Vec<DateForm>,
    /// The letters that a file may be in.
    pub encodings: Vec<Encoding>,
    /// The columns.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// A column that is brought in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Other names by which it is known.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The field, as a JSON Pointer into the body with which one record would be made by hand.
    pub field: String,
    /// How its values are read.
    pub converter: Converter,
    /// Whether the file must have it, with a value in every row.
    #[serde(default)]
    pub required: bool,
    /// Other words for the field's, in small letters with low lines.
    #[serde(default)]
    pub words: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Forbidden {
    words: Vec<String>,
}

impl Map {
    /// The map of a word.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|map| map.name == name)
    }

    /// Every map.
    pub fn all() -> &'static [Self] {
        static MAPS: OnceLock<Vec<Map>> = OnceLock::new();
        MAPS.get_or_init(|| FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect())
    }
}

/// What each field of a row is.
#[derive(Clone, Debug)]
pub struct Header {
    /// The columns as the file spells them.
    pub spelled: Vec<String>,
    /// The map.
    pub map: &'static Map,
    /// The kept columns, and where they stand in the file.
    pub kept: Vec<(usize, &'static Column)>,
}

impl Header {
    /// Reads the first line of a file, in any order and any letter case. `school` says that the request names one.
    pub fn read(map: &'static Map, spelled: Vec<String>, school: bool) -> Result<Self, Vec<FieldError>> {
        let mut faults = forbidden(&spelled);
        let mut kept: Vec<(usize, &'static Column)> = Vec::new();
        if spelled.len() > MOST_COLUMNS {
            return Err(vec![FieldError::new("/columns", "too_many", "there are too many columns")]);
        }
        for (at, name) in spelled.iter().enumerate() {
            let Some(column) = map.columns.iter().find(|column| column.is_called(name)) else { continue };
            if kept.iter().any(|(_, other)| other.field == column.field) {
                let words = format!("there are two columns for the same thing: the second is {name:?}");
                faults.push(FieldError::new(format!("/columns/{at}"), "repeated_column", words));
            } else {
                kept.push((at, column));
            }
        }
        for (at, name) in spelled.iter().enumerate() {
            if map.never_with.iter().any(|other| plain(other) == plain(name)) {
                let words = format!("the column {name:?} says that this is another kind of file");
                faults.push(FieldError::new(format!("/columns/{at}"), "foreign_column", words));
            }
        }
        let given = |column: &Column| {
            kept.iter().any(|(_, other)| other.field == column.field)
                || (school && map.school.as_ref() == Some(&column.field))
        };
        for column in map.columns.iter().filter(|column| column.required && !given(column)) {
            let words = format!("the first line names no column {:?}", column.name);
            faults.push(FieldError::new("/columns", "missing_column", words));
        }
        if faults.is_empty() && kept.len() < 2 {
            let words = "the file has no column beside its key that is kept here";
            faults.push(FieldError::new("/columns", "missing_column", words));
        }
        if faults.is_empty() { Ok(Self { spelled, map, kept }) } else { Err(faults) }
    }

    /// How many columns of the file are not kept.
    pub fn unknown(&self) -> usize {
        self.spelled.len().saturating_sub(self.kept.len())
    }

    /// The column of the file that fills a field, or the part of it that a fault names.
    pub fn column_of(&self, pointer: &str) -> Option<&str> {
        let found = self.kept.iter().find(|(_, column)| column.field == pointer)?;
        self.spelled.get(found.0).map(String::as_str)
    }
}

impl Column {
    fn is_called(&self, name: &str) -> bool {
        let name = plain(name);
        std::iter::once(&self.name).chain(&self.aliases).any(|known| plain(known) == name)
    }
}

/// A column's name without case, and with one blank for every break between words.
fn plain(name: &str) -> String {
    let small = name.trim().to_lowercase();
    small.split([' ', '_', '-', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn forbidden(spelled: &[String]) -> Vec<FieldError> {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let file: Option<Forbidden> = toml::from_str(FORBIDDEN).ok();
        file.map(|file| file.words).unwrap_or_default()
    });
    let is_meant = |name: &str| {
        let letters: String =
            split_humps(name).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let name = format!(" {} ", plain(&letters));
        words.iter().any(|word| name.contains(&format!(" {word} ")))
    };
    let found = spelled.iter().enumerate().filter(|(_, name)| is_meant(name));
    found
        .map(|(at, name)| {
            let words = format!("the column {name:?} must not be brought in: take it out of the file");
            FieldError::new(format!("/columns/{at}"), "forbidden_column", words)
        })
        .collect()
}

/// `userPassword` has two words.
fn split_humps(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if small && c.is_uppercase() {
            out.push(' ');
        }
        small = c.is_lowercase();
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(map: &str, names: &[&str], school: bool) -> Result<Header, Vec<FieldError>> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Header::read(Map::named(map).unwrap(), names, school)
    }

    fn refused(map: &str, names: &[&str]) -> Vec<String> {
        header(map, names, false).unwrap_err().into_iter().map(|fault| fault.code.into_owned()).collect()
    }

    #[test]
    fn every_map_is_read() {
        assert_eq!(Map::all().len(), FILES.len());
        for map in Map::all() {
            let mut fields: Vec<&str> = map.columns.iter().map(|column| column.field.as_str()).collect();
            assert!(fields.iter().all(|field| field.starts_with('/')));
            fields.dedup();
            assert_eq!(fields.len(), map.columns.len(), "{}", map.name);
            assert!(forbidden(&map.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>()).is_empty());
        }
    }

    #[test]
    fn a_header_is_read_in_any_order_and_case() {
        let header = header("establishments", &["TOWN", "x", " Urn ", "EstablishmentName"], false).unwrap();
        assert_eq!(header.unknown(), 1);
        assert_eq!(header.column_of("/name"), Some("EstablishmentName"));
    }

    #[test]
    fn what_a_file_lacks_or_has_twice_is_named() {
        assert_eq!(refused("establishments", &["name"]), ["missing_column"]);
        assert_eq!(refused("establishments", &["urn"]), ["missing_column"]);
        assert_eq!(refused("establishments", &["urn", "name", "EstablishmentName"]), ["repeated_column"]);
        let pupils = ["Forename", "Surname", "DOB", "Admission date"];
        assert_eq!(refused("pupils", &pupils), ["missing_column"]);
        assert!(header("pupils", &pupils, true).is_ok(), "the request names the school");
    }

    #[test]
    fn the_registers_file_of_links_is_no_file_of_establishments() {
        let links = ["URN", "Group UID", "Group Name", "Open date", "EstablishmentName"];
        assert_eq!(refused("establishments", &links), ["foreign_column"]);
    }

    #[test]
    fn passwords_are_refused_by_name() {
        for name in ["Password", "user_password", "userPassword", "PIN", "NI number", "Temp Pwd"] {
            assert_eq!(refused("establishments", &["urn", "name", name]), ["forbidden_column"], "{name}");
        }
        for name in ["Shipping", "Pinewood", "Secretary"] {
            assert!(header("establishments", &["urn", "name", name], false).is_ok(), "{name}");
        }
    }
}
