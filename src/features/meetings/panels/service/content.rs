//! The text of a panel as it is sealed: under the panel's own key, or under the key of the concern that it is about.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::store::PanelRow;
use crate::crypto::{Place, RecordKey, Sealed, Vault};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// A panel's key.
pub struct PanelKey {
    trust: Id,
    key: RecordKey,
}

impl PanelKey {
    /// Makes the key of a new panel: its wrapped form is for the panel's row.
    pub fn create(vault: &Vault, conn: &mut Conn, trust: Id, panel: Id) -> ApiResult<Sealed> {
        Ok(vault.create_record_key(conn, trust, panel)?.1)
    }

    /// Opens a panel's key.
    pub fn open(vault: &Vault, conn: &mut Conn, panel: &PanelRow) -> ApiResult<Self> {
        let key = vault.record_key(conn, panel.trust_id, panel.id, &panel.data_key)?;
        Ok(Self { trust: panel.trust_id, key })
    }

    /// Seals the `body` of a row.
    pub fn seal<T: Serialize>(&self, table: &'static str, row: Id, body: &T) -> ApiResult<Sealed> {
        self.key.seal_json(Place::new(self.trust, table, "body", row), body)
    }

    /// Opens the `body` of a row.
    pub fn unseal<T: DeserializeOwned>(&self, table: &'static str, row: Id, sealed: &Sealed) -> ApiResult<T> {
        self.key.open_json(Place::new(self.trust, table, "body", row), sealed)
    }
}
