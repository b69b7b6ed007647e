//! Operations on agencies.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{AgencyCreate, AgencyFilter, AgencyPatch, AgencyView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Add an agency
///
/// Adds an agency to the trust's directory: one for all its schools. A name that is taken is 409 `already_exists`. Whoever
/// refers concerns may add to it, so that no referral waits for an administrator.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "createAgency",
    request_body = AgencyCreate,
    responses((status = 201, description = "The agency was added.", body = AgencyView)),
    extensions(("x-access" = json!({"action": "agency.manage", "reach": "trust"})))
)]
#[post("/agencies")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<AgencyCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/agencies/{}", row.id), &tag, &AgencyView::from(row)))
}

/// List agencies
///
/// The trust's directory of agencies, the oldest entry first.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listAgencies",
    params(PageQuery, AgencyFilter),
    responses((status = 200, description = "A page of agencies.", body = Page<AgencyView>)),
    extensions(("x-access" = json!({"action": "agency.read"})))
)]
#[get("/agencies")]
pub async fn list(cx: Context, query: ListParams<AgencyFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an agency
///
/// One agency of the trust's directory.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "getAgency",
    params(("id" = crate::ids::Id, Path, description = "The agency.")),
    responses((status = 200, description = "The agency.", body = AgencyView)),
    extensions(("x-access" = json!({"action": "agency.read"})))
)]
#[get("/agencies/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &AgencyView::from(row)))
}

/// Change an agency
///
/// Changes how an agency is reached, or from when until when the trust refers to it. Referrals that name it stay as they
/// are.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "changeAgency",
    params(("id" = crate::ids::Id, Path, description = "The agency.")),
    request_body(content = AgencyPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The agency after the change.", body = AgencyView)),
    extensions(("x-access" = json!({"action": "agency.manage", "reach": "trust"})))
)]
#[patch("/agencies/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<AgencyPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &AgencyView::from(row)))
}
