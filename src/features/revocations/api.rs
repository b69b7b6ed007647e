//! Operations on revocations.

use actix_web::{HttpResponse, get, post};

use super::dto::{RevocationCreate, RevocationFilter, RevocationLifting, RevocationView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Shut out a person or principal
///
/// Whatever their tokens and keys say, they get 401 on every node within 5 seconds. 409 `state_conflict` for yourself.
/// Needs a right to the whole trust.
#[utoipa::path(
    tag = "Keys",
    operation_id = "createRevocation",
    request_body = RevocationCreate,
    responses((status = 201, description = "The revocation holds.", body = RevocationView)),
    extensions(("x-access" = json!({"action": "revocation.manage", "reach": "trust"})))
)]
#[post("/revocations")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<RevocationCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RevocationManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/revocations/{}", row.id), &tag, &RevocationView::from(row)))
}

/// List revocations
///
/// Who is shut out or was, oldest first. Needs a right to the whole trust.
#[utoipa::path(
    tag = "Keys",
    operation_id = "listRevocations",
    params(PageQuery, RevocationFilter),
    responses((status = 200, description = "A page of revocations.", body = Page<RevocationView>)),
    extensions(("x-access" = json!({"action": "revocation.manage", "reach": "trust"})))
)]
#[get("/revocations")]
pub async fn list(cx: Context, query: ListParams<RevocationFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RevocationManage)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a revocation
///
/// Who is shut out or was, why and by whom. Needs a right to the whole trust.
#[utoipa::path(
    tag = "Keys",
    operation_id = "getRevocation",
    params(("id" = crate::ids::Id, Path, description = "The revocation.")),
    responses((status = 200, description = "The revocation.", body = RevocationView)),
    extensions(("x-access" = json!({"action": "revocation.manage", "reach": "trust"})))
)]
#[get("/revocations/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RevocationManage)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &RevocationView::from(row)))
}

/// Lift a revocation
///
/// Lets the person or principal in again, with the rights that they have then. 409 `state_conflict` where it was
/// lifted already, or is of yourself, your login or your key. Needs a right to the whole trust.
#[utoipa::path(
    tag = "Keys",
    operation_id = "liftRevocation",
    params(("id" = crate::ids::Id, Path, description = "The revocation.")),
    request_body = RevocationLifting,
    responses((status = 200, description = "The revocation after the change.", body = RevocationView)),
    extensions(("x-access" = json!({"action": "revocation.manage", "if_match": true, "reach": "trust"})))
)]
#[post("/revocations/{id}/lifting")]
pub async fn lift(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RevocationLifting>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RevocationManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| service::lift(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &RevocationView::from(row)))
}
