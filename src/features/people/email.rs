//! An e-mail address at work, in the one spelling in which it is stored and compared.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

const MAX: usize = 254;
const PATTERN: &str =
    r"^[A-Za-z0-9._%+'-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$";

/// A work e-mail address in lower case.
#[derive(Clone, PartialEq, Eq, Serialize, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct WorkEmail(String);

impl WorkEmail {
    /// Checks an address and puts it into lower case; the error is a sentence for people.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() <= MAX && is_address(text) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err("not an e-mail address: name@example.org is expected".to_owned())
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the pattern says, by hand: no regular expressions at run time for one field.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+'-".contains(&b));
    let Some((labels, top)) = domain.rsplit_once('.') else { return false };
    let top_ok = (2..=24).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic());
    local_ok && top_ok && labels.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An address is personal: it is never shown in a log.
impl std::fmt::Debug for WorkEmail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorkEmail({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for WorkEmail {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Cow::<str>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for WorkEmail
where
    DB: diesel::backend::Backend,
    str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.0.as_str(), out)
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for WorkEmail
where
    DB: diesel::backend::Backend,
    String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        String::from_sql(bytes).map(Self)
    }
}

impl utoipa::PartialSchema for WorkEmail {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .min_length(Some(6))
            .max_length(Some(MAX))
            .pattern(Some(PATTERN))
            .description(Some("An e-mail address; stored and shown in lower case."))
            .examples([serde_json::json!("a.adult@trust-a.example")])
            .into()
    }
}

impl utoipa::ToSchema for WorkEmail {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_folded() {
        assert_eq!(WorkEmail::new("A.Adult@Trust-A.Example").unwrap().as_str(), "a.adult@trust-a.example");
        for wrong in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a b@c.example",
            "a@-b.example",
            "a@b..example",
            "a@b.e",
            "ä@b.example",
        ] {
            assert!(WorkEmail::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_not_logged() {
        assert_eq!(format!("{:?}", WorkEmail::new("a@b.example").unwrap()), "WorkEmail(11 bytes)");
    }
}
