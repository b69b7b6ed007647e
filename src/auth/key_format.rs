//! The text of an API key: `tut_<env>_<trust>_<id>_<secret><checksum>`.
//!
//! The parts that are no secret come first, so that a key in a log or a repository tells whose it is, and the checksum
//! lets a scanner recognise a key and lets us refuse a mistyped one without asking the database.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::issuers::is_trust_slug;
use crate::ids::Id;

/// What every API key begins with: a bearer value that does not is a JWT or nothing.
pub const PREFIX: &str = "tut_";

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 > 2^256: what 32 random bytes need.
const SECRET_LENGTH: usize = 43;
/// 62^6 > 2^32.
const CHECKSUM_LENGTH: usize = 6;
/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// An API key in its parts.
pub struct KeyText {
    /// The deployment that the key belongs to: `live`, `demo`, `test` …
    pub env: String,
    /// The slug of the trust that the key belongs to.
    pub trust: String,
    /// The key's record.
    pub id: Id,
    secret: SecretString,
}

impl KeyText {
    /// A new key with 32 bytes from the system's random source.
    pub fn generate(env: &str, trust: &str, id: Id) -> Result<Self, String> {
        if !is_env(env) {
            return Err("the environment of an API key is 2 to 8 lower-case letters".to_owned());
        }
        if !is_trust_slug(trust) {
            return Err("the trust of an API key is a trust's slug".to_owned());
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| format!("the system gives no random bytes: {error}"))?;
        let secret = base62(random, SECRET_LENGTH).into();
        Ok(Self { env: env.to_owned(), trust: trust.to_owned(), id, secret })
    }

