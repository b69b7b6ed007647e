//! Every clause of "Tokens" in the design, one by one: a token that is right but for one thing is refused for it.
//! Here form, header, keys and signature; what the claims may say is in `claims`.

mod claims;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, crypto};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::auth::issuers::Allowed;
use crate::auth::jwks::{Fetch, KeySet, Keys};

const ISS: &str = "https://login.example/";
const PERSON: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
/// RFC 8032, test 1: a key that everybody knows.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const NOW: i64 = 1_763_000_000;

fn now() -> Timestamp {
    Timestamp::from_micros(NOW * 1_000_000)
}

/// The private key behind `X`, as PKCS #8.
fn signing_key() -> EncodingKey {
    let head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    EncodingKey::from_ed_der(&[&head[..], &URL_SAFE_NO_PAD.decode(SEED).unwrap()].concat())
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn issuer_with(keys: Value) -> Issuer {
    let keys = json!({ "keys": keys }).to_string();
    Issuer {
        iss: ISS.to_owned(),
        trusts: Allowed::Only(texts(&["trust-a"])),
        roles: Allowed::Only(texts(&["dsl", "staff"])),
        audience: texts(&["https://tutela.example"]),
        algorithms: vec![Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256, Algorithm::PS256],
        typ: texts(&["at+jwt"]),
        lifetime_seconds: 3600,
        subject_claim: "sub".to_owned(),
        roles_claim: "roles".to_owned(),
        trust_claim: "trust".to_owned(),
        person_claim: "person".to_owned(),
        keys: Keys::fixed(Arc::new(KeySet::parse(&keys, true).unwrap())),
    }
}

fn ed_key() -> Value {
    json!({"kid": "a", "kty": "OKP", "crv": "Ed25519", "x": X})
}

fn issuer() -> Issuer {
    issuer_with(json!([ed_key()]))
}

/// A token in the making: right, until a test spoils it.
struct Draft {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

fn draft() -> Draft {
    let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "a"});
    let claims = json!({
        "iss": ISS, "aud": ["https://tutela.example"], "sub": "ann", "iat": NOW, "exp": NOW + 3600,
        "trust": "trust-a", "roles": ["dsl:137089", "staff"], "person": PERSON,
    });
    Draft { header: header.as_object().unwrap().clone(), claims: claims.as_object().unwrap().clone() }
}

impl Draft {
    fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    fn without(mut self, name: &str) -> Self {
        assert!(self.header.remove(name).is_some() != self.claims.remove(name).is_some());
        self
    }

    fn token(self) -> String {
        signed(&Value::Object(self.header).to_string(), &Value::Object(self.claims).to_string())
    }

    fn verified_by(self, issuer: Issuer) -> Result<Verified, Refusal> {
        Issuers::empty().with(issuer).verify(&self.token(), now())
    }

    /// The reason for which it is refused, or nothing.
    fn refusal(self) -> &'static str {
        self.verified_by(issuer()).err().map_or("", |refusal| refusal.0)
    }
}

fn signed(header: &str, claims: &str) -> String {
    signed_with(header, claims, &signing_key(), jsonwebtoken::Algorithm::EdDSA)
}

fn signed_with(header: &str, claims: &str, key: &EncodingKey, by: jsonwebtoken::Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = crypto::sign(message.as_bytes(), key, by).unwrap();
    format!("{message}.{signature}")
}

fn verify(token: &str) -> Result<Verified, Refusal> {
    Issuers::empty().with(issuer()).verify(token, now())
}

#[test]
fn a_right_token_says_who_calls() {
    let verified = draft().verified_by(issuer()).unwrap();
    let dsl = RoleClaim { role: "dsl".to_owned(), urn: Some(137_089) };
    let staff = RoleClaim { role: "staff".to_owned(), urn: None };
    let person = Id::parse(PERSON);
    let expires_at = now().plus_seconds(3600);
    let (issuer, subject, trust) = (ISS.to_owned(), "ann".to_owned(), "trust-a".to_owned());
    assert_eq!(verified, Verified { issuer, subject, trust, roles: vec![dsl, staff], person, expires_at });
}

