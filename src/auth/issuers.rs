//! Who may vouch for callers: the configured token issuers, and what each of them may say.

mod development;
mod file;

use std::sync::Arc;

pub use development::{DevelopmentClaims, DevelopmentKey};

use super::jwks::{Algorithm, Keys};

/// The longest a token may live where its issuer's entry does not say otherwise (RFC 9068 gives no number).
const USUAL_MINUTES: u32 = 60;
/// The longest that an entry may allow.
const LONGEST_MINUTES: u32 = 1440;

/// Every issuer that this service listens to.
#[derive(Clone, Default)]
pub struct Issuers {
    entries: Vec<Arc<Issuer>>,
}

impl Issuers {
    /// None: every token is refused.
    pub fn empty() -> Self {
        Self::default()
    }

    /// One more issuer, in place of one of the same name.
    #[must_use]
    pub fn with(mut self, issuer: Issuer) -> Self {
        self.entries.retain(|entry| entry.iss != issuer.iss);
        self.entries.push(Arc::new(issuer));
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The issuer of that name: compared byte by byte, as RFC 9068 says.
    pub(super) fn named(&self, iss: &str) -> Option<&Issuer> {
        self.entries.iter().find(|entry| entry.iss == iss).map(Arc::as_ref)
    }
}

/// One issuer: what its tokens look like and what they may say.
pub struct Issuer {
    pub(super) iss: String,
    pub(super) trusts: Allowed,
    pub(super) roles: Allowed,
    pub(super) audience: Vec<String>,
    pub(super) algorithms: Vec<Algorithm>,
    /// As `plain_typ` writes them.
    pub(super) typ: Vec<String>,
    pub(super) lifetime_seconds: i64,
    pub(super) subject_claim: String,
    pub(super) roles_claim: String,
    pub(super) trust_claim: String,
    pub(super) person_claim: String,
    pub(super) keys: Keys,
}

/// Which values an issuer may use.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Whatever it says: in a development profile only.
    Any,
    /// These.
    Only(Vec<String>),
}

impl Allowed {
    pub(super) fn has(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(values) => values.iter().any(|own| own == value),
        }
    }

    /// The value that need not be said, since there is no other.
    pub(super) fn single(&self) -> Option<&str> {
        match self {
            Self::Only(values) if values.len() == 1 => values.first().map(String::as_str),
            _ => None,
        }
    }
}

/// A media type as tokens are compared by (RFC 7515 §4.1.9): without case and without `application/`.
pub(super) fn plain_typ(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").map(str::to_owned).unwrap_or(typ)
}

/// Whether this can be a trust's slug: `^[a-z0-9][a-z0-9-]{1,40}$`.
pub(super) fn is_trust_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=41).contains(&text.len())
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || byte == b'-')
}

/// Whether this can be a role's name: `^[a-z][a-z0-9_-]{0,39}$`.
pub(super) fn is_role_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    (1..=40).contains(&text.len())
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_have_one_form() {
        for right in ["ab", "trust-a", "7x", &"a".repeat(41)] {
            assert!(is_trust_slug(right), "{right}");
        }
        for wrong in ["", "a", "-a", "Trust", "a_b", "a b", "tröst", &"a".repeat(42)] {
            assert!(!is_trust_slug(wrong), "{wrong}");
        }
    }

    #[test]
    fn media_types_compare_without_case_and_prefix() {
        assert_eq!(plain_typ("Application/AT+JWT"), "at+jwt");
        assert_eq!(plain_typ("JWT"), "jwt");
        assert_eq!(plain_typ("application/application/jwt"), "application/jwt");
    }

    #[test]
    fn only_a_single_value_need_not_be_said() {
        let only = |values: &[&str]| Allowed::Only(values.iter().map(ToString::to_string).collect());
        assert_eq!(only(&["a"]).single(), Some("a"));
        assert_eq!(only(&["a", "b"]).single(), None);
        assert_eq!(Allowed::Any.single(), None);
    }
}