    /// Reads a key, where its form and checksum are right. This says nothing of whether it is known.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_ascii() {
            return None;
        }
        let (body, checksum) = text.split_at_checked(text.len().checked_sub(CHECKSUM_LENGTH)?)?;
        let mut parts = body.strip_prefix(PREFIX)?.split('_');
        let (env, trust, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let formed = parts.next().is_none()
            && is_env(env)
            && is_trust_slug(trust)
            && secret.len() == SECRET_LENGTH
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && checksum_of(body) == checksum;
        let id = parse_id(id).filter(|_| formed)?;
        Some(Self { env: env.to_owned(), trust: trust.to_owned(), id, secret: secret.into() })
    }

    /// The whole key, to be shown once to the person who made it and never stored.
    pub fn expose(&self) -> String {
        let id = self.id.to_string().replace('-', "");
        let secret = self.secret.expose_secret();
        let body = format!("{PREFIX}{}_{}_{id}_{secret}", self.env, self.trust);
        let checksum = checksum_of(&body);
        body + &checksum
    }

    /// What is stored of the secret: HMAC-SHA256 under a pepper that is not in the database. A slow hash would add
    /// nothing, since the secret is 256 random bits and no password.
    pub fn hash(&self, pepper: &[u8]) -> [u8; 32] {
        let mut mac = keyed(pepper);
        mac.update(self.secret.expose_secret().as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Whether the stored hash is this key's; the time it takes does not tell how much of it agrees.
    pub fn matches(&self, pepper: &[u8], stored: &[u8]) -> bool {
        self.hash(pepper).ct_eq(stored).into()
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyText")
            .field("env", &self.env)
            .field("trust", &self.trust)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// HMAC keyed by a pepper of any length. It fills the block as RFC 2104 says, because the constructor that takes any
/// length gives a `Result` whose error cannot occur and has no safe answer.
fn keyed(pepper: &[u8]) -> Hmac<Sha256> {
    let short: Vec<u8> = if pepper.len() > BLOCK { Sha256::digest(pepper).to_vec() } else { pepper.to_vec() };
    let mut block = [0; BLOCK];
    block.iter_mut().zip(short).for_each(|(slot, byte)| *slot = byte);
    Hmac::new(&block.into())
}

fn is_env(text: &str) -> bool {
    (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Thirty-two lower-case hexadecimal digits. `Id` takes the hyphenated form only, so the hyphens go back in.
fn parse_id(text: &str) -> Option<Id> {
    let groups = [text.get(..8)?, text.get(8..12)?, text.get(12..16)?, text.get(16..20)?, text.get(20..)?];
    Id::parse(&groups.join("-"))
}

fn checksum_of(body: &str) -> String {
    base62(crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECKSUM_LENGTH)
}

/// A big-endian number in exactly so many base-62 digits.
fn base62<const N: usize>(mut number: [u8; N], digits: usize) -> String {
    let mut text: Vec<char> = (0..digits).map(|_| next_digit(&mut number)).collect();
    text.reverse();
    text.into_iter().collect()
}

/// Divides the number by 62 in place and gives the remainder's digit.
fn next_digit(number: &mut [u8]) -> char {
    let mut remainder = 0_u16;
    for byte in number {
        let value = remainder * 256 + u16::from(*byte);
        // The remainder was below 62, so the quotient is below 256.
        *byte = u8::try_from(value / 62).unwrap_or_default();
        remainder = value % 62;
    }
    BASE62.get(usize::from(remainder)).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn key() -> KeyText {
        let id = Id::new(Timestamp::from_micros(1_763_000_000_000_000));
        KeyText::generate("test", "trust-a", id).unwrap()
    }

    #[test]
    fn a_key_reads_back_as_it_was_made() {
        let made = key();
        let read = KeyText::parse(&made.expose()).unwrap();
        assert_eq!((read.env.as_str(), read.trust.as_str(), read.id), ("test", "trust-a", made.id));
        assert_eq!(read.hash(b"pepper"), made.hash(b"pepper"));
        assert_eq!(read.expose(), made.expose());
    }

    #[test]
    fn the_text_has_the_documented_form() {
        let text = key().expose();
        let parts: Vec<&str> = text.split('_').collect();
        assert_eq!(&parts[..3], ["tut", "test", "trust-a"]);
        assert_eq!((parts.len(), parts[3].len(), parts[4].len()), (5, 32, 49));
    }

    #[test]
    fn any_one_mistyped_character_is_refused() {
        let text = key().expose();
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] = if wrong[at] == b'a' { b'b' } else { b'a' };
            assert!(KeyText::parse(&String::from_utf8(wrong).unwrap()).is_none(), "at {at}");
        }
    }

    #[test]
    fn a_right_checksum_does_not_excuse_a_wrong_form() {
        let id = "0192f0c18a2b7c3d9e4f0123456789ab";
        let secret = "s".repeat(43);
        for body in [
            format!("tut_TEST_trust-a_{id}_{secret}"),
            format!("tut_test_t_{id}_{secret}"),
            format!("tut_test_trust-a_{}_{secret}", id.to_uppercase()),
            format!("tut_test_trust-a_{id}_{secret}x"),
            format!("tut_test_trust-a_{id}_{}-", &secret[1..]),
            format!("tut_test_trust-a_{id}_{secret}_"),
            format!(" tut_test_trust-a_{id}_{secret}"),
        ] {
            assert!(KeyText::parse(&format!("{body}{}", checksum_of(&body))).is_none(), "{body}");
        }
        assert!(KeyText::parse("").is_none() && KeyText::parse("tut_é").is_none());
    }

    #[test]
    fn only_a_sound_environment_and_trust_get_a_key() {
        let id = key().id;
        assert!(KeyText::generate("Live", "trust-a", id).is_err());
        assert!(KeyText::generate("live", "Trust A", id).is_err());
    }

    #[test]
    fn a_hash_matches_its_own_key_and_pepper_only() {
        let (one, other) = (key(), key());
        let stored = one.hash(b"pepper");
        assert!(one.matches(b"pepper", &stored));
        assert!(!other.matches(b"pepper", &stored) && !one.matches(b"other", &stored));
        assert!(!one.matches(b"pepper", &stored[..31]) && !one.matches(b"pepper", b""));
    }

    #[test]
    fn the_hash_is_hmac_sha256_for_peppers_of_any_length() {
        let made = key();
        for length in [0, 32, 64, 65, 200] {
            let pepper = vec![7; length];
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&pepper).unwrap();
            mac.update(made.secret.expose_secret().as_bytes());
            assert_eq!(made.hash(&pepper)[..], mac.finalize().into_bytes()[..]);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let made = key();
        let shown = format!("{made:?}");
        assert!(shown.contains("trust-a") && !shown.contains(made.secret.expose_secret()), "{shown}");
    }

    #[test]
    fn base_62_is_positional() {
        assert_eq!(base62([0, 0, 0, 61], 6), "00000z");
        assert_eq!(base62([0, 0, 0, 62], 6), "000010");
        assert_eq!(base62([255; 4], 6), "4gfFC3");
        assert_eq!(base62([255; 32], 43).len(), 43);
    }
}
