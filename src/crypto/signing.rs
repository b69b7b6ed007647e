//! The service's own signing keys: for whoever verifies, outside and later, what this service has signed.
//!
//! One key a purpose signs at a time. Its successor is published a day before it takes over, so that whoever keeps a copy
//! of the published keys has it by then; a key that has done its time stays published. One that somebody else may have is
//! revoked: it signs no more from that moment, and is published as revoked. The private half is sealed under a master key
//! and is never in the database as it is.

use crate::db::prelude::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

use super::Vault;
use super::sealed::{Place, RecordKey, Sealed};
use super::service::Wrapped;
use crate::clock::Timestamp;
use crate::db::portable::Portable;
use crate::db::schema::signing_keys;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// How long a key is published before it signs, in seconds.
const AHEAD: i64 = 86_400;

/// What is signed under names of their own: a signature for one purpose is none for another.
pub const PURPOSES: [&str; 3] = ["checkpoints", "packages", "webhooks"];

/// A key as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, check_for_backend(Backend), treat_none_as_default_value = false)]
struct SigningKeyRow {
    purpose: String,
    number: i32,
    id: Id,
    public_key: Vec<u8>,
    master_name: String,
    sealed: Sealed,
    created_at: Timestamp,
    signs_from: Timestamp,
    signs_until: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

/// The public half of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name: the thumbprint of RFC 7638.
    pub kid: String,
    /// What it signs.
    pub purpose: String,
    /// The 32 bytes, in base64url.
    pub x: String,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it ends.
    pub signs_until: Option<Timestamp>,
    /// When it was taken out of use, since somebody else may have it: nothing that it signed is to be believed without
    /// another proof of when it was signed.
    pub revoked_at: Option<Timestamp>,
}

/// What a key is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyName {
    /// Its identifier, for the audit log.
    pub id: Id,
    /// Its published name.
    pub kid: String,
    /// What it signs.
    pub purpose: String,
}

impl SigningKeyName {
    fn of(row: &SigningKeyRow) -> Self {
        Self { id: row.id, kid: public(row).kid, purpose: row.purpose.clone() }
    }
}

/// A key that was taken out of use, and who signs in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The key.
    pub revoked: SigningKeyName,
    /// Its successor; none where it had done its time.
    pub successor: Option<SigningKeyName>,
}

impl Vault {
    /// Makes the keys that are not there yet; of two nodes that do so at once one is too late.
    pub fn ensure_signing_keys(&self, conn: &mut Conn, now: Timestamp) -> ApiResult<()> {
        for purpose in PURPOSES {
            if newest(conn, purpose)?.is_none() {
                let row = self.new_signing_key(purpose, 1, now, now)?;
                let insert = diesel::insert_into(signing_keys::table).values(row).on_conflict_do_nothing();
                Portable(insert).execute(conn)?;
            }
        }
        Ok(())
    }

    /// Makes a key's successor, which takes over in a day.
    pub fn rotate_signing_key(
        &self,
        conn: &mut Conn,
        purpose: &str,
        now: Timestamp,
    ) -> ApiResult<SigningKeyName> {
        let old = newest(conn, purpose)?.ok_or_else(ApiError::not_found)?;
        let (number, from) = (old.number + 1, now.plus_seconds(AHEAD));
        let row = self.new_signing_key(&old.purpose, number, now, from)?;
        diesel::update(signing_keys::table.find((&old.purpose, old.number)))
            .set(signing_keys::signs_until.eq(Some(from)))
            .execute(conn)?;
        let name = SigningKeyName::of(&row);
        diesel::insert_into(signing_keys::table).values(row).execute(conn)?;
        Ok(name)
    }

    /// Takes a key out of use at once: it signs nothing from now on, and says so where it is published. One that signed,
    /// or was about to, has a successor: that signs at once in the place of one that signed, and in a day in the place
    /// of one that was about to. 404 where no key has this name; one that is revoked already stays as it is.
    pub fn revoke_signing_key(&self, conn: &mut Conn, kid: &str, now: Timestamp) -> ApiResult<Revoked> {
        let rows: Vec<SigningKeyRow> = signing_keys::table
            .order((signing_keys::purpose, signing_keys::number))
            .select(SigningKeyRow::as_select())
            .load(conn)?;
        let old = rows.iter().find(|row| public(row).kid == kid).cloned().ok_or_else(ApiError::not_found)?;
        let revoked = SigningKeyName::of(&old);
        if old.revoked_at.is_some() {
            return Ok(Revoked { revoked, successor: None });
        }
        let is_over = old.signs_until.is_some_and(|until| until <= now);
        let ends = old.signs_until.map_or(now, |until| until.min(now));
        diesel::update(signing_keys::table.find((&old.purpose, old.number)))
            .set((signing_keys::signs_until.eq(Some(ends)), signing_keys::revoked_at.eq(Some(now))))
            .execute(conn)?;
        if is_over {
            return Ok(Revoked { revoked, successor: None });
        }
        let of_purpose: Vec<&SigningKeyRow> = rows.iter().filter(|row| row.purpose == old.purpose).collect();
        let successor =
            match of_purpose.iter().find(|row| row.number > old.number && row.revoked_at.is_none()) {
                Some(next) => {
                    signs_from(conn, next, now)?;
                    SigningKeyName::of(next)
                }
                None => self.replace(conn, &old, &of_purpose, now)?,
            };
        Ok(Revoked { revoked, successor: Some(successor) })
    }

