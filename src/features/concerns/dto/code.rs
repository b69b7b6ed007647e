//! What a list of concerns is asked for by category.

use std::borrow::Cow;

use serde::Deserialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::features::categories::{CategoryCode, GroupCode};

/// A group or a category, which stands for itself and everything below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryPrefix(String);

impl CategoryPrefix {
    /// Reads the code of a group or of a category.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = GroupCode::parse(text).is_some() || CategoryCode::parse(text).is_some();
        fits.then(|| Self(text.to_owned()))
    }

    /// The text of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CategoryPrefix {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a category: a form like COC or COC-BUL is expected"))
    }
}

impl utoipa::PartialSchema for CategoryPrefix {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(3))
            .max_length(Some(14))
            .pattern(Some("^[A-Z]{3}(-[A-Z]{2,3}(-[A-Z0-9]{2,6})?)?$"))
            .examples([serde_json::json!("COC-BUL")])
            .into()
    }
}

impl utoipa::ToSchema for CategoryPrefix {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_and_a_category_are_read() {
        for right in ["COC", "COC-BUL", "ONL-AI", "COC-BUL-HALL"] {
            assert!(CategoryPrefix::parse(right).is_some(), "{right}");
        }
        for wrong in ["", "C", "coc", "COC-", "COC%", "COC-BUL-1-2"] {
            assert!(CategoryPrefix::parse(wrong).is_none(), "{wrong}");
        }
    }
}
