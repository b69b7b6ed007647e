//! Who has looked at a concern and worked on it.

use super::super::store;
use super::read::knows_reporter;
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::audit_log::{self, AuditEntryView};
use crate::http::Paging;
use crate::http::page::Page;
use crate::ids::Id;

/// Who stands in the place of a reporter who is protected.
const PROTECTED: &str = "protected";

/// A page of the entries about a concern, the newest first. What a protected reporter did is there, who it was is not.
pub fn access_log(
    conn: &mut Conn,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<AuditEntryView>> {
    let row = store::load_full(conn, scope, concern)?;
    let page = audit_log::entries_about(conn, scope, concern, paging)?;
    if knows_reporter(scope, &row) {
        return Ok(page);
    }
    let is_reporter = |entry: &AuditEntryView| {
        entry.principal == row.raised_by_principal
            || (row.raised_by.is_some() && entry.person_id == row.raised_by)
    };
    Ok(page.map(|entry| {
        if is_reporter(&entry) {
            AuditEntryView { principal: PROTECTED.to_owned(), person_id: None, role: None, ..entry }
        } else {
            entry
        }
    }))
}
