//! A JSON Web Key Set (RFC 7517): which of its keys can be used, and for which algorithm.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{self, rust_crypto};
use jsonwebtoken::{Algorithm as Library, DecodingKey};
use serde::Deserialize;

/// The signature algorithms that Tutela knows. It is an enumeration of its own, so that `none` and whatever the
/// library may learn later cannot even be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// Ed25519 signatures.
    EdDSA,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RS256,
    /// RSA PSS with SHA-256.
    PS256,
    /// HMAC with SHA-256, in a development profile only: whoever can verify with it can also sign.
    HS256,
}

impl Algorithm {
    /// Reads the `alg` of a token or a key.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::EdDSA, Self::ES256, Self::RS256, Self::PS256, Self::HS256]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The name in RFC 7518 and RFC 8037.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDSA => "EdDSA",
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::HS256 => "HS256",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::EdDSA => Kind::Ed25519,
            Self::ES256 => Kind::P256,
            Self::RS256 | Self::PS256 => Kind::Rsa,
            Self::HS256 => Kind::Symmetric,
        }
    }

    const fn library(self) -> Library {
        match self {
            Self::EdDSA => Library::EdDSA,
            Self::ES256 => Library::ES256,
            Self::RS256 => Library::RS256,
            Self::PS256 => Library::PS256,
            Self::HS256 => Library::HS256,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ed25519,
    P256,
    Rsa,
    Symmetric,
}

/// One key that a token can be verified with.
#[derive(Debug)]
pub struct Key {
    kid: Option<String>,
    kind: Kind,
    algorithm: Option<Algorithm>,
    decoding: DecodingKey,
}

impl Key {
    /// Whether the signature is this key's. The key's own type decides as well as the algorithm asked for, so that a
    /// public key never serves as an HMAC secret.
    pub fn verifies(&self, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        self.fits(algorithm)
            && crypto::verify(signature, message.as_bytes(), &self.decoding, algorithm.library())
                .unwrap_or(false)
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.kind == algorithm.kind() && self.algorithm.is_none_or(|own| own == algorithm)
    }
}

/// Why a set has no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// No key of that name: it may have been published since.
    Unknown,
    /// The key of that name is of another type or for another algorithm.
    Unfit,
    /// The token names no key and several could be meant.
    Ambiguous,
}

/// The keys of one issuer at one time.
#[derive(Debug, Default)]
pub struct KeySet {
    keys: Vec<Arc<Key>>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// The members of a key that count here; others (`x5t`, `x5c` …) are passed over.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl KeySet {
    /// Reads a set. A key that cannot be used is left out with a line in the log, and keeps no other from being used.
    /// `symmetric` allows `oct` keys: in a development profile only.
    pub fn parse(text: &str, symmetric: bool) -> Result<Self, String> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| format!("not a JSON Web Key Set: {error}"))?;
        let mut set = Self::default();
        for (position, value) in document.keys.into_iter().enumerate() {
            match read_key(value, symmetric) {
                Ok(key) => set.keys.push(Arc::new(key)),
                Err(reason) => log::warn!("a key set's key number {position} is left out: {reason}"),
            }
        }
        Ok(set)
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that a token means. One without `kid` is taken only where no choice is left to its sender.
    pub fn select(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Arc<Key>, Miss> {
        let named = |key: &&Arc<Key>| kid.is_none() || key.kid.as_deref() == kid;
        let mut fitting = self.keys.iter().filter(named).filter(|key| key.fits(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(_), Some(_)) if kid.is_none() => Err(Miss::Ambiguous),
            (Some(key), _) => Ok(Arc::clone(key)),
            (None, _) if kid.is_some() && self.keys.iter().any(|key| named(&key)) => Err(Miss::Unfit),
            (None, _) => Err(Miss::Unknown),
        }
    }
}

