//! Keys by which the records of a panel are read: what is about a concern is sealed under the concern's key, and shown to
//! who sees the concern.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::store::{DecisionRow, PanelRow};
use super::content::PanelKey;
use crate::access::{Scope, Tx};
use crate::crypto::{Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::concerns::{self, CaseKey};
use crate::ids::Id;

/// Keys of one caller: of the panel, and of the concerns about which something in it is open to them.
pub struct Keys {
    panel: PanelKey,
    concerns: BTreeMap<Id, Opened>,
}

/// The key of a concern.
struct Opened {
    key: CaseKey,
    /// The caller sees the concern in full; otherwise they own a decision about it, and learn of no concern.
    is_seen: bool,
}

impl Keys {
    /// The keys for these concerns, as far as the caller sees them in full.
    pub fn open(
        vault: &Vault,
        conn: &mut Conn,
        scope: &Scope,
        panel: &PanelRow,
        about: impl Iterator<Item = Id>,
    ) -> ApiResult<Self> {
        let mut ids: Vec<Id> = about.collect();
        ids.sort_unstable();
        ids.dedup();
        let mut keys = BTreeMap::new();
        for id in ids {
            if let Some(concern) = concerns::panels::seen(conn, scope, id)? {
                keys.insert(id, Opened { key: concern.key(conn, vault)?, is_seen: true });
            }
        }
        Ok(Self { panel: PanelKey::open(vault, conn, panel)?, concerns: keys })
    }

    /// Keys for one concern that the request names: one of the panel's school that the caller sees in full.
    pub fn named(tx: &mut Tx<'_>, scope: &Scope, panel: &PanelRow, concern: Option<Id>) -> ApiResult<Self> {
        if let Some(id) = concern {
            let seen = concerns::panels::seen(tx.conn, scope, id)?;
            if seen.is_none_or(|concern| concern.school() != panel.school_id) {
                let words = "not a concern of the school that you see in full";
                return Err(ApiError::rule("/concern_id", "unknown_reference", words));
            }
        }
        Self::open(tx.vault, tx.conn, scope, panel, concern.into_iter())
    }

    /// Adds the keys of the concerns that the caller does not see, but about which they own one of these decisions:
    /// unless they have a conflict of interest.
    pub fn with_owned(
        mut self,
        vault: &Vault,
        conn: &mut Conn,
        scope: &Scope,
        rows: &[DecisionRow],
    ) -> ApiResult<Self> {
        let Some(person) = scope.person() else { return Ok(self) };
        for id in rows.iter().filter(|row| row.owner_id == person).filter_map(|row| row.concern_id) {
            if self.concerns.contains_key(&id) {
                continue;
            }
            for concern in concerns::panels::on_agenda(conn, scope.trust(), &[id])? {
                if !concern.linked(conn)?.contains(&person) {
                    self.concerns.insert(id, Opened { key: concern.key(conn, vault)?, is_seen: false });
                }
            }
        }
        Ok(self)
    }

    /// Whether the caller may know of what is about a concern, or about none.
    pub fn sees(&self, concern: Option<Id>) -> bool {
        concern.is_none_or(|concern| self.concerns.get(&concern).is_some_and(|opened| opened.is_seen))
    }

    /// Whether a decision is open to the caller: by its concern, or as their own.
    pub fn shows(&self, scope: &Scope, row: &DecisionRow) -> bool {
        let is_own = Some(row.owner_id) == scope.person();
        self.sees(row.concern_id)
            || (is_own && row.concern_id.is_some_and(|id| self.concerns.contains_key(&id)))
    }

    fn of(&self, concern: Option<Id>) -> Option<&CaseKey> {
        concern.and_then(|concern| self.concerns.get(&concern)).map(|opened| &opened.key)
    }

    /// Opens the `body` of a row.
    pub fn unseal<T: DeserializeOwned>(
        &self,
        table: &'static str,
        concern: Option<Id>,
        row: Id,
        body: &Sealed,
    ) -> ApiResult<T> {
        match self.of(concern) {
            Some(key) => key.unseal(table, row, body),
            None => self.panel.unseal(table, row, body),
        }
    }

    /// Seals the `body` of a row.
    pub fn seal<T: Serialize>(
        &self,
        table: &'static str,
        concern: Option<Id>,
        row: Id,
        body: &T,
    ) -> ApiResult<Sealed> {
        match self.of(concern) {
            Some(key) => key.seal(table, row, body),
            None => self.panel.seal(table, row, body),
        }
    }
}
