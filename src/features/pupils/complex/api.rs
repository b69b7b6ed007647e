//! Operations on complex pupils.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    ComplexPupilCorrection, ComplexPupilCreate, ComplexPupilFilter, ComplexPupilPartFilter,
    ComplexPupilReviewCreate, ComplexPupilReviewView, ComplexPupilView,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Hold a pupil as complex
///
/// Puts a pupil on a school's list of complex cases, with the reason and the day of the next review. A school or pupil
/// beyond your reach is 409 at `/school_id` or `/pupil_id`; a pupil who is on the list already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "createComplexPupil",
    request_body = ComplexPupilCreate,
    responses((status = 201, description = "The pupil is on the list.", body = ComplexPupilView)),
    extensions(("x-access" = json!({"action": "complex-pupil.manage"})))
)]
#[post("/complex-pupils")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<ComplexPupilCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/complex-pupils/{}", view.id), &view.tag(), &view))
}

/// List complex pupils
///
/// The pupils whom schools within your reach hold as complex, since when, why, and when that is to be reviewed, the
/// oldest record first.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "listComplexPupils",
    params(PageQuery, ComplexPupilFilter),
    responses((status = 200, description = "A page.", body = Page<ComplexPupilView>)),
    extensions(("x-access" = json!({"action": "complex-pupil.read"})))
)]
#[get("/complex-pupils")]
pub async fn list(cx: Context, query: ListParams<ComplexPupilFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "complex_pupil", None, move |conn| {
            let school = query.filter.school_id.filter(|school| work.extent().covers(*school));
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a complex pupil
///
/// One entry of a school's list, in the version that holds.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "getComplexPupil",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    responses((status = 200, description = "The entry.", body = ComplexPupilView)),
    extensions(("x-access" = json!({"action": "complex-pupil.read"})))
)]
#[get("/complex-pupils/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "complex_pupil", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// List the versions of a complex pupil
///
/// The entry as it was first recorded, and each version that a correction or a review has put in its place, the first one
/// first.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "listComplexPupilVersions",
    params(("id" = crate::ids::Id, Path, description = "The entry."), PageQuery, ComplexPupilPartFilter),
    responses((status = 200, description = "A page of versions.", body = Page<ComplexPupilView>)),
    extensions(("x-access" = json!({"action": "complex-pupil.read"})))
)]
#[get("/complex-pupils/{id}/versions")]
pub async fn list_versions(
    cx: Context,
    id: PathId,
    query: ListParams<ComplexPupilPartFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "complex_pupil", Some(id.0), move |conn| {
            let value = service::list_versions(conn, &vault, &work, id.0, &query.paging)?;
            let school = value.items.first().map(|view| view.school_id);
            Ok(Seen { value, records: vec![id.0], school })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Correct a complex pupil
///
/// Records a corrected version of the entry with the reason; the one before is kept. One that has ended is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "correctComplexPupil",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    request_body = ComplexPupilCorrection,
    responses((status = 201, description = "It was recorded.", body = ComplexPupilView)),
    extensions(("x-access" = json!({"action": "complex-pupil.manage", "if_match": true})))
)]
#[post("/complex-pupils/{id}/corrections")]
pub async fn correct(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ComplexPupilCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&format!("/v1/complex-pupils/{}", view.id), &view.tag(), &view))
}

/// Record a review of a complex pupil
///
/// Records that it was reviewed whether the pupil is still held as complex: the pupil stays on the list until the next
/// review, or leaves it. `Location` is the list of reviews, `Record-ETag` the entry's.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "reviewComplexPupil",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    request_body = ComplexPupilReviewCreate,
    responses((status = 201, description = "It was recorded.", body = ComplexPupilReviewView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "complex-pupil.manage", "if_match": true})))
)]
#[post("/complex-pupils/{id}/reviews")]
pub async fn review(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ComplexPupilReviewCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let reviewed = cx
        .write(&scope, Some(request), move |tx| {
            service::review(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    let place = format!("/v1/complex-pupils/{}/reviews", id.0);
    Ok(cx.recorded(&place, None, Some(&reviewed.entry.tag()), &reviewed.view))
}

/// List the reviews of a complex pupil
///
/// The reviews that were held, the oldest first.
#[utoipa::path(
    tag = "Complex pupils",
    operation_id = "listComplexPupilReviews",
    params(("id" = crate::ids::Id, Path, description = "The entry."), PageQuery, ComplexPupilPartFilter),
    responses((status = 200, description = "A page of reviews.", body = Page<ComplexPupilReviewView>)),
    extensions(("x-access" = json!({"action": "complex-pupil.read"})))
)]
#[get("/complex-pupils/{id}/reviews")]
pub async fn list_reviews(
    cx: Context,
    id: PathId,
    query: ListParams<ComplexPupilPartFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ComplexPupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "complex_pupil", Some(id.0), move |conn| {
            let value = service::list_reviews(conn, &vault, &work, id.0, &query.paging)?;
            Ok(Seen { value, records: vec![id.0], school: None })
        })
        .await?;
    Ok(cx.page(&page))
}
