//! From a value as it stands in a file to JSON as a body would have it. A converter knows spellings, never rules: what it
//! makes is checked as a body is.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::map::{Column, DateForm};
use crate::clock::Date;
use crate::ids::Id;

/// How the values of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Converter {
    /// Text without blanks around it.
    Text,
    /// A day, in one of the map's spellings.
    Date,
    /// A whole number.
    Integer,
    /// Yes or no, in many spellings.
    YesNo,
    /// A word of a vocabulary.
    Word,
    /// A unique pupil number.
    Upn,
    /// An e-mail address.
    Email,
    /// A unique reference number of the national register.
    Urn,
    /// A school of the trust, by URN or LAESTAB.
    School,
    /// A national curriculum year.
    YearGroup,
    /// A postcode in any spacing.
    Postcode,
    /// Three digits; a spreadsheet may have cut the zeros at the beginning.
    #[serde(rename = "digits_3")]
    Digits3,
    /// Four digits.
    #[serde(rename = "digits_4")]
    Digits4,
    /// Eight digits.
    #[serde(rename = "digits_8")]
    Digits8,
}

/// A value that cannot be read: the kind of fault and the words, which do not repeat the value.
pub type Fault = (&'static str, String);

/// The schools that a file may name: those within the importer's reach.
#[derive(Clone, Debug, Default)]
pub struct SchoolBook {
    by_name: HashMap<String, Id>,
}

impl SchoolBook {
    /// A book of schools: identifier, URN and LAESTAB.
    pub fn new(schools: impl Iterator<Item = (Id, i32, Option<String>)>) -> Self {
        let mut by_name = HashMap::new();
        for (id, urn, laestab) in schools {
            by_name.insert(urn.to_string(), id);
            if let Some(laestab) = laestab {
                by_name.insert(laestab.replace('/', ""), id);
            }
        }
        Self { by_name }
    }

    fn find(&self, text: &str) -> Option<Id> {
        self.by_name.get(&text.replace(['/', ' ', '-'], "")).copied()
    }
}

/// The value of a field; null for an empty one.
pub fn convert(
    column: &Column,
    dates: &[DateForm],
    schools: &SchoolBook,
    text: &str,
) -> Result<Value, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return if column.required {
            Err(("required", "a value is required".to_owned()))
        } else {
            Ok(Value::Null)
        };
    }
    match column.converter {
        Converter::Text => Ok(json!(text)),
        Converter::Email => Ok(json!(text.to_ascii_lowercase())),
        Converter::Upn => Ok(json!(text.split_whitespace().collect::<String>().to_uppercase())),
        Converter::Postcode => Ok(json!(text.to_uppercase())),
        Converter::Date => date(text, dates),
        Converter::Integer => integer(text),
        Converter::YesNo => yes_no(text),
        Converter::Word => Ok(json!(word(column, text))),
        Converter::Urn => urn(text),
        Converter::School => schools
            .find(text)
            .map(|id| json!(id))
            .ok_or_else(|| ("unknown_reference", "there is no such school".to_owned())),
        Converter::YearGroup => year_group(text),
        Converter::Digits3 => digits(text, 3),
        Converter::Digits4 => digits(text, 4),
        Converter::Digits8 => digits(text, 8),
    }
}

fn date(text: &str, forms: &[DateForm]) -> Result<Value, Fault> {
    // A time behind the day, as some systems export it, says nothing.
    let day = text.strip_suffix(" 00:00:00").or_else(|| text.strip_suffix(" 00:00")).unwrap_or(text);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let read = |form: &DateForm| match (form, parts.as_slice()) {
        (DateForm::Dmy, [day, month, year]) if year.len() == 4 => {
            Date::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
        }
        (DateForm::Ymd, _) => Date::parse(day),
        (DateForm::Dmy, _) => None,
    };
    let forms_in_words = || {
        let words = forms.iter().map(|form| match form {
            DateForm::Dmy => "DD-MM-YYYY",
            DateForm::Ymd => "YYYY-MM-DD",
        });
        words.collect::<Vec<_>>().join(" or ")
    };
    forms.iter().find_map(read).map(|day| json!(day)).ok_or_else(|| {
        ("format", format!("is no date: {} within 1900 to 2100 is expected", forms_in_words()))
    })
}

fn integer(text: &str) -> Result<Value, Fault> {
    let plain = text.strip_suffix(".0").unwrap_or(text);
    plain
        .parse::<i32>()
        .map(|number| json!(number))
        .map_err(|_| ("format", "a whole number is expected".to_owned()))
}

fn yes_no(text: &str) -> Result<Value, Fault> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" => Ok(json!(true)),
        "no" | "n" | "false" | "f" | "0" => Ok(json!(false)),
        _ => Err(("format", "yes or no is expected".to_owned())),
    }
}

/// The vocabulary's word: small letters with low lines between, or what the map says for it.
fn word(column: &Column, text: &str) -> String {
    let small = text.to_lowercase();
    let plain = small
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    column.words.get(&plain).cloned().unwrap_or(plain)
}

fn urn(text: &str) -> Result<Value, Fault> {
    let plain = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse::<i32>()
        .ok()
        .filter(|_| plain)
        .map(|urn| json!(urn))
        .ok_or_else(|| ("format", "is no URN: six digits are expected".to_owned()))
}

/// `5`, `Year 5`, `Y5`, `R`, `Reception`, `N2`, `Nursery 1`.
fn year_group(text: &str) -> Result<Value, Fault> {
    let small = text.to_lowercase();
    let plain = small.trim_start_matches("year").trim_start_matches("yr").trim_start_matches('y').trim();
    let number = match plain {
        "r" | "rec" | "reception" => Some(0),
        "n2" | "nursery" | "nursery 2" | "n" => Some(-1),
        "n1" | "nursery 1" => Some(-2),
        digits => digits.parse::<i16>().ok(),
    };
    number.map(|year| json!(year)).ok_or_else(|| ("format", "a year group is expected: 5, R, N2".to_owned()))
}

/// A number of so many digits.
fn digits(text: &str, length: usize) -> Result<Value, Fault> {
    if text.len() <= length && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(json!(format!("{text:0>length$}")))
    } else {
        Err(("format", format!("at most {length} digits are expected")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_in_the_spellings_of_the_map() {
        let both = [DateForm::Dmy, DateForm::Ymd];
        for text in ["01-09-2014", "01/09/2014", "1/9/2014", "2014-09-01", "01/09/2014 00:00:00"] {
            assert_eq!(date(text, &both), Ok(json!("2014-09-01")), "{text}");
        }
        for wrong in ["31-02-2014", "09-2014", "01-09-14", "01-09-1899", "today", "2014/09/01", "001-09-2014"]
        {
            assert!(date(wrong, &both).is_err(), "{wrong}");
        }
        assert!(date("01-09-2014", &[DateForm::Ymd]).is_err());
    }

    #[test]
    fn numbers_get_back_their_zeros() {
        assert_eq!(digits("51", 4), Ok(json!("0051")));
        assert!(digits("12345", 4).is_err() && digits("1a", 4).is_err());
    }

    #[test]
    fn year_groups_are_read_as_schools_write_them() {
        for (text, year) in
            [("Year 5", 5), ("Y11", 11), ("R", 0), ("Nursery 2", -1), ("N1", -2), ("13", 13), ("-1", -1)]
        {
            assert_eq!(year_group(text), Ok(json!(year)), "{text}");
        }
        assert!(year_group("five").is_err());
    }
}
