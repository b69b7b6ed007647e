//! From the `Authorization` header to a [`Viewer`], with what was found kept for a moment.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::{self, HeaderMap};
use sha2::{Digest, Sha256};

use super::context::Services;
use super::standing;
use super::viewer::Viewer;
use crate::auth::issuers::Issuers;
use crate::auth::key_format::{KeyText, PREFIX};
use crate::auth::token::Verified;
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::Caller;
use crate::ids::Id;

/// How long a viewer is taken as read: a revocation or the end of an appointment holds on every node within this
/// time (the promise is 5 seconds).
const FRESH_SECONDS: i64 = 2;
/// Viewers kept; beyond it all are forgotten, which costs a look-up each.
const KEPT: usize = 20_000;

/// Recognises callers.
pub struct Authenticator {
    issuers: Arc<Issuers>,
    seen: Mutex<HashMap<[u8; 32], Seen>>,
}

struct Seen {
    /// When a token ends; a key's end is looked up with the key.
    expires_at: Option<Timestamp>,
    address: IpAddr,
    known: Known,
    read_at: Timestamp,
}

/// Who is calling: as the rules of access know them, and as their cursors do.
#[derive(Clone)]
pub struct Known {
    /// For the rules of access.
    pub viewer: Arc<Viewer>,
    /// For the cursors of lists.
    pub caller: Caller,
}

impl Known {
    /// One principal may act for several trusts.
    fn new(conn: &mut Conn, vault: &Vault, viewer: Viewer) -> ApiResult<Self> {
        let key = vault.cursor_key(conn, viewer.trust)?;
        let caller = Caller::new(&format!("{} {}", viewer.trust, viewer.principal), &key)?;
        Ok(Self { viewer: Arc::new(viewer), caller })
    }
}

impl Authenticator {
    /// With the issuers that are trusted.
    pub fn new(issuers: Issuers) -> Self {
        Self { issuers: Arc::new(issuers), seen: Mutex::default() }
    }

    /// The caller of a request; every failure is the same 401.
    pub async fn authenticate(
        &self,
        services: &Services,
        headers: &HeaderMap,
        address: IpAddr,
        now: Timestamp,
    ) -> ApiResult<Known> {
        let text = bearer(headers)?;
        let digest: [u8; 32] = Sha256::digest(&text).into();
        if let Some(seen) = self.lock().get(&digest).filter(|seen| seen.is_fresh(address, now)) {
            return Ok(seen.known.clone());
        }
        let (expires_at, known) = if text.starts_with(PREFIX) {
            (None, self.key(services, &text, address, now).await?)
        } else {
            // Verified anew each time: a key that its issuer has withdrawn must not go on by what was once verified.
            let token = self.verify(text, now).await?;
            (Some(token.expires_at), Self::token(services, token, now).await?)
        };
        self.keep(digest, Seen { expires_at, address, known: known.clone(), read_at: now });
        Ok(known)
    }

    /// Whether a token came that was not accepted before.
    pub fn is_new(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_ok_and(|text| {
            let digest: [u8; 32] = Sha256::digest(&text).into();
            !self.lock().contains_key(&digest)
        })
    }

    /// Verifies on a blocking thread: an unknown key may have to be fetched.
    async fn verify(&self, text: String, now: Timestamp) -> ApiResult<Verified> {
        let issuers = Arc::clone(&self.issuers);
        actix_web::web::block(move || issuers.verify(&text, now))
            .await
            .map_err(|_| ApiError::internal("a token check panicked"))?
            .map_err(|refusal| refused(refusal.0))
    }

    async fn token(services: &Services, token: Verified, now: Timestamp) -> ApiResult<Known> {
        let slug = token.trust.clone();
        let trust = services.db.read_shared(move |conn| standing::trust_of(conn, &slug)).await?;
        let trust = trust.ok_or_else(|| refused("the trust is not known"))?;
        let vault = services.vault.clone();
        let read = move |conn: &mut Conn| {
            let viewer = standing::of_token(conn, trust, &token, now)?;
            Known::new(conn, &vault, viewer)
        };
        services.db.read(trust, read).await
    }

    async fn key(
        &self,
        services: &Services,
        text: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> ApiResult<Known> {
        let key = KeyText::parse(text).ok_or_else(|| refused("an API key of a wrong form"))?;
        let slug = key.trust.clone();
        let trust = services.db.read_shared(move |conn| standing::trust_of(conn, &slug)).await?;
        let trust = trust.ok_or_else(|| refused("the trust is not known"))?;
        let (vault, id) = (services.vault.clone(), key.id);
        let read = move |conn: &mut Conn| {
            let found = standing::of_key(conn, &vault, trust, &key, address, now)?;
            Ok((found.use_is_stale, Known::new(conn, &vault, found.viewer)?))
        };
        let (use_is_stale, known) = services.db.read(trust, read).await?;
        if use_is_stale {
            Self::note_use(services, trust, id, now).await;
        }
        Ok(known)
    }

    /// Writes down that a key was used, at most every ten minutes. This is a convenience for whoever tidies up keys,
    /// no act of anybody and no record of what was done (the audit log has that): so it goes round `Tx`, leaves no
    /// entry, event or version behind, and its failure does not stop the request.
    async fn note_use(services: &Services, trust: Id, key: Id, now: Timestamp) {
        let noted = services.db.write(trust, move |conn| standing::note_use(conn, trust, key, now)).await;
        if let Err(error) = noted {
            log::warn!("the last use of an API key could not be noted: {error}");
        }
    }

    fn keep(&self, digest: [u8; 32], seen: Seen) {
        let mut kept = self.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(digest, seen);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn is_fresh(&self, address: IpAddr, now: Timestamp) -> bool {
        self.address == address
            && self.read_at <= now
            && self.read_at.plus_seconds(FRESH_SECONDS) > now
            && self.expires_at.is_none_or(|end| end > now)
    }
}

/// The token of exactly one well-formed `Authorization` header.
fn bearer(headers: &HeaderMap) -> ApiResult<String> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let first = values.next().ok_or_else(|| ApiError::of(Code::Unauthenticated))?;
    if values.next().is_some() {
        return Err(refused("more than one Authorization header"));
    }
    let text = first.to_str().map_err(|_| refused("an Authorization header that is not text"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(refused("an Authorization header that is not Bearer with one token"));
    }
    Ok(token.to_owned())
}

/// The reason is for the log; the caller is only told that the token will not do.
fn refused(reason: &str) -> ApiError {
    ApiError { cause: Some(reason.to_owned()), ..ApiError::because(Code::Unauthenticated, "refused") }
}
