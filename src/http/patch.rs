//! Three-state fields of a merge patch (RFC 7396): absent, null, value.

use serde::{Deserialize, Deserializer};

/// A field of a merge patch that may also be cleared. Give it `#[serde(default)]`, or absence becomes an error, and
/// `#[schema(value_type = Option<T>)]` for the document.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not in the patch: stays as it is.
    #[default]
    Keep,
    /// `null`: cleared.
    Clear,
    /// A new value.
    Set(T),
}

impl<T> Patch<T> {
    /// The field after the patch.
    pub fn apply(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }

    /// Turns the value into another type.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(f(value)),
        }
    }

    /// Whether the patch leaves the field alone.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

/// Reads a field of a merge patch that cannot be cleared: `null` is refused. Use with
/// `#[serde(default, deserialize_with = "not_null")]` on an `Option`, which stays `None` where the field is absent.
pub fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default)]
        nickname: Patch<String>,
        #[serde(default, deserialize_with = "not_null")]
        name: Option<String>,
    }

    fn read(json: &str) -> Result<Sample, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        assert_eq!(read("{}").unwrap().nickname, Patch::Keep);
        assert_eq!(read(r#"{"nickname": null}"#).unwrap().nickname, Patch::Clear);
        assert_eq!(read(r#"{"nickname": "x"}"#).unwrap().nickname, Patch::Set("x".to_owned()));
    }

    #[test]
    fn a_field_that_must_stay_refuses_null() {
        assert_eq!(read("{}").unwrap().name, None);
        assert!(read(r#"{"name": null}"#).is_err());
    }

    #[test]
    fn a_patch_applies_to_the_old_value() {
        assert_eq!(Patch::Keep.apply(Some(1)), Some(1));
        assert_eq!(Patch::<i32>::Clear.apply(Some(1)), None);
        assert_eq!(Patch::Set(2).apply(Some(1)), Some(2));
    }
}
