//! The issuer that Tutela is to itself, for `tutela demo` and `tutela token`: an Ed25519 key in a file.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::rust_crypto;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;

use super::{Allowed, Issuer, LONGEST_MINUTES};
use crate::auth::jwks::{Algorithm, KeySet, Keys};
use crate::clock::Timestamp;
use crate::ids::Id;

/// `.invalid` can never be registered, so no real issuer has this name.
const ISS: &str = "https://tutela.invalid/development";
const AUDIENCE: &str = "https://tutela.invalid";
const KID: &str = "development";
/// RFC 8410: an Ed25519 private key as PKCS #8 is these bytes and then the 32 bytes of the seed.
const PKCS8_HEAD: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// A key pair that signs tokens for development.
pub struct DevelopmentKey {
    signing: EncodingKey,
    public: Arc<KeySet>,
}

/// What a development token shall say.
#[derive(Clone, Debug)]
pub struct DevelopmentClaims {
    /// The slug of the trust.
    pub trust: String,
    /// Who calls, as the issuer names them.
    pub subject: String,
    /// Who calls, as our record names them.
    pub person: Option<Id>,
    /// Roles as they stand in a token: `dsl:137089`, `trust_lead` …
    pub roles: Vec<String>,
    /// How long the token lives: 1 to 1440.
    pub minutes: u32,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: &'a str,
    jti: Id,
    iat: i64,
    exp: i64,
    trust: &'a str,
    roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<Id>,
}

impl DevelopmentKey {
    /// Reads the key from its file; makes the file, for its owner's eyes only, where there is none.
    pub fn open_or_create(path: &Path) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        match new_private_file(path) {
            Ok(mut file) => {
                let pem = new_pem()?;
                file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        Self::open(path)
    }

    /// Reads the key from its file, which must be there.
    pub fn open(path: &Path) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        check_private(path)?;
        let pem = std::fs::read(path).map_err(failed)?;
        Self::from_pem(&pem).map_err(|fault| format!("{}: {fault}", path.display()))
    }

    fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let signing = EncodingKey::from_ed_pem(pem)
            .map_err(|_| "not an Ed25519 private key (PKCS #8, PEM)".to_owned())?;
        let derive = rust_crypto::DEFAULT_PROVIDER.key_utils.ed_pub_components_from_private_key;
        let x = derive(signing.as_bytes(), &EllipticCurve::Ed25519)
            .map_err(|_| "the private key cannot be read".to_owned())?;
        let x = URL_SAFE_NO_PAD.encode(x);
        let set = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{KID}","x":"{x}"}}]}}"#);
        Ok(Self { signing, public: Arc::new(KeySet::parse(&set, false)?) })
    }

    /// The entry to listen to this key by: any trust, all roles. Only for a service on loopback.
    pub fn issuer(&self) -> Issuer {
        Issuer {
            iss: ISS.to_owned(),
            trusts: Allowed::Any,
            roles: Allowed::Any,
            audience: vec![AUDIENCE.to_owned()],
            algorithms: vec![Algorithm::EdDSA],
            typ: vec!["at+jwt".to_owned()],
            lifetime_seconds: i64::from(LONGEST_MINUTES) * 60,
            subject_claim: "sub".to_owned(),
            roles_claim: "roles".to_owned(),
            trust_claim: "trust".to_owned(),
            person_claim: "person".to_owned(),
            keys: Keys::fixed(Arc::clone(&self.public)),
        }
    }

    /// An access token (RFC 9068) that `issuer` verifies.
    pub fn sign(&self, claims: &DevelopmentClaims, now: Timestamp) -> Result<String, String> {
        if !(1..=LONGEST_MINUTES).contains(&claims.minutes) {
            return Err(format!("a token lives 1 to {LONGEST_MINUTES} minutes"));
        }
        let mut header = Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KID.to_owned());
        let claims = Claims {
            iss: ISS,
            aud: AUDIENCE,
            sub: &claims.subject,
            client_id: "tutela",
            jti: Id::new(now),
            iat: now.seconds(),
            exp: now.seconds() + i64::from(claims.minutes) * 60,
            trust: &claims.trust,
            roles: &claims.roles,
            person: claims.person,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| error.to_string())
    }
}

fn new_pem() -> Result<String, String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    // Forty-eight bytes are sixty-four characters: exactly one line of PEM.
    let body = STANDARD.encode([&PKCS8_HEAD[..], &seed[..]].concat());
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))
}

/// Never an existing file: a key that signed tokens is not written over.
fn new_private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // The last two octal digits are the group's and everybody's.
    if about.permissions().mode() % 0o100 == 0 {
        return Ok(());
    }
    Err(format!("{}: others than its owner may read this private key (chmod 600)", path.display()))
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::issuers::Issuers;

    fn now() -> Timestamp {
        Timestamp::from_micros(1_763_000_000_000_000)
    }

    fn claims(minutes: u32) -> DevelopmentClaims {
        let person = Some(Id::new(now()));
        let roles = vec!["dsl:137089".to_owned(), "trust_lead".to_owned()];
        DevelopmentClaims { trust: "trust-a".into(), subject: "ann".into(), person, roles, minutes }
    }

    #[test]
    fn its_tokens_are_verified_by_its_issuer() {
        let folder = tempfile::tempdir().unwrap();
        let key = DevelopmentKey::open_or_create(&folder.path().join("key.pem")).unwrap();
        let said = claims(60);
        let token = key.sign(&said, now()).unwrap();
        let verified = Issuers::empty().with(key.issuer()).verify(&token, now()).unwrap();
        assert_eq!(
            (verified.trust, verified.subject, verified.person),
            (said.trust, said.subject, said.person)
        );
        assert_eq!((verified.roles.len(), verified.roles[0].urn), (2, Some(137_089)));
        assert_eq!(verified.expires_at, now().plus_seconds(3600));
    }

    #[test]
    fn the_key_is_kept_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let token = DevelopmentKey::open_or_create(&path).unwrap().sign(&claims(5), now()).unwrap();
        let again = Issuers::empty().with(DevelopmentKey::open_or_create(&path).unwrap().issuer());
        assert!(again.verify(&token, now()).is_ok());
        let other = DevelopmentKey::open_or_create(&folder.path().join("other.pem")).unwrap();
        assert!(Issuers::empty().with(other.issuer()).verify(&token, now()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        DevelopmentKey::open_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(DevelopmentKey::open_or_create(&path).is_err_and(|fault| fault.contains("chmod 600")));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_holds_no_key_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        new_private_file(&path).unwrap().write_all(b"something else").unwrap();
        assert!(DevelopmentKey::open_or_create(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"something else");
    }

    #[test]
    fn a_token_lives_a_day_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let key = DevelopmentKey::open_or_create(&folder.path().join("key.pem")).unwrap();
        assert!(key.sign(&claims(0), now()).is_err() && key.sign(&claims(1441), now()).is_err());
    }
}