fn read_key(value: serde_json::Value, symmetric: bool) -> Result<Key, &'static str> {
    let jwk: Jwk = serde_json::from_value(value).map_err(|_| "its members cannot be read")?;
    check_purpose(&jwk)?;
    let (kind, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => (Kind::Ed25519, ed25519(&jwk)?),
        ("EC", Some("P-256")) => (Kind::P256, p256(&jwk)?),
        ("RSA", _) => (Kind::Rsa, rsa(&jwk)?),
        ("oct", _) if symmetric => (Kind::Symmetric, secret(&jwk)?),
        ("oct", _) => return Err("a symmetric key is for a development profile only"),
        _ => return Err("its type or curve is not supported"),
    };
    let algorithm = own_algorithm(jwk.alg.as_deref(), kind)?;
    Ok(Key { kid: jwk.kid, kind, algorithm, decoding })
}

fn check_purpose(jwk: &Jwk) -> Result<(), &'static str> {
    if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
        return Err("its use is not sig");
    }
    if jwk.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|name| name == "verify")) {
        return Err("its key_ops do not allow verify");
    }
    if jwk.d.is_some() {
        return Err("it holds a private key, which is no longer private: replace it");
    }
    Ok(())
}

fn own_algorithm(name: Option<&str>, kind: Kind) -> Result<Option<Algorithm>, &'static str> {
    let Some(name) = name else { return Ok(None) };
    // RFC 9864 names the same signatures after the curve.
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    let algorithm = Algorithm::parse(name).filter(|algorithm| algorithm.kind() == kind);
    algorithm.map(Some).ok_or("its alg is not supported or does not go with its type")
}

fn ed25519(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    // The library cuts a longer key to 32 bytes and panics at a shorter one.
    let x = member::<32>(jwk.x.as_deref())?;
    usable(DecodingKey::from_ed_der(&x), Algorithm::EdDSA)
}

fn p256(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let (x, y) = (member::<32>(jwk.x.as_deref())?, member::<32>(jwk.y.as_deref())?);
    // SEC 1, uncompressed: what the library calls DER here.
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    usable(DecodingKey::from_ec_der(&point), Algorithm::ES256)
}

fn rsa(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let (modulus, exponent) = (number(jwk.n.as_deref())?, number(jwk.e.as_deref())?);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(2048..=4096).contains(&bits) {
        return Err("its modulus is not within 2048 to 4096 bits");
    }
    let odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    if !odd || exponent.len() > 4 || exponent == [1] {
        return Err("its exponent is not an odd number within 3 to 2^32");
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn secret(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let secret = decoded(jwk.k.as_deref())?;
    if secret.len() < 32 {
        return Err("a symmetric key has at least 32 bytes");
    }
    Ok(DecodingKey::from_secret(&secret))
}

/// Asks the library for a verifier once, so that a point off the curve is found now.
fn usable(key: DecodingKey, algorithm: Algorithm) -> Result<DecodingKey, &'static str> {
    let made = (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&algorithm.library(), &key);
    made.map(|_| key).map_err(|_| "its point is not on the curve")
}

fn decoded(member: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let text = member.ok_or("a member that its type needs is missing")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "a member is not base64url")
}

fn member<const N: usize>(text: Option<&str>) -> Result<[u8; N], &'static str> {
    decoded(text)?.try_into().map_err(|_| "a coordinate has the wrong length")
}

