//! Operations on conflicts of interest.

use actix_web::{HttpResponse, get, post};

use super::dto::{ConflictCreate, ConflictEnd, ConflictFilter, ConflictView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Record a conflict of interest
///
/// From now on the adult reads nothing of the pupil's case, under any role. A pupil or person beyond your reach is 409
/// `rule_broken` at `/pupil_id` or `/person_id`; one that holds already is 409 `already_exists`; where you have a conflict about this
/// pupil yourself, 409 `conflict_of_interest`.
#[utoipa::path(
    tag = "Conflicts of interest",
    operation_id = "createConflict",
    request_body = ConflictCreate,
    responses((status = 201, description = "The conflict was recorded.", body = ConflictView)),
    extensions(("x-access" = json!({"action": "conflict.manage"})))
)]
#[post("/conflicts")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<ConflictCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConflictManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/conflicts/{}", row.id), &tag, &ConflictView::from(row)))
}

/// List conflicts of interest
///
/// Those about pupils at schools within your reach, and your own, oldest first; ended ones too. About a pupil with whom
/// you have a conflict yourself you see only your own.
#[utoipa::path(
    tag = "Conflicts of interest",
    operation_id = "listConflicts",
    params(PageQuery, ConflictFilter),
    responses((status = 200, description = "A page of conflicts.", body = Page<ConflictView>)),
    extensions(("x-access" = json!({"action": "conflict.read"})))
)]
#[get("/conflicts")]
pub async fn list(cx: Context, query: ListParams<ConflictFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConflictRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "conflict", None, move |conn| {
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school: None, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a conflict of interest
///
/// One conflict about a pupil within your reach, or your own.
#[utoipa::path(
    tag = "Conflicts of interest",
    operation_id = "getConflict",
    params(("id" = crate::ids::Id, Path, description = "The conflict.")),
    responses((status = 200, description = "The conflict.", body = ConflictView)),
    extensions(("x-access" = json!({"action": "conflict.read"})))
)]
#[get("/conflicts/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConflictRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let row = cx
        .see(&scope, "conflict", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0)?;
            let school = service::school_of(conn, &work, value.pupil_id)?;
            Ok(Seen { records: vec![value.id], school, value })
        })
        .await?;
    Ok(cx.found(&ETag::version(row.version), &ConflictView::from(row)))
}

/// End a conflict of interest
///
/// The adult may read of the pupil's case again, as far as their roles reach, and whoever was let in only because
/// everybody before them had a conflict reads it no more. Nobody ends a conflict of their own (409
/// `conflict_of_interest`); one that has ended is 409 `state_conflict`, and so is one about a pupil who has left your
/// school for another of the trust: that one ends it.
#[utoipa::path(
    tag = "Conflicts of interest",
    operation_id = "endConflict",
    params(("id" = crate::ids::Id, Path, description = "The conflict.")),
    request_body = ConflictEnd,
    responses((status = 200, description = "The conflict after its end.", body = ConflictView)),
    extensions(("x-access" = json!({"action": "conflict.manage", "if_match": true})))
)]
#[post("/conflicts/{id}/ending")]
pub async fn end(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConflictEnd>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConflictManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| service::end(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &ConflictView::from(row)))
}
