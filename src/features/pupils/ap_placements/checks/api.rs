//! Operations on checks of placements.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    ApCheckCorrection, ApCheckCreate, ApCheckFilter, ApCheckMoment, ApCheckView, ApCheckWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &ApCheckView) -> String {
    format!("/v1/pupils/{}/ap-checks/{}", view.pupil_id, view.id)
}

/// Record a check of a placement
///
/// Records what the school saw of a placement with an alternative provider: the review of the half-term, attendance, or
/// safety.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "createApCheck",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = ApCheckCreate,
    responses((status = 201, description = "It was recorded.", body = ApCheckView)),
    extensions(("x-access" = json!({"action": "ap-placement.record"})))
)]
#[post("/pupils/{id}/ap-checks")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ApCheckCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List the checks of a pupil's placements
///
/// The checks in the versions that hold, the oldest record first, those that were withdrawn among them; with `as_of`,
/// as they were known at that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "listApChecks",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, ApCheckFilter),
    responses((status = 200, description = "A page.", body = Page<ApCheckView>)),
    extensions(("x-access" = json!({"action": "ap-placement.read"})))
)]
#[get("/pupils/{id}/ap-checks")]
pub async fn list(cx: Context, id: PathId, query: ListParams<ApCheckFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "ap_check", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a check of a placement
///
/// One check in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "getApCheck",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("check_id" = crate::ids::Id, Path, description = "The check."),
        ApCheckMoment,
    ),
    responses((status = 200, description = "The check.", body = ApCheckView)),
    extensions(("x-access" = json!({"action": "ap-placement.read"})))
)]
#[get("/pupils/{id}/ap-checks/{check_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<ApCheckMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "ap_check", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Correct a check of a placement
///
/// Records a corrected version of the whole with the reason; the one before is kept. One that was withdrawn is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "correctApCheck",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("check_id" = crate::ids::Id, Path, description = "The check."),
    ),
    request_body = ApCheckCorrection,
    responses((status = 201, description = "It was recorded.", body = ApCheckView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-checks/{check_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApCheckCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw a check of a placement
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and counts for
/// nothing. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "withdrawApCheck",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("check_id" = crate::ids::Id, Path, description = "The check."),
    ),
    request_body = ApCheckWithdrawal,
    responses((status = 200, description = "The check after its withdrawal.", body = ApCheckView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-checks/{check_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApCheckWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
