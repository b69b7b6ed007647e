//! Operations on categories.

use actix_web::{HttpResponse, get, patch, post};

use super::code::{CategoryCode, PathCode};
use super::dto::{
    CategoryCreate, CategoryFilter, CategoryPatch, CategoryRetirement, CategoryView, FactorFilter, FactorView,
};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery};

/// Add a category
///
/// Adds a category of the trust's own below a shared one. A code that the trust has or has had is 409
/// `already_exists`.
#[utoipa::path(
    tag = "Categories",
    operation_id = "createCategory",
    request_body = CategoryCreate,
    responses((status = 201, description = "The category was added.", body = CategoryView)),
    extensions(("x-access" = json!({"action": "category.manage", "reach": "trust"})))
)]
#[post("/categories")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<CategoryCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CategoryManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/categories/{}", view.code), &view.tag(), &view))
}

/// List categories
///
/// The categories that every trust has and the trust's own, by code, with the guidance and indicators to show while a
/// concern is raised.
#[utoipa::path(
    tag = "Categories",
    operation_id = "listCategories",
    params(PageQuery, CategoryFilter),
    responses((status = 200, description = "A page of categories.", body = Page<CategoryView>)),
    extensions(("x-access" = json!({"action": "category.read"})))
)]
#[get("/categories")]
pub async fn list(cx: Context, query: ListParams<CategoryFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CategoryRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a category
///
/// One category, shared or the trust's own.
#[utoipa::path(
    tag = "Categories",
    operation_id = "getCategory",
    params(("code" = CategoryCode, Path, description = "The category's code.")),
    responses((status = 200, description = "The category.", body = CategoryView)),
    extensions(("x-access" = json!({"action": "category.read"})))
)]
#[get("/categories/{code}")]
pub async fn get(cx: Context, code: PathCode) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CategoryRead)?;
    let work = scope.clone();
    let view = cx.read(&scope, move |conn| service::get(conn, &work, &code.0)).await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Change a category
///
/// Changes the label, guidance or indicators of a category of the trust's own. One that every trust has is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Categories",
    operation_id = "changeCategory",
    params(("code" = CategoryCode, Path, description = "The category's code.")),
    request_body(content = CategoryPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The category after the change.", body = CategoryView)),
    extensions(("x-access" = json!({"action": "category.manage", "reach": "trust"})))
)]
#[patch("/categories/{code}")]
pub async fn change(
    cx: Context,
    code: PathCode,
    if_match: IfMatch,
    body: Body<CategoryPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CategoryManage)?;
    let work = scope.clone();
    let view = cx
        .write(&scope, None, move |tx| service::change(tx, &work, &code.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Retire a category
///
/// Takes a category of the trust's own out of use from a day on; records that name it keep it. One that every trust has,
/// or that is retired already, is 409 `state_conflict`.
#[utoipa::path(
    tag = "Categories",
    operation_id = "retireCategory",
    params(("code" = CategoryCode, Path, description = "The category's code.")),
    request_body = CategoryRetirement,
    responses((status = 200, description = "The category after its retirement.", body = CategoryView)),
    extensions(("x-access" = json!({"action": "category.manage", "if_match": true, "reach": "trust"})))
)]
#[post("/categories/{code}/retirement")]
pub async fn retire(
    cx: Context,
    code: PathCode,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<CategoryRetirement>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CategoryManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::retire(tx, &work, &code.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// List the DfE's factors
///
/// The factors identified at the end of an assessment, of the children in need census (N00181), in the census's order.
/// They describe what a local authority has found; a school's categories only compare to them.
#[utoipa::path(
    tag = "Categories",
    operation_id = "listFactors",
    params(PageQuery, FactorFilter),
    responses((status = 200, description = "A page of factors.", body = Page<FactorView>)),
    extensions(("x-access" = json!({"action": "category.read"})))
)]
#[get("/factors")]
pub async fn list_factors(cx: Context, query: ListParams<FactorFilter>) -> ApiResult<HttpResponse> {
    cx.permit(Action::CategoryRead)?;
    Ok(cx.page(&service::list_factors(&query.paging)?))
}
