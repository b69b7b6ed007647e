//! Who has looked at a concern.

use actix_web::{HttpResponse, get};

use super::super::dto::NoFilter;
use super::super::service;
use super::entries;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::features::audit_log::AuditEntryView;
use crate::http::{ListParams, Page, PageQuery, PathId};

/// List who has looked at a concern
///
/// Every reading of a concern and every change to it, the newest first: who, in which role, when. Where the reporter's
/// identity is protected from you, what they did is listed without who they are.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernAccessLog",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page of audit entries.", body = Page<AuditEntryView>)),
    extensions(("x-access" = json!({"action": "concern.access-log"})))
)]
#[get("/concerns/{id}/access-log")]
pub async fn list(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernAccessLog, id.0, move |conn, _, scope| {
        service::access_log(conn, scope, id.0, &query.paging)
    })
    .await
}
