//! A JSON object of a token whose members each stand once.
//!
//! The names of some claims are the issuer's choice, so a derived structure cannot hold them; and two readers of one
//! token must never see two different values, so a name that stands twice is refused, whichever it is.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::Refusal;

/// The year 9999 ends here: the last second that a date-time can name.
const LAST_SECOND: i64 = 253_402_300_799;

/// The members of a header or of a set of claims.
pub(super) struct Members(BTreeMap<String, Value>);

impl Members {
    /// Reads a part of a token: base64url without padding, then one JSON object and nothing after it.
    pub(super) fn read(part: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// Whether the member is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string, where the member is there.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.0
            .get(name)
            .map(|value| value.as_str().ok_or(Refusal("a member that should be a string is not")))
            .transpose()
    }

    /// Strings, where the member is there: an array of them, or one that stands alone.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Refusal> {
        let fault = Refusal("a member that should be an array of strings is not");
        let Some(value) = self.0.get(name) else { return Ok(None) };
        if let Some(text) = value.as_str() {
            return Ok(Some(vec![text]));
        }
        let items = value.as_array().ok_or(fault)?;
        items.iter().map(|item| item.as_str().ok_or(fault)).collect::<Result<_, _>>().map(Some)
    }

    /// A moment in microseconds, where the member is there: seconds since 1970, whole or not.
    pub(super) fn moment(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let fault = Refusal("a member that should be a moment is not");
        self.0.get(name).map(|value| micros_of(value).ok_or(fault)).transpose()
    }
}

fn micros_of(value: &Value) -> Option<i64> {
    if let Some(seconds) = value.as_i64() {
        return (0..=LAST_SECOND).contains(&seconds).then(|| seconds * 1_000_000);
    }
    #[expect(clippy::cast_precision_loss, reason = "twelve digits are exact in an f64")]
    let last = LAST_SECOND as f64;
    let seconds = value.as_f64().filter(|seconds| (0.0..=last).contains(seconds))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked; below a microsecond nothing counts"
    )]
    let micros = (seconds * 1e6) as i64;
    Some(micros)
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachOnce)
    }
}

struct EachOnce;

impl<'de> Visitor<'de> for EachOnce {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Members> {
        Members::read(&URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn only_one_object_with_each_member_once_is_read() {
        assert!(read(r#" {"a":1,"b":{"c":2}} "#).is_some());
        for wrong in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, "[]", "{} {}", "{}x", "", "{\"a\":\"\\ud800\"}"]
        {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_base64url_without_padding_or_leftover_bits_is_read() {
        assert!(Members::read("e30").is_some());
        for wrong in ["e30=", " e30", "e30\n", "e31", "e+0", ""] {
            assert!(Members::read(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn moments_are_whole_or_broken_seconds() {
        let moment =
            |json: &str| read(&format!(r#"{{"exp":{json}}}"#)).and_then(|m| m.moment("exp").ok().flatten());
        assert_eq!(moment("1763000000"), Some(1_763_000_000_000_000));
        assert_eq!(moment("1763000000.5"), Some(1_763_000_000_500_000));
        assert_eq!(moment("1.763e9"), Some(1_763_000_000_000_000));
        for wrong in
            ["-1", "1e300", "1e400", "253402300800", "99999999999999999999", "\"1763000000\"", "null", "[]"]
        {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_null_is_not_an_absent_member() {
        let members = read(r#"{"sub":null}"#).unwrap();
        assert!(members.text("sub").is_err() && members.texts("sub").is_err());
        assert_eq!(members.text("iss"), Ok(None));
    }
}
