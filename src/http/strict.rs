//! A deserializer that reads JSON as the schemas say it: an object only from an object, where serde would also take the
//! fields from an array in their order; and 50.0 as the integer that JSON Schema counts it as.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

/// Any deserializer, made strict all the way down.
#[derive(Debug)]
pub struct Strict<D>(pub D);

/// Forwards to the deserializer inside with a strict visitor.
macro_rules! forward {
    ($($method:ident($($name:ident: $kind:ty),*))+) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* StrictVisitor { inner: visitor, integer: false })
        }
    )+};
}

/// The same for integers.
macro_rules! forward_integers {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(StrictVisitor { inner: visitor, integer: true })
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    forward! {
        deserialize_any() deserialize_bool() deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_option()
        deserialize_unit() deserialize_seq() deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    forward_integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(StrictVisitor { inner: visitor, integer: false })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A visitor that hands strict deserializers on.
struct StrictVisitor<V> {
    inner: V,
    integer: bool,
}

macro_rules! visit {
    ($($method:ident: $kind:ty)+) => {$(
        fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> { self.inner.$method(value) }
    )+};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for StrictVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool visit_i8: i8 visit_i16: i16 visit_i32: i32 visit_i64: i64 visit_i128: i128
        visit_u8: u8 visit_u16: u16 visit_u32: u32 visit_u64: u64 visit_u128: u128 visit_f32: f32
        visit_char: char visit_str: &str visit_borrowed_str: &'de str visit_string: String
        visit_bytes: &[u8] visit_borrowed_bytes: &'de [u8] visit_byte_buf: Vec<u8>
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if !self.integer || value.fract() != 0.0 {
            return self.inner.visit_f64(value);
        }
        match format!("{value:.0}").parse() {
            Ok(whole) => self.inner.visit_i64(whole),
            Err(_) => Err(E::invalid_value(Unexpected::Float(value), &self.inner)),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(StrictItems(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(StrictFields(fields))
    }

    /// Enums are words without content here, so there is nothing below them to be strict about.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(data)
    }
}

struct StrictItems<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for StrictItems<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(StrictSeed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

struct StrictFields<A>(A);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for StrictFields<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(StrictSeed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

struct StrictSeed<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for StrictSeed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Inner {
        number: Option<u8>,
    }

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Newtype(Inner);

    #[derive(Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(default)]
    struct Outer {
        one: Option<Inner>,
        many: Vec<Inner>,
        named: BTreeMap<String, Inner>,
        new: Option<Newtype>,
        signed: i64,
    }

    fn read(json: &str) -> Result<Outer, serde_json::Error> {
        Outer::deserialize(Strict(&mut serde_json::Deserializer::from_str(json)))
    }

    #[test]
    fn an_object_is_never_read_from_an_array() {
        assert!(read("{}").is_ok());
        let whole = r#"{"one": {"number": 1}, "many": [{}], "named": {"a": {}}, "new": {"number": null}}"#;
        assert_eq!(read(whole).unwrap().new, Some(Newtype(Inner { number: None })));
        for json in [
            "[]",
            "[null, [], {}, null, 0]",
            r#"{"one": [1]}"#,
            r#"{"many": [[1]]}"#,
            r#"{"named": {"a": [1]}}"#,
            r#"{"new": [1]}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        let number = |json: &str| read(&format!(r#"{{"one": {{"number": {json}}}}}"#)).map(|outer| outer.one);
        for json in ["50", "50.0", "5e1"] {
            assert_eq!(number(json).unwrap(), Some(Inner { number: Some(50) }), "{json}");
        }
        assert_eq!(number("-0.0").unwrap(), Some(Inner { number: Some(0) }));
        for json in ["50.5", "256", "256.0", "-1.0", "1e300", "\"50\"", "true"] {
            assert!(number(json).is_err(), "{json}");
        }
        assert_eq!(read(r#"{"signed": -3.0}"#).unwrap().signed, -3);
        assert!(read(r#"{"signed": 1e19}"#).is_err());
    }
}
