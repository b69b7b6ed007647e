//! Text as callers send it: checked when it is read, so that what is inside has been checked.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Prose of 1 to `MAX` characters: several lines, no control characters but tab and line breaks, not only blanks.
#[derive(Clone, PartialEq, Eq, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Text<const MAX: usize>(String);

/// A name or label of 1 to `MAX` characters on one line, without control, bidirectional or zero-width characters,
/// which could make one name look like another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Name<const MAX: usize>(String);

const PROSE: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$";
const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*[^\\u0000-\\u0020\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff][^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*$";

fn prose_fault(text: &str, max: usize) -> Option<String> {
    if text.chars().any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Some("control characters are not allowed in text".to_owned());
    }
    length_fault(text, max)
}

fn line_fault(text: &str, max: usize) -> Option<String> {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().any(hidden) {
        return Some("control, bidirectional and zero-width characters are not allowed in a name".to_owned());
    }
    length_fault(text, max)
}

fn length_fault(text: &str, max: usize) -> Option<String> {
    if text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r')) {
        return Some("must not be blank".to_owned());
    }
    (text.chars().count() > max).then(|| format!("must have at most {max} characters"))
}

macro_rules! checked_text {
    ($name:ident, $fault:ident, $pattern:ident) => {
        impl<const MAX: usize> $name<MAX> {
            /// Checks text from elsewhere (a file, a command line); the error is a sentence for people.
            pub fn new(text: impl Into<String>) -> Result<Self, String> {
                let text = text.into();
                match $fault(&text, MAX) {
                    Some(fault) => Err(fault),
                    None => Ok(Self(text)),
                }
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
                    .description(Some(format!("Text of 1 to {MAX} characters, not blank.")))
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

checked_text!(Text, prose_fault, PROSE);
checked_text!(Name, line_fault, LINE);

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
    }

    #[test]
    fn debug_never_shows_the_text() {
        assert_eq!(format!("{:?}", Text::<20>::new("secret").unwrap()), "Text(6 bytes)");
    }
}
