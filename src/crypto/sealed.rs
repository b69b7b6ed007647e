//! Text that is stored encrypted: XChaCha20-Poly1305, bound to its place.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretBox};

use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// The first byte of everything that is sealed: the form that follows.
const FORM: u8 = 1;
/// The first byte of a wrapped key that says by which key it was wrapped.
const WRAPPED_BY: u8 = 2;
const NONCE: usize = 24;

/// Encrypted bytes as they stand in a column: form, nonce, cipher text with its tag.
#[derive(Clone, Debug, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Binary)]
pub struct Sealed(Vec<u8>);

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Binary, DB> for Sealed
where
    DB: diesel::backend::Backend,
    [u8]: diesel::serialize::ToSql<diesel::sql_types::Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::Binary, DB>::to_sql(self.0.as_slice(), out)
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Binary, DB> for Sealed
where
    DB: diesel::backend::Backend,
    Vec<u8>: diesel::deserialize::FromSql<diesel::sql_types::Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        Vec::<u8>::from_sql(bytes).map(Self)
    }
}

impl Sealed {
    /// The same, saying by which key it was sealed.
    pub(super) fn under(self, by: Id) -> Self {
        let mut bytes = vec![WRAPPED_BY];
        bytes.extend_from_slice(by.as_bytes());
        bytes.extend_from_slice(&self.0);
        Self(bytes)
    }

    /// By which key it was sealed, and what was; nothing where it does not say.
    pub(super) fn wrapped_by(&self) -> Option<(Id, Self)> {
        let rest = self.0.strip_prefix(&[WRAPPED_BY])?;
        let (by, sealed) = rest.split_at_checked(16)?;
        Some((Id::from_bytes(by.try_into().ok()?), Self(sealed.to_vec())))
    }
}

/// Where sealed bytes stand. They open nowhere else, so a copied or swapped cell is refused.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    trust: Id,
    table: &'static str,
    column: &'static str,
    row: Id,
}

impl Place {
    /// The cell of one column in one row of one trust.
    pub const fn new(trust: Id, table: &'static str, column: &'static str, row: Id) -> Self {
        Self { trust, table, column, row }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        bytes.extend_from_slice(self.trust.as_bytes());
        bytes.extend_from_slice(self.row.as_bytes());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.column.as_bytes());
        bytes
    }
}

/// A key that seals: of a case record, a trust, or the master.
pub struct RecordKey(SecretBox<[u8; 32]>);

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey(…)")
    }
}

impl RecordKey {
    /// A new random key.
    pub fn generate() -> ApiResult<Self> {
        let mut bytes = [0; 32];
        fill(&mut bytes)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// A key from bytes that were wrapped.
    pub(super) fn from_slice(bytes: &[u8]) -> ApiResult<Self> {
        let bytes = bytes.try_into().map_err(|_| ApiError::internal("a wrapped key has a wrong length"))?;
        Ok(Self::from_bytes(bytes))
    }

    /// The bytes, for wrapping and for deriving.
    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// Seals bytes for one place.
    pub fn seal(&self, place: Place, plain: &[u8]) -> ApiResult<Sealed> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce)?;
        let cipher = XChaCha20Poly1305::new(self.expose().into());
        let body = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &place.bytes() })
            .map_err(|_| ApiError::internal("text cannot be sealed"))?;
        let mut out = Vec::with_capacity(1 + NONCE + body.len());
        out.push(FORM);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        Ok(Sealed(out))
    }

    /// Opens what was sealed for this place, and nothing else.
    pub fn open(&self, place: Place, sealed: &Sealed) -> ApiResult<Vec<u8>> {
        let refused =
            || ApiError::internal(format!("sealed bytes in {}.{} do not open", place.table, place.column));
        let (form, rest) = sealed.0.split_first().ok_or_else(refused)?;
        let (nonce, body) = rest.split_at_checked(NONCE).filter(|_| *form == FORM).ok_or_else(refused)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| refused())?;
        XChaCha20Poly1305::new(self.expose().into())
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &place.bytes() })
            .map_err(|_| refused())
    }

    /// Seals a value as JSON.
    pub fn seal_json<T: serde::Serialize>(&self, place: Place, value: &T) -> ApiResult<Sealed> {
        let plain = serde_json::to_vec(value).map_err(|error| ApiError::internal(error.to_string()))?;
        self.seal(place, &plain)
    }

    /// Opens a value that was sealed as JSON.
    pub fn open_json<T: serde::de::DeserializeOwned>(&self, place: Place, sealed: &Sealed) -> ApiResult<T> {
        serde_json::from_slice(&self.open(place, sealed)?)
            .map_err(|error| ApiError::internal(format!("sealed JSON in {}: {error}", place.table)))
    }
}

/// Fills a buffer from the operating system's generator.
pub(super) fn fill(bytes: &mut [u8]) -> ApiResult<()> {
    getrandom::fill(bytes).map_err(|error| ApiError::internal(format!("no randomness: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn place(row: i64) -> Place {
        let id = |n| Id::new(Timestamp::from_micros(n));
        Place::new(
            Id::from_bytes([7; 16]),
            "notes",
            "text",
            if row == 0 { Id::from_bytes([1; 16]) } else { id(row) },
        )
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let key = RecordKey::generate().unwrap();
        let sealed = key.seal(place(0), b"in the child's own words").unwrap();
        assert_eq!(key.open(place(0), &sealed).unwrap(), b"in the child's own words");
        assert!(key.open(place(9_000_000), &sealed).is_err());
        assert!(RecordKey::generate().unwrap().open(place(0), &sealed).is_err());
    }

    #[test]
    fn a_changed_byte_is_refused() {
        let key = RecordKey::generate().unwrap();
        let sealed = key.seal(place(0), b"text").unwrap();
        for at in 0..sealed.0.len() {
            let mut broken = sealed.clone();
            broken.0[at] ^= 1;
            assert!(key.open(place(0), &broken).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let key = RecordKey::generate().unwrap();
        assert_ne!(key.seal(place(0), b"text").unwrap(), key.seal(place(0), b"text").unwrap());
    }
}
