//! Who has looked at a concern and worked on it.

use super::super::store;
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::audit_log::{self, AuditEntryView};
use crate::http::Paging;
use crate::http::page::Page;
use crate::ids::Id;

/// A page of the entries about a concern, the newest first. What a protected reporter did is there, who it was is not.
pub fn access_log(
    conn: &mut Conn,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    store::load_full(conn, scope, concern)?;
    audit_log::entries_about(conn, scope, concern, paging)
}

/// The same of all concerns of the restricted log whose access log the caller may read.
pub fn restricted_access_log(
    conn: &mut Conn,
    scope: &Scope,
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    let ids = store::restricted(conn, scope)?;
    audit_log::entries_about_any(conn, scope, &ids, paging)
}
