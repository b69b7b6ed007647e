//! The accounts of what happened, their corrections, and what the reporter adds.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    AddendumCreate, AddendumView, AsOf, ConcernAccountView, ConcernCorrection, ConcernView,
};
use super::super::service;
use super::entries;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Correct the account of a concern
///
/// Records a corrected account of what happened, with the reason: any field, the children, the categories and the
/// adults. The account before is kept, and `as_of` shows it; the reporter goes on seeing what they submitted.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "correctConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernCorrection,
    responses((status = 201, description = "The correction was recorded.", body = ConcernView)),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/corrections")]
pub async fn correct(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let shown = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&format!("/v1/concerns/{}", id.0), &shown.tag, &shown.view))
}

/// List accounts
///
/// Every account of what happened, the one that was submitted first, each correction after it: when and by whom it was
/// recorded, and why the account before was corrected. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernAccounts",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernAccountView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/accounts")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_accounts(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Add to a concern that you have raised
///
/// What a reporter submitted cannot be changed; what they remember later is added to it. You and the safeguarding team
/// see it. No `If-Match` is asked for: a reporter has seen no version of the record. `Location` is the
/// concern's, where you read what you added.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "addToConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = AddendumCreate,
    responses((status = 201, description = "It was added.", body = AddendumView, headers(("Location" = String)))),
    extensions(("x-access" = json!({"action": "concern.add"})))
)]
#[post("/concerns/{id}/addenda")]
pub async fn add(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<AddendumCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernAdd)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::add(tx, &work, id.0, body.into_inner())).await?;
    Ok(cx.recorded(&format!("/v1/concerns/{}", id.0), None, None, &view))
}
