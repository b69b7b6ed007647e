//! Text as callers send it: checked when it is read, so that what is inside has been checked.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Prose of 1 to `MAX` characters: several lines, no control characters but tab and line breaks, something visible.
#[derive(Clone, PartialEq, Eq, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Text<const MAX: usize>(String);

/// A name or label of 1 to `MAX` characters on one line, without control, bidirectional or invisible characters,
/// which could make one name look like another; without blanks around it, and composed (NFC).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Name<const MAX: usize>(String);

const PROSE: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$";
const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8][^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8]*$";

/// Whether a character hides, joins or turns round others: Unicode's `Default_Ignorable_Code_Point`, the bidirectional
/// controls and the separators of lines.
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character shows anything; U+2800 is a braille pattern without a dot.
fn is_visible(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || is_hidden(c) || c == '\u{2800}')
}

/// Prose as it will be stored: as it came.
fn prose(text: String, max: usize) -> Result<String, String> {
    if text.chars().any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err("control characters are not allowed in text".to_owned());
    }
    in_bounds(text, max)
}

/// A name as it will be stored: without blanks around it, and composed (NFC), so that names that look the same are the
/// same.
fn line(text: String, max: usize) -> Result<String, String> {
    if text.chars().any(|c| c.is_control() || is_hidden(c)) {
        return Err("control, bidirectional and invisible characters are not allowed in a name".to_owned());
    }
    let text = in_bounds(text, max)?;
    in_bounds(text.trim().nfc().collect(), max)
}

fn in_bounds(text: String, max: usize) -> Result<String, String> {
    if !text.chars().any(is_visible) {
        return Err("must not be blank".to_owned());
    }
    if text.chars().count() > max { Err(format!("must have at most {max} characters")) } else { Ok(text) }
}

macro_rules! checked_text {
    ($name:ident, $check:ident, $pattern:ident, $about:literal) => {
        impl<const MAX: usize> $name<MAX> {
            /// Checks text from elsewhere (a file, a command line); the error is a sentence for people.
            pub fn new(text: impl Into<String>) -> Result<Self, String> {
                $check(text.into(), MAX).map(Self)
            }

            /// The text inside.
            pub fn into_string(self) -> String {
                self.0
            }

            /// The text inside, borrowed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize, DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name<MAX>
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.0.as_str(), out)
            }
        }

        impl<const MAX: usize, DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name<MAX>
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                String::from_sql(bytes).map(Self)
            }
        }

        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(text: $name<MAX>) -> Self {
                text.0
            }
        }

        /// The text itself may be about a child: it is never shown in a log.
        impl<const MAX: usize> std::fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(Cow::<str>::deserialize(deserializer)?.into_owned())
                    .map_err(serde::de::Error::custom)
            }
        }

        impl<const MAX: usize> utoipa::PartialSchema for $name<MAX> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .pattern(Some($pattern))
                    .description(Some(format!($about, MAX)))
                    .examples([serde_json::json!("Text")])
                    .into()
            }
        }

        impl<const MAX: usize> utoipa::ToSchema for $name<MAX> {
            fn name() -> Cow<'static, str> {
                format!("{}{MAX}", stringify!($name)).into()
            }
        }
    };
}

checked_text!(Text, prose, PROSE, "Text of 1 to {} characters, at least one of them visible.");
checked_text!(
    Name,
    line,
    LINE,
    "One line of 1 to {} characters, at least one of them visible and none of them invisible (Unicode's default-ignorable \
     characters). Blanks around it are cut, and it is stored in Unicode's composed form (NFC)."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_and_blank_is_nothing() {
        assert!(Name::<3>::new("äöü").is_ok());
        assert!(Name::<3>::new("abcd").is_err());
        assert!(Text::<9>::new(" \n\t ").is_err());
    }

    #[test]
    fn prose_keeps_lines_and_refuses_nul() {
        assert!(Text::<20>::new("a\n\tb").is_ok());
        assert!(Text::<20>::new("a\u{0}b").is_err());
    }

    #[test]
    fn names_cannot_hide_characters() {
        for hidden in ["a\u{200b}b", "a\u{202e}b", "a\nb", "\u{feff}a", "a\u{0}"] {
            assert!(Name::<9>::new(hidden).is_err(), "{hidden:?}");
        }
        for hidden in ['\u{ad}', '\u{34f}', '\u{180e}', '\u{fe0f}', '\u{115f}', '\u{e0041}'] {
            assert!(Name::<9>::new(format!("a{hidden}b")).is_err(), "{hidden:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_blank() {
        for blank in ["", " ", "\u{a0}", "\u{3000}", "\u{2800}", "\u{2003} \u{2800}"] {
            assert!(Name::<9>::new(blank).is_err(), "{blank:?}");
            assert!(Text::<9>::new(blank).is_err(), "{blank:?}");
        }
        assert!(Text::<9>::new("\u{a0}\u{200b}").is_err());
        assert!(Text::<9>::new("\u{a0}a\u{200b}").is_ok());
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        let name = |text: &str| Name::<9>::new(text).unwrap().into_string();
        assert_eq!(name(" \u{a0}Zoe\u{308} "), "Zoë");
        assert_eq!(name("Anna Lee"), "Anna Lee");
    }

    #[test]
    fn the_pattern_says_what_is_taken() {
        use utoipa::PartialSchema;
        let reader = |schema: utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>| {
            jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap()
        };
        let (name, prose) = (reader(Name::<9>::schema()), reader(Text::<9>::schema()));
        for c in (0..=0xffff).filter_map(char::from_u32) {
            for text in [c.to_string(), format!("a{c}")] {
                assert_eq!(
                    name.is_valid(&serde_json::json!(text)),
                    Name::<9>::new(&*text).is_ok(),
                    "{text:?}"
                );
                assert_eq!(
                    prose.is_valid(&serde_json::json!(text)),
                    Text::<9>::new(&*text).is_ok(),
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn debug_never_shows_the_text() {
        assert_eq!(format!("{:?}", Text::<20>::new("secret").unwrap()), "Text(6 bytes)");
    }
}
