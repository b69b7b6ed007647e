//! Identifiers: `UUIDv7` made by us, and the only place that makes them.

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use uuid::{ContextV7, Uuid};

use crate::clock::Timestamp;

/// The identifier of a record: a `UUIDv7` in canonical lower-case form. Any other spelling is refused, so that two
/// texts are equal exactly where two identifiers are.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = crate::db::types::Uid)]
pub struct Id(Uuid);

/// Counts within a millisecond, so that what one process makes sorts in the order in which it was made.
static SEQUENCE: Mutex<ContextV7> = Mutex::new(ContextV7::new());

impl Id {
    /// Sorts before every identifier.
    pub const LEAST: Self = Self(Uuid::nil());
    /// Sorts after every identifier.
    pub const GREATEST: Self = Self(Uuid::max());

    /// A new identifier that sorts by the moment given.
    pub fn new(at: Timestamp) -> Self {
        let micros = at.micros();
        let seconds = u64::try_from(micros.div_euclid(1_000_000)).unwrap_or_default();
        let nanos = u32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(&SEQUENCE, seconds, nanos)))
    }

    /// Reads the canonical form, and no other.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        let mut canonical = Uuid::encode_buffer();
        (id.hyphenated().encode_lower(&mut canonical) == text).then_some(Self(id))
    }

    /// The sixteen bytes, as they stand in keys, hashes and associated data.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From sixteen stored bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The library's type, for the database layer.
    pub(crate) const fn uuid(&self) -> &Uuid {
        &self.0
    }

    /// From the library's type, for the database layer.
    pub(crate) const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("not an identifier: a UUID in lower-case canonical form is expected")
        })
    }
}

impl utoipa::PartialSchema for Id {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .min_length(Some(36))
            .max_length(Some(36))
            .pattern(Some("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))
            .examples([serde_json::json!("0192f0c1-8a2b-7c3d-9e4f-0123456789ab")])
            .into()
    }
}

impl utoipa::ToSchema for Id {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        let id = Id::new(Timestamp::from_micros(1_763_000_000_000_000));
        let text = id.to_string();
        assert_eq!(Id::parse(&text), Some(id));
        assert_eq!(Id::parse(&text.to_uppercase()), None);
        assert_eq!(Id::parse(&text.replace('-', "")), None);
        assert_eq!(Id::parse(&format!("{{{text}}}")), None);
    }

    #[test]
    fn ids_of_one_moment_sort_in_the_order_of_their_making() {
        let at = Timestamp::from_micros(1_763_000_000_000_000);
        let made: Vec<Id> = (0..100).map(|_| Id::new(at)).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn ids_sort_by_time() {
        let early = Id::new(Timestamp::from_micros(1_000_000_000));
        let late = Id::new(Timestamp::from_micros(2_000_000_000));
        assert!(early < late);
    }
}
