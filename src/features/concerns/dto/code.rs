//! The code of a category, as a caller writes it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// A code of the taxonomy or of the trust: `COC`, `COC-BUL`, `SCH-LET-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CategoryCode(String);

/// Words of capitals and digits, joined by hyphens.
const PATTERN: &str = "^[A-Z][A-Z0-9]{1,7}(-[A-Z0-9]{1,8}){0,2}$";

impl CategoryCode {
    /// Reads a code; the form is checked, not whether the code is in use.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('-').collect();
        let first = words.first()?;
        let capitals =
            |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let fits = (2..=8).contains(&first.len())
            && first.starts_with(|c: char| c.is_ascii_uppercase())
            && words.len() <= 3
            && words.iter().all(|word| (1..=8).contains(&word.len()))
            && words.iter().all(capitals);
        fits.then(|| Self(text.to_owned()))
    }

    /// The code of a concern for which the reporter found no category: it is counted, so that a category that is
    /// missing shows itself.
    pub fn uncategorised() -> Self {
        Self("OTH-UNC".to_owned())
    }

    /// The text of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CategoryCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(
                "not a category code: capitals and digits joined by hyphens are expected",
            )
        })
    }
}

impl utoipa::PartialSchema for CategoryCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(2))
            .max_length(Some(26))
            .pattern(Some(PATTERN))
            .examples([serde_json::json!("COC-BUL")])
            .into()
    }
}

impl utoipa::ToSchema for CategoryCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_read() {
        for right in ["COC", "COC-BUL", "ONL-AI", "SCH-LET-1"] {
            assert!(CategoryCode::parse(right).is_some(), "{right}");
        }
        for wrong in ["", "C", "coc", "COC-", "-COC", "COC%", "COC-BUL-1-2", "1AB", "COC_BUL"] {
            assert!(CategoryCode::parse(wrong).is_none(), "{wrong}");
        }
    }
}
