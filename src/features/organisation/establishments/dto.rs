//! What goes over the wire about establishments.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::la_code::LaCode;
use super::store::EstablishmentRow;
use crate::clock::{Date, Timestamp};
use crate::text::Name;

/// An establishment as the national register describes it. What the register's extract left out is absent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "urn": 199_001, "name": "Harbour View Academy", "la_code": "935", "la_name": "Suffolk",
    "establishment_number": "4999", "type_name": "Academy alternative provision converter",
    "status_name": "Open", "phase_name": "Not applicable", "open_date": "2014-09-01",
    "statutory_low_age": 11, "statutory_high_age": 16, "ukprn": "10099999", "street": "1 Quay Street",
    "town": "Ipswich", "postcode": "IP1 1AA", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct EstablishmentView {
    /// The unique reference number in the register (GIAS), six digits.
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub urn: i32,
    /// The establishment's name. It is not unique.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The local authority's number, three digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 3, pattern = "^[0-9]{3}$", nullable = false)]
    pub la_code: Option<String>,
    /// The local authority's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub la_name: Option<String>,
    /// The establishment's number within its local authority, four digits; `la_code/establishment_number` is the
    /// LAESTAB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4, pattern = "^[0-9]{4}$", nullable = false)]
    pub establishment_number: Option<String>,
    /// The type of establishment in the register's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub type_name: Option<String>,
    /// The status in the register's words: Open, Closed, …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub status_name: Option<String>,
    /// The phase of education in the register's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub phase_name: Option<String>,
    /// The day on which it opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub open_date: Option<Date>,
    /// The day on which it closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub close_date: Option<Date>,
    /// The youngest age that it may take, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 120, nullable = false)]
    pub statutory_low_age: Option<i16>,
    /// The oldest age that it may take, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 120, nullable = false)]
    pub statutory_high_age: Option<i16>,
    /// The UK provider reference number, eight digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8, pattern = "^[0-9]{8}$", nullable = false)]
    pub ukprn: Option<String>,
    /// Street of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub street: Option<String>,
    /// Town of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub town: Option<String>,
    /// Postcode of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, nullable = false)]
    pub postcode: Option<String>,
    /// When an import last changed the entry.
    pub updated_at: Timestamp,
}

impl From<EstablishmentRow> for EstablishmentView {
    fn from(row: EstablishmentRow) -> Self {
        Self {
            urn: row.urn,
            name: row.name,
            la_code: row.la_code,
            la_name: row.la_name,
            establishment_number: row.establishment_number,
            type_name: row.type_name,
            status_name: row.status_name,
            phase_name: row.phase_name,
            open_date: row.open_date,
            close_date: row.close_date,
            statutory_low_age: row.statutory_low_age,
            statutory_high_age: row.statutory_high_age,
            ukprn: row.ukprn,
            street: row.street,
            town: row.town,
            postcode: row.postcode,
            updated_at: row.updated_at,
        }
    }
}

/// Which establishments to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct EstablishmentFilter {
    /// The beginning of the name, or of a word in it; capitals, accents and repeated blanks do not matter.
    #[param(value_type = Option<Name<100>>, required = false, example = "harbour v")]
    pub name: Option<Name<100>>,
    /// The local authority's number, three digits.
    #[param(value_type = Option<String>, required = false, pattern = "^[0-9]{3}$", max_length = 3, example = "935")]
    pub la_code: Option<LaCode>,
    /// A whole postcode, or its first half (`IP1`); capitals and the blank do not matter.
    #[param(
        value_type = Option<String>, required = false, pattern = "^[A-Za-z0-9]{2,4} ?([0-9][A-Za-z]{2})?$", max_length = 8,
        example = "IP1 1AA"
    )]
    pub postcode: Option<Postcode>,
}

/// A postcode, or its first half, in the register's spelling: capitals, one blank before the last three characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Postcode {
    /// All of it.
    Whole(String),
    /// The half before the blank.
    Outward(String),
}

impl Postcode {
    /// Reads a postcode however it is spaced.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        let alphanumeric = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
        let outward = |part: &str| {
            (2..=4).contains(&part.len())
                && alphanumeric(part)
                && part.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        };
        let halves =
            plain.is_ascii().then(|| plain.split_at_checked(plain.len().saturating_sub(3))).flatten();
        if let Some((first, last)) = halves.filter(|(first, last)| outward(first) && is_inward(last)) {
            return Some(Self::Whole(format!("{first} {last}")));
        }
        outward(&plain).then_some(Self::Outward(plain))
    }
}

fn is_inward(part: &str) -> bool {
    part.len() == 3
        && part
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 0 { b.is_ascii_digit() } else { b.is_ascii_alphabetic() })
}

impl<'de> Deserialize<'de> for Postcode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a postcode or its first half"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_is_read_however_it_is_spaced() {
        for text in ["ip1 1aa", "IP11AA", " IP1  1AA "] {
            assert_eq!(Postcode::parse(text), Some(Postcode::Whole("IP1 1AA".to_owned())), "{text}");
        }
        assert_eq!(Postcode::parse("ip1"), Some(Postcode::Outward("IP1".to_owned())));
        assert_eq!(Postcode::parse("MK10"), Some(Postcode::Outward("MK10".to_owned())));
        for wrong in ["", "I", "1AA", "IP1 1AAA", "IP1%", "ÄÖ1 1AA", "IP1_1AA"] {
            assert_eq!(Postcode::parse(wrong), None, "{wrong}");
        }
    }
}
