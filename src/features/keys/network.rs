//! A network that a key may be used from.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Addresses in CIDR form: `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network(ipnet::IpNet);

impl Network {
    /// Reads CIDR form; bits beyond the prefix are cut off, so that one network has one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<ipnet::IpNet>().ok().map(|net| Self(net.trunc()))
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
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a network: CIDR such as 192.0.2.0/24 is expected"))
    }
}

impl utoipa::PartialSchema for Network {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let octet = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        let four = format!(r"({octet}\.){{3}}{octet}/(3[0-2]|[12]?[0-9])");
        let six = r"([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";
        let short = r"([0-9a-f]{1,4}:){1,6}:/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(43))
            .pattern(Some(format!("^({four}|{six}|{short})$")))
            .description(Some("Addresses in CIDR form; IPv6 in lower case."))
            .examples([serde_json::json!("192.0.2.0/24")])
            .into()
    }
}

impl utoipa::ToSchema for Network {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_in_cidr_form_and_spelt_one_way() {
        assert_eq!(Network::parse("192.0.2.77/24").unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(Network::parse("2001:db8::/32").unwrap().to_string(), "2001:db8::/32");
        for wrong in ["192.0.2.1", "192.0.2.0/33", "example.org/8", ""] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
