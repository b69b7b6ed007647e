//! Operations on threshold frameworks.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{
    ThresholdFrameworkCreate, ThresholdFrameworkFilter, ThresholdFrameworkPatch, ThresholdFrameworkView,
};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Record a threshold framework
///
/// Records a version of a local authority's threshold document: its levels by name, each mapped to L1 to L4, and the day
/// from which it holds. Levels whose numbers or needs fall are 409 at the level; a second version of that authority and day
/// is 409 `already_exists`.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "createThresholdFramework",
    request_body = ThresholdFrameworkCreate,
    responses((status = 201, description = "It was recorded.", body = ThresholdFrameworkView)),
    extensions(("x-access" = json!({"action": "threshold.manage", "reach": "trust"})))
)]
#[post("/threshold-frameworks")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<ThresholdFrameworkCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ThresholdManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let made =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let location = format!("/v1/threshold-frameworks/{}", made.view.id);
    Ok(cx.created(&location, &ETag::version(made.version), &made.view))
}

/// List threshold frameworks
///
/// All versions of the local authorities' threshold documents, the oldest record first; `on` gives those that hold on a
/// day.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listThresholdFrameworks",
    params(PageQuery, ThresholdFrameworkFilter),
    responses((status = 200, description = "A page.", body = Page<ThresholdFrameworkView>)),
    extensions(("x-access" = json!({"action": "threshold.read"})))
)]
#[get("/threshold-frameworks")]
pub async fn list(cx: Context, query: ListParams<ThresholdFrameworkFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ThresholdRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a threshold framework
///
/// One version of a local authority's threshold document.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "getThresholdFramework",
    params(("id" = crate::ids::Id, Path, description = "The version.")),
    responses((status = 200, description = "The version.", body = ThresholdFrameworkView)),
    extensions(("x-access" = json!({"action": "threshold.read"})))
)]
#[get("/threshold-frameworks/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ThresholdRead)?;
    let work = scope.clone();
    let shown = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(shown.version), &shown.view))
}

/// Change a threshold framework
///
/// Changes the name of a version, or where it is published. Its levels and its day never change, since referrals name them:
/// record another version.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "changeThresholdFramework",
    params(("id" = crate::ids::Id, Path, description = "The version.")),
    request_body(content = ThresholdFrameworkPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The version after the change.", body = ThresholdFrameworkView)),
    extensions(("x-access" = json!({"action": "threshold.manage", "reach": "trust"})))
)]
#[patch("/threshold-frameworks/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<ThresholdFrameworkPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ThresholdManage)?;
    let work = scope.clone();
    let shown = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(shown.version), &shown.view))
}
