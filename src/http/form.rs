//! Whether bytes are well-formed JSON with every key once, down to the last brace. Types are judged afterwards, so that
//! what is malformed is always 400, wherever the first wrong value stands.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::error::{ApiError, ApiResult, Code};

/// Refuses what is not well formed.
pub fn check(bytes: &[u8]) -> ApiResult<()> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let malformed = |error: &serde_json::Error| ApiError::because(Code::MalformedBody, sentence(error));
    Anything::deserialize(&mut json).map_err(|error| malformed(&error))?;
    json.end().map_err(|_| ApiError::because(Code::MalformedBody, "there is more after the JSON value"))
}

/// The place is told, never what stands there.
fn sentence(error: &serde_json::Error) -> String {
    let at = format!("at line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => "the JSON ends too early".to_owned(),
        Category::Data => format!("a key stands twice in one object {at}"),
        Category::Syntax | Category::Io => format!("not well-formed JSON {at}"),
    }
}

/// Any value; keys that stand twice are refused.
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

macro_rules! pass {
    ($($method:ident: $kind:ty)+) => {$(
        fn $method<E: Error>(self, _: $kind) -> Result<Anything, E> { Ok(Anything) }
    )+};
}

impl<'de> Visitor<'de> for Look {
    type Value = Anything;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    pass! { visit_bool: bool visit_i64: i64 visit_u64: u64 visit_f64: f64 visit_str: &str }

    fn visit_unit<E: Error>(self) -> Result<Anything, E> {
        Ok(Anything)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Anything, A::Error> {
        while items.next_element::<Anything>()?.is_some() {}
        Ok(Anything)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Anything, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom(Twice));
            }
            fields.next_value::<Anything>()?;
        }
        Ok(Anything)
    }
}

struct Twice;

impl fmt::Display for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key stands twice")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_body_is_judged() {
        assert!(check(br#"{"a": [1, -2.5e3, "x", null, true, {"a": {}}]}"#).is_ok());
        for (json, words) in [
            (r#"{"unknown": 1, "x": NaN}"#, "not well-formed JSON at line 1, column 21"),
            (r#"{"unknown": 1, "unknown": 2}"#, "a key stands twice in one object at line 1, column 24"),
            (r#"{"a": [{"b": 1, "b": 2}]}"#, "a key stands twice in one object at line 1, column 19"),
            (r#"{"a": "\ud800"}"#, "not well-formed JSON at line 1, column 14"),
            ("{1: 2}", "not well-formed JSON at line 1, column 2"),
            ("{", "the JSON ends too early"),
            ("", "the JSON ends too early"),
            ("{} x", "there is more after the JSON value"),
            ("[1,]", "not well-formed JSON at line 1, column 4"),
        ] {
            let error = check(json.as_bytes()).unwrap_err();
            assert_eq!((error.code, error.detail.as_deref()), (Code::MalformedBody, Some(words)), "{json}");
        }
        assert!(check(b"{\"a\": \"\xff\"}").is_err());
    }
}
