//! Operations on schools.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{SchoolCreate, SchoolFilter, SchoolPatch, SchoolView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Make a school
///
/// Makes a school of the trust from the national register: name, LAESTAB, local authority and phase are copied. 409
/// `rule_broken` with `unknown_reference` where the register does not have the URN; 409 `already_exists` where the trust has the
/// school already.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "createSchool",
    request_body = SchoolCreate,
    responses((status = 201, description = "The school was made.", body = SchoolView)),
    extensions(("x-access" = json!({"action": "school.manage", "reach": "trust"})))
)]
#[post("/schools")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<SchoolCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/schools/{}", row.id), &tag, &SchoolView::from(row)))
}

/// List schools
///
/// The schools of the trust, oldest record first.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "listSchools",
    params(PageQuery, SchoolFilter),
    responses((status = 200, description = "A page of schools.", body = Page<SchoolView>)),
    extensions(("x-access" = json!({"action": "school.read"})))
)]
#[get("/schools")]
pub async fn list(cx: Context, query: ListParams<SchoolFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a school
///
/// One school of the trust.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "getSchool",
    params(("id" = crate::ids::Id, Path, description = "The school.")),
    responses((status = 200, description = "The school.", body = SchoolView)),
    extensions(("x-access" = json!({"action": "school.read"})))
)]
#[get("/schools/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &SchoolView::from(row)))
}

/// Change a school
///
/// Changes what the trust itself says about a school; URN, LAESTAB and local authority stay.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "changeSchool",
    params(("id" = crate::ids::Id, Path, description = "The school.")),
    request_body(content = SchoolPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The school after the change.", body = SchoolView)),
    extensions(("x-access" = json!({"action": "school.manage"})))
)]
#[patch("/schools/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<SchoolPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SchoolManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &SchoolView::from(row)))
}