    /// Makes a key in the place of the newest one, which was revoked.
    fn replace(
        &self,
        conn: &mut Conn,
        old: &SigningKeyRow,
        of_purpose: &[&SigningKeyRow],
        now: Timestamp,
    ) -> ApiResult<SigningKeyName> {
        let signs_now = |row: &&&SigningKeyRow| {
            row.number != old.number
                && row.revoked_at.is_none()
                && row.signs_until.is_some_and(|until| until > now)
        };
        let in_use = of_purpose.iter().find(signs_now);
        let from = if in_use.is_some() { now.plus_seconds(AHEAD) } else { now };
        if let Some(in_use) = in_use {
            diesel::update(signing_keys::table.find((&in_use.purpose, in_use.number)))
                .set(signing_keys::signs_until.eq(Some(from)))
                .execute(conn)?;
        }
        let row = self.new_signing_key(&old.purpose, old.number + 1, now, from)?;
        let name = SigningKeyName::of(&row);
        diesel::insert_into(signing_keys::table).values(row).execute(conn)?;
        Ok(name)
    }

    /// Seals the private halves, where another master key does so yet, under the current one; returns how many.
    pub fn rewrap_signing_keys(&self, conn: &mut Conn) -> ApiResult<usize> {
        let current = self.service().current()?;
        let rows: Vec<SigningKeyRow> = signing_keys::table.select(SigningKeyRow::as_select()).load(conn)?;
        let mut rewrapped = 0;
        for row in rows.into_iter().filter(|row| row.master_name != current) {
            let seed = self.open_signing_key(&row)?;
            let new = self.service().wrap(place(row.id), &seed)?;
            rewrapped += diesel::update(signing_keys::table.find((&row.purpose, row.number)))
                .filter(signing_keys::sealed.eq(&row.sealed))
                .set((signing_keys::master_name.eq(new.master), signing_keys::sealed.eq(new.sealed)))
                .execute(conn)?;
        }
        Ok(rewrapped)
    }

    fn new_signing_key(
        &self,
        purpose: &str,
        number: i32,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> ApiResult<SigningKeyRow> {
        let (id, seed) = (Id::new(now), RecordKey::generate()?);
        let public_key = SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes().to_vec();
        let wrapped = self.service().wrap(place(id), &seed)?;
        Ok(SigningKeyRow {
            purpose: purpose.to_owned(),
            number,
            id,
            public_key,
            master_name: wrapped.master,
            sealed: wrapped.sealed,
            created_at: now,
            signs_from,
            signs_until: None,
            revoked_at: None,
        })
    }

    /// The private half, where it is that of the public one.
    fn open_signing_key(&self, row: &SigningKeyRow) -> ApiResult<RecordKey> {
        let wrapped = Wrapped { master: row.master_name.clone(), sealed: row.sealed.clone() };
        let seed = self.service().open(place(row.id), &wrapped)?;
        if SigningKey::from_bytes(seed.expose()).verifying_key().as_bytes().as_slice() == row.public_key {
            return Ok(seed);
        }
        Err(ApiError::internal(format!("the halves of signing key {} do not fit", row.id)))
    }
}

/// Every key that has signed, signs or is about to.
pub fn published(conn: &mut Conn) -> ApiResult<Vec<PublicKey>> {
    let rows: Vec<SigningKeyRow> = signing_keys::table
        .order((signing_keys::purpose, signing_keys::number.desc()))
        .select(SigningKeyRow::as_select())
        .load(conn)?;
    Ok(rows.iter().map(public).collect())
}

fn signs_from(conn: &mut Conn, row: &SigningKeyRow, from: Timestamp) -> ApiResult<()> {
    diesel::update(signing_keys::table.find((&row.purpose, row.number)))
        .set(signing_keys::signs_from.eq(row.signs_from.min(from)))
        .execute(conn)?;
    Ok(())
}

fn newest(conn: &mut Conn, purpose: &str) -> ApiResult<Option<SigningKeyRow>> {
    Ok(signing_keys::table
        .filter(signing_keys::purpose.eq(purpose))
        .order(signing_keys::number.desc())
        .select(SigningKeyRow::as_select())
        .first(conn)
        .optional()?)
}

fn public(row: &SigningKeyRow) -> PublicKey {
    let x = URL_SAFE_NO_PAD.encode(&row.public_key);
    PublicKey {
        kid: thumbprint(&x),
        purpose: row.purpose.clone(),
        x,
        signs_from: row.signs_from,
        signs_until: row.signs_until,
        revoked_at: row.revoked_at,
    }
}

/// RFC 7638 with the members of RFC 8037.
fn thumbprint(x: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

/// Where a private half stands; no trust's place begins like this.
const fn place(id: Id) -> Place {
    Place::new(Id::from_bytes([0; 16]), "signing_keys", "sealed", id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_keys_name_is_its_thumbprint() {
        // RFC 8037, appendix A.3.
        let name = super::thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(name, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
