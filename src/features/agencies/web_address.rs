//! The address of a page, as it is shown to people: https only, without a name and password in it.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

const MAX: usize = 500;
const PATTERN: &str = r"^https://([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(/[!-~]*)?$";

/// The address of a page on the web.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct WebAddress(String);

impl WebAddress {
    /// Reads an address of the right shape.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= MAX && is_address(text)).then(|| Self(text.to_owned()))
    }
}

/// What the pattern says, by hand.
fn is_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let Some((labels, top)) = host.rsplit_once('.') else { return false };
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    labels.split('.').all(is_label)
        && (2..=24).contains(&top.len())
        && top.bytes().all(|b| b.is_ascii_alphabetic())
        && path.bytes().all(|b| b.is_ascii_graphic())
}

impl<'de> Deserialize<'de> for WebAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Cow::<str>::deserialize(deserializer)?).ok_or_else(|| {
            serde::de::Error::custom("not a web address: https://www.example.org/page is expected")
        })
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for WebAddress
where
    DB: diesel::backend::Backend,
    str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.0.as_str(), out)
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for WebAddress
where
    DB: diesel::backend::Backend,
    String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        String::from_sql(bytes).map(Self)
    }
}

impl utoipa::PartialSchema for WebAddress {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(12))
            .max_length(Some(MAX))
            .pattern(Some(PATTERN))
            .description(Some("The address of a page on the web; https only."))
            .examples([serde_json::json!("https://www.council-a.example/worried-about-a-child")])
            .into()
    }
}

impl utoipa::ToSchema for WebAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_a_page_and_hides_nothing() {
        for right in ["https://a.bc", "https://www.council-a.example/worried?about=a#child", "https://a.bc/"]
        {
            assert!(WebAddress::parse(right).is_some(), "{right}");
        }
        for wrong in [
            "",
            "https://",
            "http://a.example",
            "https://a",
            "https://a..example",
            "https://me:pw@a.example/x",
            "https://a.example:8080/",
            "https://a.example/a b",
            "https://ä.example",
            "https://a.e1",
            "javascript:x",
        ] {
            assert!(WebAddress::parse(wrong).is_none(), "{wrong}");
        }
    }
}
