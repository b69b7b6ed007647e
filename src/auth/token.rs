//! Verifying access tokens (RFC 9068, with the advice of RFC 8725).
//!
//! The library checks signatures and nothing else here: its own checks take the machine's time, and by default they
//! accept a missing `aud` or `iss`, a future `nbf`, any `typ` and an unknown `crit`.

mod members;

use members::Members;

use super::issuers::{Issuer, Issuers, is_role_name, is_trust_slug, plain_typ};
use super::jwks::{Algorithm, Miss};
use crate::clock::Timestamp;
use crate::ids::Id;

/// The longest token that is read.
const LONGEST: usize = 8 * 1024;
/// How far the clocks of an issuer and this machine may be apart.
const LEEWAY_MICROS: i64 = 30_000_000;
/// More roles than this are no description of a person.
const MOST_ROLES: usize = 64;
/// Header members that change what is verified, and by which key; their sender must not choose that.
const REFUSED_HEADERS: [&str; 7] = ["crit", "jku", "jwk", "x5u", "x5c", "zip", "b64"];

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The issuer's name; together with `subject` it names the caller.
    pub issuer: String,
    /// Who calls, as the issuer names them.
    pub subject: String,
    /// The slug of the trust that the token is for.
    pub trust: String,
    /// The roles that it gives, as far as its issuer may give them.
    pub roles: Vec<RoleClaim>,
    /// Who calls, as our record names them, where the token says so.
    pub person: Option<Id>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A role as a token gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleClaim {
    /// The role's name.
    pub role: String,
    /// The school that it is held at, by its Unique Reference Number.
    pub urn: Option<i32>,
}

/// Why a token is refused: for the log, never the caller. The text is fixed, so that nothing of the token gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

impl Issuers {
    /// What the token says, where everything about it is right. This may fetch keys: call it on a blocking thread.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Refusal> {
        let signed = Signed::read(token)?;
        let iss = signed.claims.text("iss")?.ok_or(Refusal("iss is missing"))?;
        let issuer = self.named(iss).ok_or(Refusal("iss is not a known issuer"))?;
        issuer.check_signature(&signed, now)?;
        let expires_at = issuer.check_times(&signed.claims, now)?;
        issuer.check_audience(&signed.claims)?;
        Ok(Verified {
            issuer: issuer.iss.clone(),
            subject: issuer.subject(&signed.claims)?,
            trust: issuer.trust(&signed.claims)?,
            roles: issuer.roles(&signed.claims)?,
            person: issuer.person(&signed.claims)?,
            expires_at,
        })
    }
}

/// A token in its parts, read but not believed.
struct Signed<'a> {
    /// What the signature is over.
    message: &'a str,
    signature: &'a str,
    header: Members,
    claims: Members,
}

impl<'a> Signed<'a> {
    fn read(token: &'a str) -> Result<Self, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal("the token is longer than 8 KiB"));
        }
        let three = Refusal("the token does not have three parts");
        let (message, signature) = token.rsplit_once('.').ok_or(three)?;
        let (header, claims) = message.split_once('.').ok_or(three)?;
        if claims.contains('.') || signature.is_empty() {
            return Err(three);
        }
        let header =
            Members::read(header).ok_or(Refusal("the header is not an object with each member once"))?;
        let claims =
            Members::read(claims).ok_or(Refusal("the claims are not an object with each member once"))?;
        if REFUSED_HEADERS.iter().any(|name| header.has(name)) {
            return Err(Refusal("the header has a member that is refused"));
        }
        Ok(Self { message, signature, header, claims })
    }
}

impl Issuer {
    fn check_signature(&self, signed: &Signed<'_>, now: Timestamp) -> Result<(), Refusal> {
        let typ = signed.header.text("typ")?.ok_or(Refusal("typ is missing"))?;
        if !self.typ.contains(&plain_typ(typ)) {
            return Err(Refusal("typ is not one of this issuer's"));
        }
        let algorithm = signed
            .header
            .text("alg")?
            .and_then(Algorithm::parse)
            .filter(|algorithm| self.algorithms.contains(algorithm))
            .ok_or(Refusal("alg is missing or not one of this issuer's"))?;
        let kid = signed.header.text("kid")?;
        let key = self.keys.find(kid, algorithm, now).map_err(|miss| match miss {
            Miss::Unknown => Refusal("kid names no key of this issuer"),
            Miss::Unfit => Refusal("the key is not for this alg"),
            Miss::Ambiguous => Refusal("kid is missing and several keys could be meant"),
        })?;
        if key.verifies(algorithm, signed.message, signed.signature) {
            return Ok(());
        }
        Err(Refusal("the signature is wrong"))
    }

