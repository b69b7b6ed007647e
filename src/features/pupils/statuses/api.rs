//! Operations on statuses.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    StatusCorrection, StatusCreate, StatusEnding, StatusFilter, StatusMoment, StatusStep, StatusView,
    StatusWithdrawal,
};
use super::{read, service};
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &StatusView) -> String {
    format!("/v1/pupils/{}/statuses/{}", view.pupil_id, view.id)
}

/// Record a status
///
/// Records that a status of a pupil begins. What is not the school's to decide (a child in need, a child protection
/// plan, a looked-after child and the like) begins only by an external decision on record that carries it: 409
/// `external_decision_required` says what is missing. A status that the pupil has in that time, or a second statutory
/// level, is 409 `state_conflict`.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "recordStatus",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = StatusCreate,
    responses((status = 201, description = "It was recorded.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.record"})))
)]
#[post("/pupils/{id}/statuses")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<StatusCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's statuses
///
/// The statuses of a pupil in the versions that hold, the oldest record first; with `as_of`, as they were known at
/// that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "listStatuses",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, StatusFilter),
    responses((status = 200, description = "A page.", body = Page<StatusView>)),
    extensions(("x-access" = json!({"action": "status.read"})))
)]
#[get("/pupils/{id}/statuses")]
pub async fn list(cx: Context, id: PathId, query: ListParams<StatusFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "status", None, move |conn| {
            let value = read::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a status
///
/// One status of a pupil in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "getStatus",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("status_id" = crate::ids::Id, Path, description = "The status."),
        StatusMoment,
    ),
    responses((status = 200, description = "The status.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.read"})))
)]
#[get("/pupils/{id}/statuses/{status_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<StatusMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "status", Some(ids.1), move |conn| {
            let value = read::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Step a status up or down
///
/// Ends a level of support and begins another on the day after, by one external decision. 409
/// `external_decision_required` where it is missing or does not carry the step; 409 `state_conflict` where the status
/// has ended. The answer is the status that begins.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "stepStatus",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("status_id" = crate::ids::Id, Path, description = "The status that ends."),
    ),
    request_body = StatusStep,
    responses((status = 201, description = "What it became.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/statuses/{status_id}/steps")]
pub async fn step(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<StatusStep>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::step(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// End a status
///
/// Records its last day. What is not the school's to decide ends only by an external decision on record: 409
/// `external_decision_required`. One that has ended is 409 `state_conflict`.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "endStatus",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("status_id" = crate::ids::Id, Path, description = "The status."),
    ),
    request_body = StatusEnding,
    responses((status = 200, description = "The status after its end.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/statuses/{status_id}/ending")]
pub async fn end(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<StatusEnding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::end(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct a status
///
/// Records a corrected version with the reason; the one before is kept. The same rules hold as for what it corrects:
/// 409 `external_decision_required`, 409 `state_conflict`.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "correctStatus",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("status_id" = crate::ids::Id, Path, description = "The status."),
    ),
    request_body = StatusCorrection,
    responses((status = 201, description = "It was recorded.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/statuses/{status_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<StatusCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw a status
///
/// For a record that should never have been made: it stays, marked as withdrawn and with the reason. Where it rests on
/// an external decision that stands, 409 `external_decision_required`: that record has to be withdrawn first.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "withdrawStatus",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("status_id" = crate::ids::Id, Path, description = "The status."),
    ),
    request_body = StatusWithdrawal,
    responses((status = 200, description = "The status after its withdrawal.", body = StatusView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/statuses/{status_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<StatusWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
