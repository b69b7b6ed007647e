//! The unique pupil number: thirteen characters with a check letter in front, or a temporary one that ends in a
//! letter. It identifies a child outside this service, so it stands in bodies only and is never shown in a log.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use validator::ValidationError;

use crate::http::body::fault;

/// The letters that a number may have, in the order of their values 0 to 22: no I, O or S.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
const PATTERN: &str = "^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$";

/// A unique pupil number whose check letter is right.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Upn(String);

impl Upn {
    /// Reads a number whose check letter is right, in any case and with blanks; the error is a sentence for people that
    /// never repeats the number.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let upn = Self::form(text)?;
        if upn.has_right_letter() { Ok(upn) } else { Err(LETTER) }
    }

    /// Reads a number of the right form. The check letter is a rule, which bodies are held to after their form.
    fn form(text: &str) -> Result<Self, &'static str> {
        let upn: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).take(14).collect();
        let [first, middle @ .., last] = upn.as_bytes() else { return Err(LENGTH) };
        if upn.len() != 13 || !upn.is_ascii() {
            return Err(LENGTH);
        }
        if !LETTERS.contains(first) {
            return Err("not a UPN: it begins with a letter but I, O and S");
        }
        if !middle.iter().all(u8::is_ascii_digit) {
            return Err("not a UPN: characters 2 to 12 are digits");
        }
        if value(*last).is_none() {
            return Err(
                "not a UPN: character 13 is a digit, or a letter but I, O and S where it is temporary",
            );
        }
        Ok(Self(upn))
    }

    /// Whether the letter in front fits the rest.
    pub fn has_right_letter(&self) -> bool {
        check_letter(self.0.as_bytes()).as_ref() == self.0.as_bytes().first()
    }

    /// Whether it is a temporary number, which a school gives until the permanent one is known.
    pub fn is_temporary(&self) -> bool {
        self.0.as_bytes().last().is_some_and(u8::is_ascii_alphabetic)
    }

    /// The thirteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The fault of a number whose check letter does not fit, at this place.
pub fn refused(at: &'static str) -> ValidationError {
    fault(at, "check_letter", LETTER)
}

/// The rule of a body's field: the check letter fits.
pub fn right_letter(upn: &Upn) -> Result<(), ValidationError> {
    if upn.has_right_letter() { Ok(()) } else { Err(refused("")) }
}

const LETTER: &str = "not a UPN: the check letter does not fit the rest";
const LENGTH: &str = "not a UPN: 13 characters are expected, a letter in front";

/// What a character counts: a digit itself, a letter its place in the alphabet without I, O and S.
fn value(character: u8) -> Option<usize> {
    match character {
        b'0'..=b'9' => Some(usize::from(character - b'0')),
        _ => LETTERS.iter().position(|letter| *letter == character),
    }
}

/// The letter that belongs in front: the sum of value times place, for places 2 to 13, modulo 23.
fn check_letter(upn: &[u8]) -> Option<u8> {
    let sum = upn
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, character)| value(*character).map(|value| value * (index + 1)))
        .sum::<Option<usize>>()?;
    LETTERS.get(sum % LETTERS.len()).copied()
}

impl std::fmt::Debug for Upn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Upn(…)")
    }
}

impl<'de> Deserialize<'de> for Upn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::form(&Cow::<str>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for Upn
where
    DB: diesel::backend::Backend,
    str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.0.as_str(), out)
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for Upn
where
    DB: diesel::backend::Backend,
    String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        String::from_sql(bytes).map(Self)
    }
}

impl utoipa::PartialSchema for Upn {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(13))
            .max_length(Some(13))
            .pattern(Some(PATTERN))
            .description(Some(
                "A unique pupil number (DfE): a check letter, the local authority, establishment, year and serial \
                 number; a letter at the end marks a temporary one. It is never part of an address.",
            ))
            .examples([serde_json::json!("V825200025001")])
            .into()
    }
}

impl utoipa::ToSchema for Upn {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_and_computed_examples_are_right() {
        for (upn, temporary) in [
            ("B801200005001", false),
            ("V825200025001", false),
            ("R826310024123", false),
            ("N935400024999", false),
            ("U82520002501A", true),
            ("P82631002100Z", true),
        ] {
            assert_eq!(Upn::parse(upn).map(|upn| upn.is_temporary()), Ok(temporary), "{upn}");
        }
    }

    #[test]
    fn a_wrong_letter_or_form_is_refused_in_words() {
        for (upn, words) in [
            ("W825200025001", "check letter"),
            ("V82520002500S", "character 13"),
            ("V82520002500I", "character 13"),
            ("V82520002500O", "character 13"),
            ("V8252A0025001", "characters 2 to 12"),
            ("V82520002500", "13 characters"),
            ("V8252000250011", "13 characters"),
            ("", "13 characters"),
            ("V82520002500é", "13 characters"),
        ] {
            let refusal = Upn::parse(upn).unwrap_err();
            assert!(refusal.contains(words), "{upn}: {refusal}");
        }
    }

    #[test]
    fn case_and_blanks_are_made_regular() {
        assert_eq!(Upn::parse(" v825 200025 001 ").unwrap().as_str(), "V825200025001");
    }

    #[test]
    fn neither_debug_nor_a_refusal_shows_the_number() {
        assert!(!format!("{:?}", Upn::parse("V825200025001").unwrap()).contains("825"));
        let refusal = Upn::parse("W825200025001").unwrap_err().to_owned();
        assert!(!refusal.contains("W825"), "{refusal}");
    }

    proptest! {
        /// A letter and a digit of the same value at the end are the one change that the check letter cannot see.
        #[test]
        fn changing_one_character_is_refused(
            middle in "[0-9]{11}", last in "[0-9A-HJ-NP-RT-Z]", place in 0_usize..13, new in "[0-9A-HJ-NP-RT-Z]",
        ) {
            let mut upn = format!("A{middle}{last}").into_bytes();
            upn[0] = check_letter(&upn).unwrap();
            prop_assert!(Upn::parse(std::str::from_utf8(&upn).unwrap()).is_ok());
            let new = new.as_bytes()[0];
            prop_assume!(upn[place] != new && (place != 12 || value(upn[place]) != value(new)));
            upn[place] = new;
            prop_assert!(Upn::parse(std::str::from_utf8(&upn).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,20}") {
            let _ = Upn::parse(&text);
        }
    }
}
