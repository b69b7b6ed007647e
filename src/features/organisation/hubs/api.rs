//! Operations on hubs.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{HubCreate, HubFilter, HubPatch, HubView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Make a hub
///
/// Makes a group of schools that share supervision and support.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "createHub",
    request_body = HubCreate,
    responses((status = 201, description = "The hub was made.", body = HubView)),
    extensions(("x-access" = json!({"action": "school.manage"})))
)]
#[post("/hubs")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<HubCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/hubs/{}", row.id), &tag, &HubView::from(row)))
}

/// List hubs
///
/// All hubs of the trust, oldest first.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "listHubs",
    params(PageQuery, HubFilter),
    responses((status = 200, description = "A page of hubs.", body = Page<HubView>)),
    extensions(("x-access" = json!({"action": "school.read"})))
)]
#[get("/hubs")]
pub async fn list(cx: Context, query: ListParams<HubFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a hub
///
/// One hub of the trust.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "getHub",
    params(("id" = crate::ids::Id, Path, description = "The hub.")),
    responses((status = 200, description = "The hub.", body = HubView)),
    extensions(("x-access" = json!({"action": "school.read"})))
)]
#[get("/hubs/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &HubView::from(row)))
}

/// Change a hub
///
/// Changes a hub's name.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "changeHub",
    params(("id" = crate::ids::Id, Path, description = "The hub.")),
    request_body(content = HubPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The hub after the change.", body = HubView)),
    extensions(("x-access" = json!({"action": "school.manage"})))
)]
#[patch("/hubs/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<HubPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &HubView::from(row)))
}
