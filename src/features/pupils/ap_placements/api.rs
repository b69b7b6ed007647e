//! Operations on placements with alternative providers.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    ApConfirmation, ApEnding, ApPlacementCorrection, ApPlacementCreate, ApPlacementFilter, ApPlacementMoment,
    ApPlacementView, ApPlacementWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &ApPlacementView) -> String {
    format!("/v1/pupils/{}/ap-placements/{}", view.pupil_id, view.id)
}

/// Record a placement with an alternative provider
///
/// Records that a pupil whom a school within your reach has is placed with an alternative provider: with whom, from
/// when, on which days and why. The provider's written confirmation is due by the first day, a review in each half-
/// term.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "createApPlacement",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = ApPlacementCreate,
    responses((status = 201, description = "It was recorded.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.record"})))
)]
#[post("/pupils/{id}/ap-placements")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ApPlacementCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's placements
///
/// The placements of a pupil in the versions that hold, the oldest record first, those that were withdrawn among them;
/// with `as_of`, as they were known at that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "listApPlacements",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, ApPlacementFilter),
    responses((status = 200, description = "A page.", body = Page<ApPlacementView>)),
    extensions(("x-access" = json!({"action": "ap-placement.read"})))
)]
#[get("/pupils/{id}/ap-placements")]
pub async fn list(cx: Context, id: PathId, query: ListParams<ApPlacementFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "ap_placement", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a placement
///
/// One placement of a pupil in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "getApPlacement",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("placement_id" = crate::ids::Id, Path, description = "The placement."),
        ApPlacementMoment,
    ),
    responses((status = 200, description = "The placement.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.read"})))
)]
#[get("/pupils/{id}/ap-placements/{placement_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<ApPlacementMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "ap_placement", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Record a provider's confirmation
///
/// Records the provider's written confirmation that the checks on those who work there have been carried out. A later
/// one takes the place of the one before, which is kept. A placement that has ended is 409 `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "confirmApPlacement",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("placement_id" = crate::ids::Id, Path, description = "The placement."),
    ),
    request_body = ApConfirmation,
    responses((status = 200, description = "The placement after it.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-placements/{placement_id}/confirmation")]
pub async fn confirm(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApConfirmation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::confirm(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// End a placement
///
/// Records, once, the last day of a placement and why it ends. A second time is 409 `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "endApPlacement",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("placement_id" = crate::ids::Id, Path, description = "The placement."),
    ),
    request_body = ApEnding,
    responses((status = 200, description = "The placement after it.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-placements/{placement_id}/ending")]
pub async fn end(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApEnding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ApPlacementRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::end(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct a placement
///
/// Records a corrected version of the whole with the reason; the one before is kept. One that was withdrawn is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "correctApPlacement",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("placement_id" = crate::ids::Id, Path, description = "The placement."),
    ),
    request_body = ApPlacementCorrection,
    responses((status = 201, description = "It was recorded.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-placements/{placement_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApPlacementCorrection>,
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

/// Withdraw a placement
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and nothing of it
/// is due. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Alternative provision",
    operation_id = "withdrawApPlacement",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("placement_id" = crate::ids::Id, Path, description = "The placement."),
    ),
    request_body = ApPlacementWithdrawal,
    responses((status = 200, description = "The placement after its withdrawal.", body = ApPlacementView)),
    extensions(("x-access" = json!({"action": "ap-placement.record", "if_match": true})))
)]
#[post("/pupils/{id}/ap-placements/{placement_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ApPlacementWithdrawal>,
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
