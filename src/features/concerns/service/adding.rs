//! Adding to a concern without having seen its version: whoever works it, while it is open; its reporter always, since
//! nothing that a child says is turned away. What a reporter adds is told to those who work on it, and shows on a closed
//! concern as something that nobody has read who closed it.

use super::super::content::CaseKey;
use super::super::dto::ConcernState;
use super::super::store::{self, ConcernRow, Found};
use super::{case, receivers};
use crate::access::visible::FieldSet;
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::NotificationKind;
use crate::ids::Id;

/// A concern to which something is added.
pub struct Adding {
    pub row: ConcernRow,
    pub key: CaseKey,
    /// Whether the caller raised or fed it, and sees no more of it than that.
    pub by_reporter: bool,
}

/// The concern, as far as the caller may add to it; 404 otherwise.
pub fn open(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<Adding> {
    let Found { row, fields, .. } = store::load(conn, scope, id)?;
    let key = CaseKey::open(vault, conn, &row)?;
    Ok(Adding { row, key, by_reporter: fields != FieldSet::Full })
}

impl Adding {
    /// Takes the concern's next version, whatever the last one was.
    pub fn lock(&mut self, tx: &mut Tx<'_>) -> ApiResult<()> {
        self.row = store::lock(tx.conn, &self.row)?;
        if !self.by_reporter && self.row.state == ConcernState::Closed {
            return Err(ApiError::of(Code::ConcernClosed));
        }
        Ok(())
    }

    /// The account whose children the caller knows.
    pub const fn account_number(&self) -> i32 {
        if self.by_reporter { 1 } else { self.row.account_number }
    }

    /// Ends it: what the concern is now follows from what is recorded; the audit entry commits to the content.
    pub fn finish(
        self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        kind: &'static str,
        made: Id,
        content: &[u8],
    ) -> ApiResult<()> {
        let is_closed = self.row.state == ConcernState::Closed;
        let added = if self.by_reporter { is_closed } else { self.row.added_since_closure };
        let row = case::moved(tx, ConcernRow { added_since_closure: added, ..self.row })?;
        store::update(tx.conn, &row)?;
        if self.by_reporter {
            let told = if is_closed {
                NotificationKind::ConcernAddedSinceClosure
            } else {
                NotificationKind::ConcernUpdated
            };
            receivers::tell(tx, scope, &row, &self.key, told)?;
        }
        tx.created(made);
        tx.did_with(kind, "concern", row.id, Some(row.school_id), Some(content))
    }
}
