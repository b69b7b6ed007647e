//! The codes of categories and their groups: stable for ever, in three fixed shapes.

use std::borrow::Cow;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::error::ApiError;
use crate::http::params::refuse_escapes;

/// `ABU-NEG` for a category that every trust has, `ABU-NEG-HOME` for one that a trust has added below it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct CategoryCode(String);

/// `ABU` for a group of categories.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct GroupCode(String);

impl CategoryCode {
    const PATTERN: &'static str = "^[A-Z]{3}-[A-Z]{2,3}(-[A-Z0-9]{2,6})?$";
    const LENGTHS: (usize, usize) = (6, 14);
    const EXAMPLE: &'static str = "ABU-NEG";
    const ABOUT: &'static str = "The code of a category of concern: group and category, and a third part where a \
        trust has added it. A code keeps its meaning for ever.";

    fn fits(text: &str) -> bool {
        let mut parts = text.split('-');
        let (group, category, own) = (parts.next(), parts.next(), parts.next());
        let upper = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase());
        group.is_some_and(GroupCode::fits)
            && category.is_some_and(|part| (2..=3).contains(&part.len()) && upper(part))
            && own.is_none_or(|part| {
                (2..=6).contains(&part.len())
                    && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
            && parts.next().is_none()
    }

    /// The shared category below which a trust's own stands; none for a shared one.
    pub fn parent(&self) -> Option<Self> {
        let (parent, own) = self.0.rsplit_once('-')?;
        (own.len() < self.0.len() && parent.contains('-')).then(|| Self(parent.to_owned()))
    }

    /// The group.
    pub fn group(&self) -> GroupCode {
        GroupCode(self.0.split('-').next().unwrap_or_default().to_owned())
    }
}

impl GroupCode {
    const PATTERN: &'static str = "^[A-Z]{3}$";
    const LENGTHS: (usize, usize) = (3, 3);
    const EXAMPLE: &'static str = "ABU";
    const ABOUT: &'static str = "The code of a group of categories of concern.";

    fn fits(text: &str) -> bool {
        text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
    }
}

macro_rules! code_text {
    ($name:ident, $refusal:literal) => {
        impl $name {
            /// Reads a code of the right shape.
            pub fn parse(text: &str) -> Option<Self> {
                Self::fits(text).then(|| Self(text.to_owned()))
            }

            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom($refusal))
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
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

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                String::from_sql(bytes).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(Self::LENGTHS.0))
                    .max_length(Some(Self::LENGTHS.1))
                    .pattern(Some(Self::PATTERN))
                    .description(Some(Self::ABOUT))
                    .examples([serde_json::json!(Self::EXAMPLE)])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

code_text!(CategoryCode, "not a category's code: a form like ABU-NEG or ABU-NEG-HOME is expected");
code_text!(GroupCode, "not a group's code: three capital letters are expected");

/// The code `{code}` of the path; any other form is 404.
#[derive(Clone, Debug)]
pub struct PathCode(pub CategoryCode);

impl FromRequest for PathCode {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let code = request.match_info().get("code").and_then(CategoryCode::parse);
        let code = code.map(Self).ok_or_else(ApiError::not_found);
        std::future::ready(refuse_escapes(request).and(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_two_parts_or_three() {
        for right in ["ABU-NEG", "ONL-AI", "ABU-NEG-HOME", "COC-PRE-R2", "COC-PRE-ABC123"] {
            assert!(CategoryCode::parse(right).is_some(), "{right}");
        }
        for wrong in [
            "",
            "ABU",
            "ABU-",
            "abu-neg",
            "ABU-N",
            "ABU-NEGL",
            "ABU-NEG-A",
            "ABU-NEG-ABCDEFG",
            "ABU-NEG-AB-CD",
        ] {
            assert!(CategoryCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_trusts_own_code_begins_with_its_parents() {
        let parent = |code| CategoryCode::parse(code).and_then(|code| code.parent());
        assert_eq!(parent("ABU-NEG-HOME"), CategoryCode::parse("ABU-NEG"));
        assert_eq!(parent("ABU-NEG"), None);
        assert_eq!(CategoryCode::parse("ABU-NEG-HOME").map(|code| code.group()), GroupCode::parse("ABU"));
    }
}