    fn check_times(&self, claims: &Members, now: Timestamp) -> Result<Timestamp, Refusal> {
        let expires = claims.moment("exp")?.ok_or(Refusal("exp is missing"))?;
        let issued = claims.moment("iat")?.ok_or(Refusal("iat is missing"))?;
        let latest = now.micros().saturating_add(LEEWAY_MICROS);
        if expires <= now.micros().saturating_sub(LEEWAY_MICROS) {
            return Err(Refusal("the token has expired"));
        }
        if claims.moment("nbf")?.is_some_and(|begins| begins > latest) {
            return Err(Refusal("nbf is in the future"));
        }
        if issued > latest {
            return Err(Refusal("iat is in the future"));
        }
        if expires.saturating_sub(issued) > self.lifetime_seconds.saturating_mul(1_000_000) {
            return Err(Refusal("the token lives longer than this issuer's may"));
        }
        Ok(Timestamp::from_micros(expires))
    }

    fn check_audience(&self, claims: &Members) -> Result<(), Refusal> {
        let audience = claims.texts("aud")?.ok_or(Refusal("aud is missing"))?;
        if audience.iter().any(|name| self.audience.iter().any(|own| own == name)) {
            return Ok(());
        }
        Err(Refusal("aud does not name this service"))
    }

    /// `sub` is required even where another claim names the caller, so that no entry makes a token count that
    /// RFC 9068 refuses.
    fn subject(&self, claims: &Members) -> Result<String, Refusal> {
        let sound =
            |text: &str| (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        claims.text("sub")?.filter(|text| sound(text)).ok_or(Refusal("sub is missing or unsound"))?;
        let subject = claims.text(&self.subject_claim)?.filter(|text| sound(text));
        subject.map(str::to_owned).ok_or(Refusal("the subject claim is missing or unsound"))
    }

    fn trust(&self, claims: &Members) -> Result<String, Refusal> {
        let said = claims.text(&self.trust_claim)?;
        let trust = said.or(self.trusts.single()).ok_or(Refusal("the trust claim is missing"))?;
        if is_trust_slug(trust) && self.trusts.has(trust) {
            return Ok(trust.to_owned());
        }
        Err(Refusal("the trust is not one that this issuer may speak for"))
    }

    fn roles(&self, claims: &Members) -> Result<Vec<RoleClaim>, Refusal> {
        let said = claims.texts(&self.roles_claim)?.unwrap_or_default();
        if said.len() > MOST_ROLES {
            return Err(Refusal("more than 64 roles"));
        }
        let mut roles = Vec::with_capacity(said.len());
        for role in said.into_iter().filter_map(RoleClaim::parse) {
            if self.roles.has(&role.role) && !roles.contains(&role) {
                roles.push(role);
            }
        }
        Ok(roles)
    }

    fn person(&self, claims: &Members) -> Result<Option<Id>, Refusal> {
        let Some(text) = claims.text(&self.person_claim)? else { return Ok(None) };
        Id::parse(text).map(Some).ok_or(Refusal("the person claim is not an identifier"))
    }
}

impl RoleClaim {
    /// Reads `role` or `role:URN`. What has another form gives no role, and so no right.
    pub fn parse(text: &str) -> Option<Self> {
        let (role, urn) = match text.split_once(':') {
            Some((role, urn)) => (role, Some(parse_urn(urn)?)),
            None => (text, None),
        };
        is_role_name(role).then(|| Self { role: role.to_owned(), urn })
    }
}

/// A school's URN has six digits; seven leave room.
fn parse_urn(text: &str) -> Option<i32> {
    let plain = (1..=7).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests;
