//! Operations on enrolments.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{EnrolmentCreate, EnrolmentFilter, EnrolmentPatch, EnrolmentView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Enrol a pupil
///
/// Puts a pupil on roll at one of your schools. 409 `state_conflict` where the pupil is on roll there already in that
/// time; a school that is not yours is 409 `rule_broken` at `/school_id`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "createEnrolment",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = EnrolmentCreate,
    responses((status = 201, description = "The pupil is enrolled.", body = EnrolmentView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[post("/pupils/{id}/enrolments")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<EnrolmentCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&format!("/v1/pupils/{}/enrolments/{}", view.pupil_id, view.id), &view.tag(), &view))
}

/// List a pupil's enrolments
///
/// The pupil's enrolments at schools within your reach, oldest record first.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "listEnrolments",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, EnrolmentFilter),
    responses((status = 200, description = "A page of enrolments.", body = Page<EnrolmentView>)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils/{id}/enrolments")]
pub async fn list(cx: Context, id: PathId, query: ListParams<EnrolmentFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "pupil", Some(id.0), move |conn| {
            let value = service::list(conn, &work, id.0, &query.paging)?;
            Ok(Seen { value, records: vec![id.0], school: None })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an enrolment
///
/// One enrolment of a pupil at a school within your reach.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "getEnrolment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("enrolment_id" = crate::ids::Id, Path, description = "The enrolment."),
    ),
    responses((status = 200, description = "The enrolment.", body = EnrolmentView)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils/{id}/enrolments/{enrolment_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let work = scope.clone();
    let view = cx
        .see(&scope, "enrolment", Some(ids.1), move |conn| {
            let value = service::get(conn, &work, ids.0, ids.1)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Change an enrolment
///
/// Changes the days on roll or the recorded year. 409 `state_conflict` where it would overlap another enrolment at the
/// same school.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "changeEnrolment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("enrolment_id" = crate::ids::Id, Path, description = "The enrolment."),
    ),
    request_body(content = EnrolmentPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The enrolment after the change.", body = EnrolmentView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[patch("/pupils/{id}/enrolments/{enrolment_id}")]
pub async fn change(
    cx: Context,
    ids: PathIds,
    if_match: IfMatch,
    body: Body<EnrolmentPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let work = scope.clone();
    let view = cx
        .write(&scope, None, move |tx| {
            service::change(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
