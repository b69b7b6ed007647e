//! A network that a key may be used from.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Addresses in CIDR form: `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network(ipnet::IpNet);

impl Network {
    /// Reads CIDR form. An address with bits beyond the prefix is none: whoever writes 192.0.2.77/24 may mean one host,
    /// and would let in 256.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<ipnet::IpNet>().ok().filter(|net| net.trunc() == *net).map(Self)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("not a network: the first address and the prefix, such as 192.0.2.0/24")
        })
    }
}

impl utoipa::PartialSchema for Network {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(43))
            .pattern(Some(format!("^({}|{})$", pattern_of_four(), pattern_of_six())))
            .description(Some(
                "A network in CIDR form: its first address, with no bit set beyond the prefix, so that 192.0.2.77/24 is \
                 422; IPv6 in lower case.",
            ))
            .examples([serde_json::json!("192.0.2.0/24")])
            .into()
    }
}

impl utoipa::ToSchema for Network {}

/// IPv4: whole octets, one that is cut by the prefix, and noughts.
fn pattern_of_four() -> String {
    let octet = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    let ways = (0..4_usize).map(|whole| {
        let noughts = r"\.0".repeat(3 - whole);
        let cut = (0..8_usize).map(|bits| {
            let firsts: Vec<String> =
                (0..256_u16).step_by(1 << (8 - bits)).map(|first| first.to_string()).collect();
            format!("({}){noughts}/{}", firsts.join("|"), whole * 8 + bits)
        });
        format!(r"({octet}\.){{{whole}}}({})", cut.collect::<Vec<_>>().join("|"))
    });
    let host = format!(r"({octet}\.){{3}}{octet}/32");
    ways.chain([host]).collect::<Vec<_>>().join("|")
}

/// IPv6, as it is mostly written: some whole groups and `::`, or one address. Prefixes that cut a group are taken too.
fn pattern_of_six() -> String {
    let group = "[0-9a-f]{1,4}";
    let ways = (1..=7_u32).map(|groups| {
        let lengths: Vec<String> = (groups * 16..=128).map(|length| length.to_string()).collect();
        format!("({group}:){{{groups}}}:/({})", lengths.join("|"))
    });
    ways.chain([format!("({group}:){{7}}{group}/128")]).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_in_cidr_form_and_spelt_one_way() {
        let pattern = format!("^({}|{})$", pattern_of_four(), pattern_of_six());
        let schema = serde_json::json!({"type": "string", "pattern": pattern});
        let allows = |text: &str| jsonschema::is_valid(&schema, &serde_json::json!(text));
        for right in
            ["192.0.2.0/24", "10.0.0.0/8", "0.0.0.0/0", "10.128.0.0/9", "192.0.2.77/32", "2001:db8::/32"]
        {
            assert_eq!(Network::parse(right).unwrap().to_string(), right);
            assert!(allows(right), "{right}");
        }
        assert_eq!(Network::parse("2001:db8::/29").unwrap().to_string(), "2001:db8::/29");
        for wrong in
            ["192.0.2.1", "192.0.2.0/33", "10.0.0.1/8", "192.0.2.77/24", "2001:db8::/16", "example.org/8", ""]
        {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
            assert!(!allows(wrong), "{wrong}");
        }
    }
}