/// A big-endian number without the leading zeros that some issuers write.
fn number(text: Option<&str>) -> Result<Vec<u8>, &'static str> {
    Ok(decoded(text)?.into_iter().skip_while(|byte| *byte == 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn usable_keys(key: &str) -> usize {
        KeySet::parse(&format!(r#"{{"keys":[{{{key}}}]}}"#), false).unwrap().len()
    }

    fn rsa_key(bits: usize, exponent: &[u8]) -> String {
        let (n, e) = (URL_SAFE_NO_PAD.encode(vec![0xC1; bits / 8]), URL_SAFE_NO_PAD.encode(exponent));
        format!(r#""kty":"RSA","n":"{n}","e":"{e}""#)
    }

    #[test]
    fn what_is_no_key_set_is_an_error() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert!(KeySet::parse(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn an_unusable_key_keeps_no_other_from_being_used() {
        let text = format!(
            r#"{{"keys":[{{"kty":"EC","crv":"P-521"}},7,{{"kid":"a","x5t":"…",{ED}}},{{"kty":"RSA"}}]}}"#
        );
        let set = KeySet::parse(&text, false).unwrap();
        assert_eq!(set.len(), 1);
        assert!(set.select(Some("a"), Algorithm::EdDSA).is_ok());
    }

    #[test]
    fn a_key_for_another_purpose_is_left_out() {
        assert_eq!(usable_keys(&format!(r#"{ED},"use":"sig","key_ops":["verify"],"alg":"Ed25519""#)), 1);
        for other in [r#""use":"enc""#, r#""key_ops":["sign"]"#, r#""alg":"RS256""#, r#""alg":"ES384""#] {
            assert_eq!(usable_keys(&format!("{ED},{other}")), 0, "{other}");
        }
    }

    #[test]
    fn a_private_key_is_left_out() {
        assert_eq!(usable_keys(&format!(r#"{ED},"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#)), 0);
    }

    #[test]
    fn short_rsa_keys_and_odd_exponents_are_left_out() {
        assert_eq!(usable_keys(&rsa_key(2048, &[1, 0, 1])), 1);
        assert_eq!(usable_keys(&rsa_key(1024, &[1, 0, 1])), 0);
        assert_eq!(usable_keys(&rsa_key(8192, &[1, 0, 1])), 0);
        for exponent in [&[1][..], &[2], &[], &[1, 0, 0, 0, 0, 1]] {
            assert_eq!(usable_keys(&rsa_key(2048, exponent)), 0, "{exponent:?}");
        }
    }

    #[test]
    fn points_of_the_wrong_length_or_off_the_curve_are_left_out() {
        let (short, zero) = (URL_SAFE_NO_PAD.encode([9; 31]), URL_SAFE_NO_PAD.encode([0; 32]));
        assert_eq!(usable_keys(&format!(r#""kty":"OKP","crv":"Ed25519","x":"{short}""#)), 0);
        assert_eq!(usable_keys(&format!(r#""kty":"EC","crv":"P-256","x":"{zero}","y":"{zero}""#)), 0);
    }

    #[test]
    fn a_symmetric_key_needs_a_development_profile_and_32_bytes() {
        let set = |bytes: usize, symmetric| {
            let k = URL_SAFE_NO_PAD.encode(vec![7; bytes]);
            KeySet::parse(&format!(r#"{{"keys":[{{"kty":"oct","k":"{k}"}}]}}"#), symmetric).unwrap()
        };
        assert_eq!((set(32, true).len(), set(31, true).len(), set(32, false).len()), (1, 0, 0));
    }

    #[test]
    fn a_key_is_selected_by_name_and_by_type() {
        let set = KeySet::parse(&format!(r#"{{"keys":[{{"kid":"a",{ED}}}]}}"#), false).unwrap();
        assert!(set.select(None, Algorithm::EdDSA).is_ok());
        assert_eq!(set.select(Some("b"), Algorithm::EdDSA).err(), Some(Miss::Unknown));
        assert_eq!(set.select(Some("a"), Algorithm::HS256).err(), Some(Miss::Unfit));
        assert_eq!(set.select(None, Algorithm::RS256).err(), Some(Miss::Unknown));
    }

    #[test]
    fn without_a_name_one_fitting_key_must_be_alone() {
        let rsa = rsa_key(2048, &[3]);
        let text = format!(r#"{{"keys":[{{"kid":"a",{ED}}},{{{rsa},"alg":"PS256"}},{{{ED}}}]}}"#);
        let set = KeySet::parse(&text, false).unwrap();
        assert_eq!(set.select(None, Algorithm::EdDSA).err(), Some(Miss::Ambiguous));
        assert!(set.select(None, Algorithm::PS256).is_ok());
        assert_eq!(set.select(None, Algorithm::RS256).err(), Some(Miss::Unknown));
    }
}
