//! The issuers file: TOML, every field typed, every unknown field refused.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use ureq::http::Uri;

use super::{Allowed, Issuer, Issuers, LONGEST_MINUTES, USUAL_MINUTES};
use super::{is_role_name, is_trust_slug, plain_typ};
use crate::auth::jwks::{self, Algorithm, Fetch, Keys};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    issuer: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Profile {
    Development,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    iss: String,
    trusts: Vec<String>,
    roles: Vec<String>,
    audience: Vec<String>,
    algorithms: Vec<Algorithm>,
    #[serde(default = "usual_typ")]
    typ: Vec<String>,
    #[serde(default = "usual_minutes")]
    max_lifetime_minutes: u32,
    jwks_file: Option<String>,
    jwks_url: Option<String>,
    #[serde(default = "usual_subject")]
    subject_claim: String,
    #[serde(default = "usual_roles")]
    roles_claim: String,
    #[serde(default = "usual_trust")]
    trust_claim: String,
    #[serde(default = "usual_person")]
    person_claim: String,
    profile: Option<Profile>,
}

fn usual_typ() -> Vec<String> {
    vec!["at+jwt".to_owned()]
}

fn usual_minutes() -> u32 {
    USUAL_MINUTES
}

fn usual_subject() -> String {
    "sub".to_owned()
}

fn usual_roles() -> String {
    "roles".to_owned()
}

fn usual_trust() -> String {
    "trust".to_owned()
}

fn usual_person() -> String {
    "person".to_owned()
}

/// What an entry's checks need to know beside the entry.
struct Surroundings<'a> {
    folder: &'a Path,
    loopback: bool,
    fetch: &'a Fetch,
}

impl Issuers {
    /// Reads the issuers file. `loopback` says that the service listens on this machine only: a development profile
    /// is refused where it does not. The error is one line that names the file, the issuer and the field.
    pub fn load(path: &Path, loopback: bool) -> Result<Self, String> {
        Self::load_with(path, loopback, &jwks::over_network())
    }

    /// The same with another way to fetch key sets, for tests.
    pub fn load_with(path: &Path, loopback: bool, fetch: &Fetch) -> Result<Self, String> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let document: Document =
            toml::from_str(&text).map_err(|error| format!("{name}: {}", one_line(&error, &text)))?;
        if document.issuer.is_empty() {
            return Err(format!("{name}: issuer: the file names none"));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let around = Surroundings { folder, loopback, fetch };
        let mut issuers = Self::empty();
        for entry in document.issuer {
            let iss = entry.iss.clone();
            if issuers.named(&iss).is_some() {
                return Err(format!("{name}: issuer {iss:?}: iss: named twice"));
            }
            let issuer =
                entry.checked(&around).map_err(|fault| format!("{name}: issuer {iss:?}: {fault}"))?;
            issuers = issuers.with(issuer);
        }
        Ok(issuers)
    }
}

/// The library's message spreads over lines with an excerpt; a start-up error is one line.
fn one_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("line {line}: {}", error.message().replace('\n', " "))
}

impl Entry {
    fn checked(self, around: &Surroundings<'_>) -> Result<Issuer, String> {
        let development = self.profile == Some(Profile::Development);
        if development && !around.loopback {
            return Err("profile: a development profile is for a service on loopback only".to_owned());
        }
        check_texts("iss", std::slice::from_ref(&self.iss))?;
        check_texts("audience", &self.audience)?;
        check_texts("typ", &self.typ)?;
        self.check_claims()?;
        if self.algorithms.is_empty() {
            return Err("algorithms: none is given".to_owned());
        }
        if self.algorithms.contains(&Algorithm::HS256) && !development {
            return Err("algorithms: HS256 is for a development profile only".to_owned());
        }
        if !(1..=LONGEST_MINUTES).contains(&self.max_lifetime_minutes) {
            return Err(format!("max_lifetime_minutes: not within 1 to {LONGEST_MINUTES}"));
        }
        let keys = keys(self.jwks_file, self.jwks_url, around, development)?;
        Ok(Issuer {
            trusts: allowed("trusts", self.trusts, development, is_trust_slug)?,
            roles: allowed("roles", self.roles, development, is_role_name)?,
            typ: self.typ.iter().map(|typ| plain_typ(typ)).collect(),
            lifetime_seconds: i64::from(self.max_lifetime_minutes) * 60,
            iss: self.iss,
            audience: self.audience,
            algorithms: self.algorithms,
            subject_claim: self.subject_claim,
            roles_claim: self.roles_claim,
            trust_claim: self.trust_claim,
            person_claim: self.person_claim,
            keys,
        })
    }

