//! Operations on support itself.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    FamilySupportCorrection, FamilySupportCreate, FamilySupportEnding, FamilySupportFilter,
    FamilySupportMoment, FamilySupportPartFilter, FamilySupportReview, FamilySupportView,
    FamilySupportWithdrawal,
};
use super::super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId};

fn location(view: &FamilySupportView) -> String {
    format!("/v1/family-supports/{}", view.id)
}

/// Begin support of a family
///
/// Records that somebody is allocated to a pupil's family, what was agreed, and when that is reviewed. A pupil, family or
/// person beyond your reach, or one who cannot be allocated, is 409 at `/pupil_id`, `/family_id` or `/allocated_to_id`.
#[utoipa::path(
    tag = "Family support",
    operation_id = "createFamilySupport",
    request_body = FamilySupportCreate,
    responses((status = 201, description = "It was recorded.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.record"})))
)]
#[post("/family-supports")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<FamilySupportCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List support of families
///
/// Support of the pupils whom schools within your reach have, and what is allocated to you by name, the oldest record
/// first. Of a pupil who has left for another school, ask with `pupil_id`: you see what was recorded until the last day.
#[utoipa::path(
    tag = "Family support",
    operation_id = "listFamilySupports",
    params(PageQuery, FamilySupportFilter),
    responses((status = 200, description = "A page.", body = Page<FamilySupportView>)),
    extensions(("x-access" = json!({"action": "family-support.read"})))
)]
#[get("/family-supports")]
pub async fn list(cx: Context, query: ListParams<FamilySupportFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "family_support", None, move |conn| {
            let school = work.within(query.filter.school_id);
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read support of a family
///
/// One support in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Family support",
    operation_id = "getFamilySupport",
    params(("id" = crate::ids::Id, Path, description = "The support."), FamilySupportMoment),
    responses((status = 200, description = "The support.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.read"})))
)]
#[get("/family-supports/{id}")]
pub async fn get(cx: Context, id: PathId, query: Params<FamilySupportMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "family_support", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0, query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// List the versions of support
///
/// The support as it was first recorded, and each version that a correction, a review or its end has put in its place, the
/// first one first.
#[utoipa::path(
    tag = "Family support",
    operation_id = "listFamilySupportVersions",
    params(("id" = crate::ids::Id, Path, description = "The support."), PageQuery, FamilySupportPartFilter),
    responses((status = 200, description = "A page of versions.", body = Page<FamilySupportView>)),
    extensions(("x-access" = json!({"action": "family-support.read"})))
)]
#[get("/family-supports/{id}/versions")]
pub async fn list_versions(
    cx: Context,
    id: PathId,
    query: ListParams<FamilySupportPartFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "family_support", Some(id.0), move |conn| {
            let value = service::list_versions(conn, &vault, &work, id.0, &query.paging)?;
            let school = value.items.last().map(|view| view.school_id);
            Ok(Seen { value, records: vec![id.0], school })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Correct support of a family
///
/// Records a corrected version with the reason, or that somebody else is allocated; the one before is kept. Support that
/// has ended, or was withdrawn, is 409 `state_conflict`. Who gives it to somebody else, and did not begin it, reads it no more:
/// a repetition of that request is 404, as reach is judged before anything.
#[utoipa::path(
    tag = "Family support",
    operation_id = "correctFamilySupport",
    params(("id" = crate::ids::Id, Path, description = "The support.")),
    request_body = FamilySupportCorrection,
    responses((status = 201, description = "It was recorded.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.work", "if_match": true})))
)]
#[post("/family-supports/{id}/corrections")]
pub async fn correct(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilySupportCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Record a review of support
///
/// Records that it was reviewed and goes on, and when it is reviewed next. Support that has ended is 409 `state_conflict`.
#[utoipa::path(
    tag = "Family support",
    operation_id = "reviewFamilySupport",
    params(("id" = crate::ids::Id, Path, description = "The support.")),
    request_body = FamilySupportReview,
    responses((status = 201, description = "It was recorded.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.work", "if_match": true})))
)]
#[post("/family-supports/{id}/reviews")]
pub async fn review(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilySupportReview>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::review(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// End support of a family
///
/// Records the last day and what came of it. Support that has ended already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Family support",
    operation_id = "endFamilySupport",
    params(("id" = crate::ids::Id, Path, description = "The support.")),
    request_body = FamilySupportEnding,
    responses((status = 200, description = "The support after its end.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.work", "if_match": true})))
)]
#[post("/family-supports/{id}/ending")]
pub async fn end(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilySupportEnding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::end(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Withdraw support of a family
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason. One that was
/// withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Family support",
    operation_id = "withdrawFamilySupport",
    params(("id" = crate::ids::Id, Path, description = "The support.")),
    request_body = FamilySupportWithdrawal,
    responses((status = 200, description = "The support after its withdrawal.", body = FamilySupportView)),
    extensions(("x-access" = json!({"action": "family-support.work", "if_match": true})))
)]
#[post("/family-supports/{id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilySupportWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
