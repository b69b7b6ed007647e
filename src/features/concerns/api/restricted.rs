//! The restricted log: a list of its own, and its own log of who looked.

use actix_web::{HttpResponse, get};

use super::super::dto::{ConcernSummary, NoFilter, RestrictedLogFilter};
use super::super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::features::audit_log::AuditEntryView;
use crate::http::{ListParams, Page, PageQuery};

/// The class of the entries about readings of this log: whoever does not read it learns of none.
const CLASS: &str = "concern_restricted_log";

/// List the restricted log
///
/// The concerns of the restricted log that you read whole, the newest first, without the text of any case. What you have
/// raised in it and see no more of stands in the list of concerns.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listRestrictedLog",
    params(PageQuery, RestrictedLogFilter),
    responses((status = 200, description = "A page of concerns.", body = Page<ConcernSummary>)),
    extensions(("x-access" = json!({"action": "concern.read-restricted"})))
)]
#[get("/restricted-log")]
pub async fn list(cx: Context, query: ListParams<RestrictedLogFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernReadRestricted)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, CLASS, None, move |conn| {
            let value = service::list(conn, &work, &query.filter.filter(), &query.paging)?;
            let school = work.within(query.filter.school_id);
            Ok(Seen { records: value.items.iter().map(|item| item.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// List who has looked at the restricted log
///
/// Every reading of a concern that stands in the restricted log, and every change to it, the newest first: of all those whose
/// access log you may read.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listRestrictedLogAccess",
    params(PageQuery, NoFilter),
    responses((status = 200, description = "A page of audit entries.", body = Page<AuditEntryView>)),
    extensions(("x-access" = json!({"action": "concern.access-log"})))
)]
#[get("/restricted-log/access-log")]
pub async fn access_log(cx: Context, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernAccessLog)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, CLASS, None, move |conn| {
            let value = service::restricted_access_log(conn, &work, &query.paging)?;
            Ok(Seen { value, records: Vec::new(), school: None })
        })
        .await?;
    Ok(cx.page(&page))
}
