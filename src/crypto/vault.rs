//! The trusts' keys: made when a trust is made, kept wrapped in the database, opened once a process.
//!
//! A trust may have several keys over time. A record's data key says by which of them it was wrapped, so that a node goes
//! on with keys that others have replaced; new data keys are wrapped by the newest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::db::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::sealed::{Place, RecordKey, Sealed};
use super::service::{KeyService, Wrapped};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::trust_keys;
use crate::error::ApiResult;
use crate::ids::Id;

/// Opens and makes the keys under which text is sealed; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Vault {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    service: Box<dyn KeyService>,
    /// Trusts' keys by trust and key.
    open: Mutex<HashMap<(Id, Id), Arc<RecordKey>>>,
    /// The first key of each trust.
    first: Mutex<HashMap<Id, Id>>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_keys, check_for_backend(crate::db::Backend))]
pub(super) struct TrustKeyRow {
    trust_id: Id,
    id: Id,
    master_name: String,
    wrapped: Sealed,
    created_at: Timestamp,
}

impl Vault {
    /// A vault over the service that keeps the master keys.
    pub fn new(service: impl KeyService + 'static) -> Self {
        let inner = Inner { service: Box::new(service), open: Mutex::default(), first: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn service(&self) -> &dyn KeyService {
        self.inner.service.as_ref()
    }

    /// Makes a trust's key: its first, or the one that wraps new data keys from now on.
    pub fn create_trust_key(&self, conn: &mut Conn, trust: Id, now: Timestamp) -> ApiResult<()> {
        let id = Id::new(now);
        let wrapped = self.service().wrap(trust_key_place(trust, id), &RecordKey::generate()?)?;
        diesel::insert_into(trust_keys::table)
            .values(TrustKeyRow {
                trust_id: trust,
                id,
                master_name: wrapped.master,
                wrapped: wrapped.sealed,
                created_at: now,
            })
            .execute(conn)?;
        Ok(())
    }

    /// Whether the master keys open all of a trust's keys.
    pub fn check(&self, conn: &mut Conn, trust: Id) -> ApiResult<()> {
        trust_key_rows(conn, trust)?.iter().try_for_each(|row| self.open_trust_key(row).map(|_| ()))
    }

    /// Wraps a trust's keys, where another master key does so yet, under the current one; returns how many.
    pub fn rewrap_trust_keys(&self, conn: &mut Conn, trust: Id) -> ApiResult<usize> {
        let current = self.service().current()?;
        let mut rewrapped = 0;
        for row in trust_key_rows(conn, trust)?.into_iter().filter(|row| row.master_name != current) {
            let key = self.open_trust_key(&row)?;
            let new = self.service().wrap(trust_key_place(trust, row.id), &key)?;
            rewrapped += diesel::update(trust_keys::table.find((trust, row.id)))
                .filter(trust_keys::wrapped.eq(&row.wrapped))
                .set((trust_keys::master_name.eq(new.master), trust_keys::wrapped.eq(new.sealed)))
                .execute(conn)?;
        }
        Ok(rewrapped)
    }

    /// Makes a record's data key: the key, and its wrapped form for the record's row.
    pub fn create_record_key(
        &self,
        conn: &mut Conn,
        trust: Id,
        record: Id,
    ) -> ApiResult<(RecordKey, Sealed)> {
        let key = RecordKey::generate()?;
        let newest = newest_trust_key(conn, trust)?;
        let wrapped = self.wrap_record_key(conn, trust, newest, record, &key)?;
        Ok((key, wrapped))
    }

    /// A data key's wrapped form under one of the trust's keys.
    pub(super) fn wrap_record_key(
        &self,
        conn: &mut Conn,
        trust: Id,
        by: Id,
        record: Id,
        key: &RecordKey,
    ) -> ApiResult<Sealed> {
        let sealed = self.trust_key(conn, trust, by)?.seal(record_key_place(trust, record), key.expose())?;
        Ok(sealed.under(by))
    }

    /// Opens a record's data key.
    pub fn record_key(
        &self,
        conn: &mut Conn,
        trust: Id,
        record: Id,
        wrapped: &Sealed,
    ) -> ApiResult<RecordKey> {
        let (by, sealed) = match wrapped.wrapped_by() {
            Some((by, sealed)) => (by, sealed),
            // From before a trust could have several keys.
            None => (self.first_trust_key(conn, trust)?, wrapped.clone()),
        };
        let bytes = self.trust_key(conn, trust, by)?.open(record_key_place(trust, record), &sealed)?;
        RecordKey::from_slice(&bytes)
    }

    /// A keyed commitment to content: proves later what was stored, tells nothing to who has not the key. The key is the
    /// trust's first, which stays: commitments are compared over years.
    pub fn commitment(&self, conn: &mut Conn, trust: Id, content: &[u8]) -> ApiResult<Vec<u8>> {
        Ok(keyed_hash(self.hashing_key(conn, trust)?.expose(), b"commitment", content))
    }

    /// The key under which a trust's API key secrets are hashed: a stolen table alone lets nobody guess. It comes from
    /// the trust's first key, so that no rotation makes an API key invalid.
    pub fn pepper(&self, conn: &mut Conn, trust: Id) -> ApiResult<Vec<u8>> {
        Ok(keyed_hash(self.hashing_key(conn, trust)?.expose(), b"api-keys", b""))
    }

    /// The key under which the cursors of a trust's lists are hashed: all nodes have the same, and no caller has it.
    pub fn cursor_key(&self, conn: &mut Conn, trust: Id) -> ApiResult<Vec<u8>> {
        Ok(keyed_hash(self.hashing_key(conn, trust)?.expose(), b"cursors", b""))
    }

    fn hashing_key(&self, conn: &mut Conn, trust: Id) -> ApiResult<Arc<RecordKey>> {
        let first = self.first_trust_key(conn, trust)?;
        self.trust_key(conn, trust, first)
    }

    fn first_trust_key(&self, conn: &mut Conn, trust: Id) -> ApiResult<Id> {
        let known = || self.inner.first.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = known().get(&trust) {
            return Ok(*first);
        }
        let first: Id = trust_keys::table
            .filter(trust_keys::trust_id.eq(trust))
            .order(trust_keys::id)
            .select(trust_keys::id)
            .first(conn)?;
        known().insert(trust, first);
        Ok(first)
    }

    fn trust_key(&self, conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Arc<RecordKey>> {
        let open = || self.inner.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = open().get(&(trust, id)) {
            return Ok(Arc::clone(key));
        }
        let row: TrustKeyRow =
            trust_keys::table.find((trust, id)).select(TrustKeyRow::as_select()).first(conn)?;
        let key = Arc::new(self.open_trust_key(&row)?);
        open().insert((trust, id), Arc::clone(&key));
        Ok(key)
    }

    fn open_trust_key(&self, row: &TrustKeyRow) -> ApiResult<RecordKey> {
        let wrapped = Wrapped { master: row.master_name.clone(), sealed: row.wrapped.clone() };
        self.service().open(trust_key_place(row.trust_id, row.id), &wrapped)
    }
}

/// The key that wraps a trust's new data keys. It is asked for each time: another node may have made it a moment ago.
pub(super) fn newest_trust_key(conn: &mut Conn, trust: Id) -> ApiResult<Id> {
    Ok(trust_keys::table
        .filter(trust_keys::trust_id.eq(trust))
        .order(trust_keys::id.desc())
        .select(trust_keys::id)
        .first(conn)?)
}

fn trust_key_rows(conn: &mut Conn, trust: Id) -> ApiResult<Vec<TrustKeyRow>> {
    Ok(trust_keys::table
        .filter(trust_keys::trust_id.eq(trust))
        .order(trust_keys::id)
        .select(TrustKeyRow::as_select())
        .load(conn)?)
}

const fn trust_key_place(trust: Id, id: Id) -> Place {
    Place::new(trust, "trust_keys", "wrapped", id)
}

const fn record_key_place(trust: Id, record: Id) -> Place {
    Place::new(trust, "records", "data_key", record)
}

fn keyed_hash(key: &[u8; 32], purpose: &[u8], content: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new(); // HMAC takes keys of every length
    };
    mac.update(purpose);
    mac.update(&[0]);
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}