#[test]
fn tokens_of_another_implementation_are_verified() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let issuers = Issuers::empty().with(issuer_with(vectors["set"]["keys"].clone()));
    for name in ["EdDSA", "ES256", "RS256", "PS256"] {
        let token = vectors["tokens"][name].as_str().unwrap();
        assert_eq!(
            issuers.verify(token, now()).map(|verified| verified.subject),
            Ok("ann".to_owned()),
            "{name}"
        );
    }
}

#[test]
fn typ_must_be_the_issuers() {
    assert_eq!(draft().header("typ", "application/AT+JWT").refusal(), "");
    assert_eq!(draft().without("typ").refusal(), "typ is missing");
    for wrong in ["JWT", "", "at+jwt ", "id+jwt", "logout+jwt"] {
        assert_eq!(draft().header("typ", wrong).refusal(), "typ is not one of this issuer's", "{wrong}");
    }
}

#[test]
fn alg_must_be_the_issuers() {
    for wrong in ["none", "None", "", "HS256", "RS512", "eddsa"] {
        let reason = "alg is missing or not one of this issuer's";
        assert_eq!(draft().header("alg", wrong).refusal(), reason, "{wrong}");
    }
    let mut strict = issuer();
    strict.algorithms = vec![Algorithm::RS256];
    assert!(draft().verified_by(strict).is_err());
}

#[test]
fn an_unsigned_token_is_refused() {
    let token = draft().header("alg", "none").token();
    let message = token.rsplit_once('.').unwrap().0;
    assert!(verify(&format!("{message}.")).is_err() && verify(message).is_err());
}

#[test]
fn a_public_key_is_no_secret_to_sign_with() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let mut lenient = issuer_with(vectors["set"]["keys"].clone());
    lenient.algorithms.push(Algorithm::HS256);
    let issuers = Issuers::empty().with(lenient);
    let claims = Value::Object(draft().claims).to_string();
    for (position, member) in [(0, "n"), (1, "x"), (2, "x")] {
        let key = &vectors["set"]["keys"][position];
        let public = URL_SAFE_NO_PAD.decode(key[member].as_str().unwrap()).unwrap();
        let secret = EncodingKey::from_secret(&public);
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": key["kid"]}).to_string();
        let token = signed_with(&header, &claims, &secret, jsonwebtoken::Algorithm::HS256);
        assert_eq!(issuers.verify(&token, now()), Err(Refusal("the key is not for this alg")));
    }
}

#[test]
fn a_shared_secret_serves_where_the_entry_allows_hs256() {
    let mut development = issuer_with(json!([{"kid": "a", "kty": "oct", "k": SEED}]));
    development.algorithms = vec![Algorithm::HS256];
    let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(SEED).unwrap());
    let Draft { header, claims } = draft().header("alg", "HS256");
    let (header, claims) = (Value::Object(header).to_string(), Value::Object(claims).to_string());
    let token = signed_with(&header, &claims, &secret, jsonwebtoken::Algorithm::HS256);
    assert!(Issuers::empty().with(development).verify(&token, now()).is_ok());
}

#[test]
fn a_key_made_for_one_algorithm_does_not_serve_another() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let mut rsa = vectors["set"]["keys"][0].clone();
    rsa["alg"] = json!("PS256");
    let issuers = Issuers::empty().with(issuer_with(json!([rsa])));
    assert!(issuers.verify(vectors["tokens"]["PS256"].as_str().unwrap(), now()).is_ok());
    let refused = issuers.verify(vectors["tokens"]["RS256"].as_str().unwrap(), now());
    assert_eq!(refused, Err(Refusal("the key is not for this alg")));
}

#[test]
fn a_key_refuses_another_algorithm_even_where_the_signature_is_right() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let (message, signature) = vectors["tokens"]["RS256"].as_str().unwrap().rsplit_once('.').unwrap();
    let verifies = |key: Value| {
        let set = KeySet::parse(&json!({"keys": [key]}).to_string(), false).unwrap();
        set.select(None, Algorithm::PS256).unwrap().verifies(Algorithm::RS256, message, signature)
    };
    let mut rsa = vectors["set"]["keys"][0].clone();
    assert!(verifies(rsa.clone()));
    rsa["alg"] = json!("PS256");
    assert!(!verifies(rsa));
}

