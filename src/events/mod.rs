//! Events: a row in the transaction of every change, from the first resource on. They carry identifiers and a kind,
//! never names or text; delivery reads them later.

mod notifications;

use crate::db::prelude::*;

use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::events;
use crate::error::ApiResult;
use crate::ids::Id;
pub use notifications::{NotificationKind, notify};

/// That something changed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct Event {
    /// The trust.
    pub trust_id: Id,
    /// The event.
    pub id: Id,
    /// When.
    pub at: Timestamp,
    /// What happened: `concern.raised`, `school.changed` …
    pub kind: String,
    /// The class of the record.
    pub class: String,
    /// The record.
    pub record_id: Id,
    /// The school of the record.
    pub school_id: Option<Id>,
    /// The request that changed it.
    pub request_id: String,
}

/// Stores events, in the transaction that is open.
pub fn insert(conn: &mut Conn, rows: &[Event]) -> ApiResult<()> {
    crate::insert_rows!(conn, events::table, rows);
    Ok(())
}
