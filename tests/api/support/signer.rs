//! An identity provider in a test's hand: keys with names, and tokens signed by them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::rust_crypto;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tutela::clock::Timestamp;
use tutela::ids::Id;

/// The issuer's name.
pub const ISS: &str = "https://login.example/";
/// RFC 8410: an Ed25519 private key as PKCS #8 is these bytes and then the 32 bytes of the seed.
const PKCS8_HEAD: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// A key pair of the issuer.
pub struct Signer {
    kid: &'static str,
    key: EncodingKey,
}

impl Signer {
    /// The key of this name; the same name gives another key pair for another seed.
    pub fn new(kid: &'static str, seed: u8) -> Self {
        Self { kid, key: EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], &[seed; 32]].concat()) }
    }

    /// The public key, as the issuer publishes it.
    fn jwk(&self) -> Value {
        let derive = rust_crypto::DEFAULT_PROVIDER.key_utils.ed_pub_components_from_private_key;
        let x = derive(self.key.as_bytes(), &EllipticCurve::Ed25519).unwrap();
        json!({"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": URL_SAFE_NO_PAD.encode(x)})
    }

    /// A token for a caller of Trust A; each has its own text, so that nothing remembers it.
    pub fn token(&self, roles: &[&str], person: Option<Id>, now: Timestamp) -> String {
        self.token_for("trust-a", roles, person, now)
    }

    /// The same for another trust.
    pub fn token_for(&self, trust: &str, roles: &[&str], person: Option<Id>, now: Timestamp) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.to_owned());
        let subject = person.map_or_else(|| "somebody".to_owned(), |person| person.to_string());
        let mut claims = json!({
            "iss": ISS, "aud": "https://tutela.example", "sub": subject, "client_id": "test", "jti": Id::new(now),
            "iat": now.seconds(), "exp": now.seconds() + 3600, "trust": trust, "roles": roles
        });
        if let Some(person) = person {
            claims["person"] = json!(person);
        }
        jsonwebtoken::encode(&header, &claims, &self.key).unwrap()
    }
}

/// The key set that an issuer publishes.
pub fn key_set(keys: &[&Signer]) -> String {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string()
}

/// An issuers file for tokens of [`Signer`]; `keys` is its `jwks_file` or `jwks_url` line.
pub fn issuers_file(keys: &str) -> String {
    format!(
        "[[issuer]]\niss = \"{ISS}\"\ntrusts = [\"trust-a\", \"trust-b\"]\n\
         roles = [\"trust-admin\", \"mis-admin\", \"staff\", \"dsl\", \"headteacher\", \"trust-safeguarding-lead\"]\n\
         audience = [\"https://tutela.example\"]\nalgorithms = [\"EdDSA\"]\n{keys}\n"
    )
}