    /// Two meanings of one claim would let a token's owner choose one by the other.
    fn check_claims(&self) -> Result<(), String> {
        let claims = [
            ("subject_claim", &self.subject_claim),
            ("roles_claim", &self.roles_claim),
            ("trust_claim", &self.trust_claim),
            ("person_claim", &self.person_claim),
        ];
        let mut taken: BTreeSet<&str> = ["iss", "aud", "exp", "nbf", "iat", "jti"].into();
        for (field, claim) in claims {
            check_texts(field, std::slice::from_ref(claim))?;
            if !taken.insert(claim) || (claim == "sub" && field != "subject_claim") {
                return Err(format!("{field}: the claim {claim:?} has another meaning already"));
            }
        }
        Ok(())
    }
}

fn check_texts(field: &str, values: &[String]) -> Result<(), String> {
    let sound = |text: &String| {
        (1..=255).contains(&text.len()) && !text.contains(|c: char| c.is_control() || c.is_whitespace())
    };
    if values.is_empty() || !values.iter().all(sound) {
        return Err(format!("{field}: needs 1 to 255 characters without spaces"));
    }
    Ok(())
}

fn allowed(
    field: &str,
    values: Vec<String>,
    development: bool,
    is_sound: fn(&str) -> bool,
) -> Result<Allowed, String> {
    if values == ["*"] {
        let refused = format!("{field}: \"*\" is for a development profile only");
        return if development { Ok(Allowed::Any) } else { Err(refused) };
    }
    if values.is_empty() {
        return Err(format!("{field}: none is given"));
    }
    match values.iter().find(|value| !is_sound(value)) {
        Some(wrong) => Err(format!("{field}: {wrong:?} does not have the form of one")),
        None => Ok(Allowed::Only(values)),
    }
}

fn keys(
    file: Option<String>,
    url: Option<String>,
    around: &Surroundings<'_>,
    development: bool,
) -> Result<Keys, String> {
    match (file, url) {
        (Some(file), None) => Keys::from_file(around.folder.join(file), development)
            .map_err(|fault| format!("jwks_file: {fault}")),
        (None, Some(url)) => {
            check_url(&url)?;
            Ok(Keys::from_url(url, Arc::clone(around.fetch), development))
        }
        _ => Err("jwks_file or jwks_url: exactly one of the two is needed".to_owned()),
    }
}

/// Keys that came over plain HTTP could be anybody's.
fn check_url(url: &str) -> Result<(), String> {
    let parsed: Uri = url.parse().map_err(|_| "jwks_url: not a URL".to_owned())?;
    let host = parsed.host().unwrap_or_default();
    if host.is_empty() || parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("jwks_url: needs a host, without a user name".to_owned());
    }
    match parsed.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_loopback(host) => Ok(()),
        _ => Err("jwks_url: https only (http for this machine)".to_owned()),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    const RIGHT: &str = r#"