#[test]
fn header_members_that_choose_the_key_or_the_meaning_are_refused() {
    for name in REFUSED_HEADERS {
        for value in [json!(null), json!([]), json!("https://evil.example/"), json!(["exp"])] {
            let reason = "the header has a member that is refused";
            assert_eq!(draft().header(name, value).refusal(), reason, "{name}");
        }
    }
    assert_eq!(draft().header("x5t", "abc").header("nonce", "abc").refusal(), "");
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let Draft { header, claims } = draft();
    let (header, claims) = (Value::Object(header).to_string(), Value::Object(claims).to_string());
    assert!(verify(&signed(&header, &claims)).is_ok());
    let again = |object: &str, member: &str| format!("{},{member}}}", object.trim_end_matches('}'));
    for member in [r#""alg":"EdDSA""#, r#""kid":"a""#, r#""t\u0079p":"at+jwt""#] {
        assert!(verify(&signed(&again(&header, member), &claims)).is_err(), "{member}");
    }
    for member in [r#""trust":"trust-a""#, r#""s\u0075b":"bob""#, r#""roles":[]"#] {
        assert!(verify(&signed(&header, &again(&claims, member))).is_err(), "{member}");
    }
}

#[test]
fn kid_must_name_a_key_of_the_issuer() {
    assert_eq!(draft().header("kid", "b").refusal(), "kid names no key of this issuer");
    assert_eq!(draft().header("kid", 7).refusal(), "a member that should be a string is not");
}

#[test]
fn kid_may_be_missing_where_one_key_fits() {
    assert_eq!(draft().without("kid").refusal(), "");
    let two = issuer_with(json!([ed_key(), {"kty": "OKP", "crv": "Ed25519", "x": X}]));
    let refused = draft().without("kid").verified_by(two);
    assert_eq!(refused, Err(Refusal("kid is missing and several keys could be meant")));
}

#[test]
fn an_unknown_issuer_is_refused_before_any_fetch() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let fetch: Fetch = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err("refused".to_owned())
    });
    let by_url =
        || Issuer { keys: Keys::from_url("https://x/".to_owned(), Arc::clone(&fetch), false), ..issuer() };
    let refused = draft().claim("iss", "https://login.example").verified_by(by_url());
    assert_eq!(refused, Err(Refusal("iss is not a known issuer")));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    assert!(draft().verified_by(by_url()).is_err());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn another_issuers_key_does_not_serve() {
    let other = Issuer { iss: "https://other.example/".to_owned(), ..issuer() };
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let mut foreign = vectors["set"]["keys"][2].clone();
    foreign["kid"] = json!("a");
    let issuers = Issuers::empty().with(other).with(issuer_with(json!([foreign])));
    assert_eq!(issuers.verify(&draft().token(), now()), Err(Refusal("the signature is wrong")));
}

#[test]
fn only_three_parts_of_plain_base64url_are_a_token() {
    let token = draft().token();
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for wrong in [
        String::new(),
        "..".to_owned(),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}==.{signature}"),
        format!("{token}.{signature}"),
        format!(".{token}"),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}..{signature}"),
    ] {
        assert!(verify(&wrong).is_err(), "{wrong:?}");
    }
    let three = Err(Refusal("the token does not have three parts"));
    assert_eq!(verify(&format!("{token}.{signature}")), three);
    assert_eq!(verify(&format!("{header}.{claims}.")), three);
}

#[test]
fn a_token_is_at_most_8_kib() {
    let padded = |length: usize| draft().claim("padding", "a".repeat(length)).token();
    assert!(verify(&padded(5000)).is_ok());
    assert_eq!(verify(&padded(9 * 1024)), Err(Refusal("the token is longer than 8 KiB")));
}

#[test]
fn any_one_byte_flipped_refuses_the_token() {
    let token = draft().token();
    for at in 0..token.len() {
        let mut wrong = token.clone().into_bytes();
        wrong[at] ^= 1;
        assert!(verify(&String::from_utf8(wrong).unwrap()).is_err(), "at {at}");
    }
}

proptest! {
    #[test]
    fn any_other_byte_anywhere_refuses_the_token(at in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let token = draft().token();
        let mut wrong = token.clone().into_bytes();
        *at.get_mut(&mut wrong) = byte;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(verify(&wrong).is_ok(), wrong == token);
    }

    #[test]
    fn what_is_no_token_is_refused_without_a_panic(text in "\\PC{0,200}|[A-Za-z0-9_-]{0,60}(\\.[A-Za-z0-9_-]{0,60}){0,4}") {
        prop_assert!(verify(&text).is_err());
    }
}
