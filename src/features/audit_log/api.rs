//! Operations on audit entries.

use actix_web::{HttpResponse, get};

use super::dto::{AuditEntryView, AuditFilter};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{ETag, ListParams, Page, PageQuery, PathId};

/// List audit entries
///
/// Who did and saw what, newest first: your own entries, those of your schools where you lead safeguarding, or all of
/// the trust. Entries about records that are hidden from you are not among them. Reading the log is itself an entry.
#[utoipa::path(
    tag = "Access",
    operation_id = "listAuditEntries",
    params(PageQuery, AuditFilter),
    responses((status = 200, description = "A page of entries.", body = Page<AuditEntryView>)),
    extensions(("x-access" = json!({"action": "audit.read"})))
)]
#[get("/audit/entries")]
pub async fn list(cx: Context, query: ListParams<AuditFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AuditRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "audit_entry", None, move |conn| {
            service::list(conn, &work, &query.filter, &query.paging)
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an audit entry
///
/// One entry within your reach. Reading it is itself an entry.
#[utoipa::path(
    tag = "Access",
    operation_id = "getAuditEntry",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    responses((status = 200, description = "The entry.", body = AuditEntryView)),
    extensions(("x-access" = json!({"action": "audit.read"})))
)]
#[get("/audit/entries/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AuditRead)?;
    let work = scope.clone();
    let view = cx.see(&scope, "audit_entry", Some(id.0), move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}