[[issuer]]
iss = "https://login.example/"
trusts = ["trust-a"]
roles = ["dsl", "staff"]
audience = ["https://tutela.example"]
algorithms = ["EdDSA"]
jwks_file = "keys.json"
"#;

    fn load(text: &str, loopback: bool) -> Result<Issuers, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("keys.json"), SET).unwrap();
        let path = folder.path().join("issuers.toml");
        std::fs::write(&path, text).unwrap();
        Issuers::load(&path, loopback)
    }

    /// The fault that this change of a sound file makes.
    fn fault(from: &str, to: &str) -> String {
        assert!(RIGHT.contains(from), "{from}");
        load(&RIGHT.replace(from, to), true).err().unwrap_or_else(|| format!("accepted: {to}"))
    }

    #[test]
    fn a_sound_file_gets_the_usual_values() {
        let issuers = load(RIGHT, false).unwrap();
        let issuer = issuers.named("https://login.example/").unwrap();
        assert_eq!((issuer.lifetime_seconds, issuer.typ.as_slice()), (3600, &["at+jwt".to_owned()][..]));
        assert_eq!(issuer.trusts.single(), Some("trust-a"));
        assert_eq!((issuer.subject_claim.as_str(), issuer.person_claim.as_str()), ("sub", "person"));
    }

    #[test]
    fn a_fault_is_one_line_that_names_file_issuer_and_field() {
        let text = fault("trust-a", "Trust A");
        let named =
            ["issuers.toml", "https://login.example/", "trusts"].iter().all(|part| text.contains(part));
        assert!(named && text.lines().count() == 1, "{text}");
        let text = fault("[[issuer]]", "[[issuer]]\njwks_uri = 1");
        assert!(text.contains("line 3") && text.contains("jwks_uri") && text.lines().count() == 1, "{text}");
    }

    #[test]
    fn each_unsound_field_is_refused_by_name() {
        for (from, to, field) in [
            ("\"https://login.example/\"", "\"\"", "iss:"),
            ("[\"trust-a\"]", "[]", "trusts:"),
            ("[\"trust-a\"]", "[\"*\"]", "trusts:"),
            ("[\"dsl\", \"staff\"]", "[\"dsl:1\"]", "roles:"),
            ("[\"dsl\", \"staff\"]", "[\"*\"]", "roles:"),
            ("[\"https://tutela.example\"]", "[]", "audience:"),
            ("[\"EdDSA\"]", "[]", "algorithms:"),
            ("[\"EdDSA\"]", "[\"HS256\"]", "algorithms:"),
            ("[\"EdDSA\"]", "[\"none\"]", "none"),
            ("roles =", "typ = []\nroles =", "typ:"),
            ("roles =", "max_lifetime_minutes = 1441\nroles =", "max_lifetime_minutes:"),
            ("roles =", "max_lifetime_minutes = 0\nroles =", "max_lifetime_minutes:"),
            ("roles =", "roles_claim = \"aud\"\nroles =", "roles_claim:"),
            ("roles =", "trust_claim = \"sub\"\nroles =", "trust_claim:"),
            ("roles =", "subject_claim = \"oid\"\nroles_claim = \"sub\"\nroles =", "roles_claim:"),
            ("roles =", "person_claim = \"roles\"\nroles =", "person_claim:"),
            ("jwks_file = \"keys.json\"", "", "jwks_file or jwks_url:"),
            ("roles =", "jwks_url = \"https://login.example/keys\"\nroles =", "jwks_file or jwks_url:"),
            ("keys.json", "missing.json", "jwks_file:"),
        ] {
            let text = fault(from, to);
            assert!(text.contains(field) && !text.starts_with("accepted"), "{to}: {text}");
        }
    }

    #[test]
    fn key_urls_are_https_but_on_this_machine() {
        let faults = |url: &str| fault("jwks_file = \"keys.json\"", &format!("jwks_url = \"{url}\""));
        for right in
            ["https://login.example/keys", "http://127.0.0.1:8/k", "http://[::1]/k", "http://localhost/k"]
        {
            assert!(faults(right).starts_with("accepted"), "{right}: {}", faults(right));
        }
        let userinfo = "https://me@login.example/";
        for wrong in
            ["http://login.example/", "http://localhost.example/", userinfo, "file:///etc/x", "/keys", ""]
        {
            assert!(faults(wrong).contains("jwks_url:"), "{wrong}: {}", faults(wrong));
        }
    }

    #[test]
    fn a_development_profile_stays_on_loopback() {
        let text = RIGHT.replace("[\"trust-a\"]", "[\"*\"]").replace("[\"EdDSA\"]", "[\"EdDSA\", \"HS256\"]")
            + "profile = \"development\"\n";
        assert!(load(&text, true).is_ok());
        assert!(load(&text, false).is_err_and(|fault| fault.contains("profile:")));
    }

    #[test]
    fn an_issuer_named_twice_or_none_at_all_is_refused() {
        assert!(load(&RIGHT.repeat(2), true).is_err_and(|fault| fault.contains("twice")));
        assert!(load("", true).is_err_and(|fault| fault.contains("none")));
    }
}
