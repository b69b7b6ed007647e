//! Operations on pupils.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{PupilCreate, PupilFilter, PupilPatch, PupilView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Make a pupil
///
/// Makes a pupil with an enrolment at one of your schools. Where one of your schools has a pupil of that UPN, or such a
/// pupil has left every school of the trust, and the day of birth is the same, the enrolment is added to that pupil and
/// the names stay as they are. Where another school has such a pupil, you get a record of your own all the same, in which
/// you see what you have sent; the other school is asked whether the two are one child, and once it says so, your record
/// is theirs (its old address goes on leading there). The answer shows only the enrolments within your reach. A pupil of
/// yours with that UPN and another day of birth is 409 `already_exists`; an enrolment that overlaps one at the same
/// school is 409 `state_conflict`; a school that is not yours is 409 `rule_broken` at `/enrolment/school_id`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "createPupil",
    request_body = PupilCreate,
    responses((status = 201, description = "The pupil was made, or enrolled again.", body = PupilView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[post("/pupils")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<PupilCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/pupils/{}", view.id), &view.tag(), &view))
}

/// List pupils
///
/// The pupils who are or have been on roll at the schools within your reach, oldest record first. One who has left them is
/// shown as recorded at the end of their last day there. To look for a name or UPN, use the search.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "listPupils",
    params(PageQuery, PupilFilter),
    responses((status = 200, description = "A page of pupils.", body = Page<PupilView>)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils")]
pub async fn list(cx: Context, query: ListParams<PupilFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "pupil", None, move |conn| {
            let school = query.filter.school_id.filter(|school| work.extent().covers(*school));
            let value = service::list(conn, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a pupil
///
/// One pupil who is or has been on roll at a school within your reach, with those enrolments only. One who has left is
/// shown as recorded at the end of their last day there: what others record afterwards moves neither the answer nor its
/// `ETag`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "getPupil",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    responses((status = 200, description = "The pupil.", body = PupilView)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let work = scope.clone();
    let view = cx
        .see(&scope, "pupil", Some(id.0), move |conn| {
            let value = service::get(conn, &work, id.0)?;
            Ok(Seen { records: vec![value.id], school: service::school_of(&value), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Change a pupil
///
/// Changes a pupil's names, UPN or day of birth. A UPN that another pupil of your schools has is 409 `already_exists`;
/// where another school has a pupil of that UPN, it is asked whether the two are one child.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "changePupil",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body(content = PupilPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The pupil after the change.", body = PupilView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[patch("/pupils/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<PupilPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let work = scope.clone();
    let view = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
