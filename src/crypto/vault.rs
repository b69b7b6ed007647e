//! The trusts' keys: made when a trust is made, kept wrapped in the database, opened once a process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::master::MasterKeys;
use super::sealed::{Place, RecordKey, Sealed};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::trust_keys;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// Opens and makes the keys under which text is sealed; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Vault {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    master: MasterKeys,
    open: Mutex<HashMap<Id, Arc<RecordKey>>>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_keys, check_for_backend(crate::db::Backend))]
struct TrustKeyRow {
    trust_id: Id,
    id: Id,
    master_name: String,
    wrapped: Sealed,
    created_at: Timestamp,
}

impl Vault {
    /// A vault under these master keys.
    pub fn new(master: MasterKeys) -> Self {
        Self { inner: Arc::new(Inner { master, open: Mutex::default() }) }
    }

    /// Makes a new trust's key.
    pub fn create_trust_key(&self, conn: &mut Conn, trust: Id, now: Timestamp) -> ApiResult<()> {
        let (id, master) = (Id::new(now), self.inner.master.current());
        let wrapped = master.key().seal(trust_key_place(trust, id), RecordKey::generate()?.expose())?;
        diesel::insert_into(trust_keys::table)
            .values(TrustKeyRow {
                trust_id: trust,
                id,
                master_name: master.name().to_owned(),
                wrapped,
                created_at: now,
            })
            .execute(conn)?;
        Ok(())
    }

    /// Whether the master keys open a trust's key.
    pub fn check(&self, conn: &mut Conn, trust: Id) -> ApiResult<()> {
        self.trust_key(conn, trust).map(|_| ())
    }

    /// Makes a record's data key: the key, and its wrapped form for the record's row.
    pub fn create_record_key(
        &self,
        conn: &mut Conn,
        trust: Id,
        record: Id,
    ) -> ApiResult<(RecordKey, Sealed)> {
        let key = RecordKey::generate()?;
        let wrapped = self.trust_key(conn, trust)?.seal(record_key_place(trust, record), key.expose())?;
        Ok((key, wrapped))
    }

    /// Opens a record's data key.
    pub fn record_key(
        &self,
        conn: &mut Conn,
        trust: Id,
        record: Id,
        wrapped: &Sealed,
    ) -> ApiResult<RecordKey> {
        let bytes = self.trust_key(conn, trust)?.open(record_key_place(trust, record), wrapped)?;
        key_of(&bytes)
    }

    /// A keyed commitment to content: proves later what was stored, tells nothing to who has not the key.
    pub fn commitment(&self, conn: &mut Conn, trust: Id, content: &[u8]) -> ApiResult<Vec<u8>> {
        let key = self.trust_key(conn, trust)?;
        Ok(keyed_hash(key.expose(), b"commitment", content))
    }

    /// The key under which a trust's API key secrets are hashed: a stolen table alone lets nobody guess. It comes
    /// from the trust's key, so that a change of master keys leaves API keys valid.
    pub fn pepper(&self, conn: &mut Conn, trust: Id) -> ApiResult<Vec<u8>> {
        Ok(keyed_hash(self.trust_key(conn, trust)?.expose(), b"api-keys", b""))
    }

    fn trust_key(&self, conn: &mut Conn, trust: Id) -> ApiResult<Arc<RecordKey>> {
        let open = || self.inner.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = open().get(&trust) {
            return Ok(Arc::clone(key));
        }
        let row: TrustKeyRow = trust_keys::table
            .filter(trust_keys::trust_id.eq(trust))
            .order(trust_keys::id.desc())
            .select(TrustKeyRow::as_select())
            .first(conn)?;
        let master = self.inner.master.named(&row.master_name).ok_or_else(|| {
            ApiError::internal(format!("master key {} is not in the key file", row.master_name))
        })?;
        let key = Arc::new(key_of(&master.key().open(trust_key_place(trust, row.id), &row.wrapped)?)?);
        open().insert(trust, Arc::clone(&key));
        Ok(key)
    }
}

fn key_of(bytes: &[u8]) -> ApiResult<RecordKey> {
    bytes
        .try_into()
        .map(RecordKey::from_bytes)
        .map_err(|_| ApiError::internal("a wrapped key has a wrong length"))
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
