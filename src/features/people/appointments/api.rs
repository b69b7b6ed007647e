//! Operations on appointments.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{AppointmentCreate, AppointmentFilter, AppointmentPatch, AppointmentView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Appoint a person to a role
///
/// Says that a person holds a role, at a school or in the trust, from a day on. 409 `already_exists` where the person
/// holds the same role there in part of that time; 409 `state_conflict` for an appointment of your own.
#[utoipa::path(
    tag = "People",
    operation_id = "createAppointment",
    request_body = AppointmentCreate,
    responses((status = 201, description = "The appointment was made.", body = AppointmentView)),
    extensions(("x-access" = json!({"action": "appointment.manage"})))
)]
#[post("/appointments")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<AppointmentCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AppointmentManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/appointments/{}", row.id), &tag, &AppointmentView::from(row)))
}

/// List appointments
///
/// The appointments at schools within your reach and your own, oldest record first; with a right to the whole trust,
/// all.
#[utoipa::path(
    tag = "People",
    operation_id = "listAppointments",
    params(PageQuery, AppointmentFilter),
    responses((status = 200, description = "A page of appointments.", body = Page<AppointmentView>)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/appointments")]
pub async fn list(cx: Context, query: ListParams<AppointmentFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an appointment
///
/// One appointment within your reach.
#[utoipa::path(
    tag = "People",
    operation_id = "getAppointment",
    params(("id" = crate::ids::Id, Path, description = "The appointment.")),
    responses((status = 200, description = "The appointment.", body = AppointmentView)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/appointments/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &AppointmentView::from(row)))
}

/// Change an appointment
///
/// Changes when an appointment ends; the role counts no longer than that, whatever a token says. 409 `already_exists`
/// where the person holds the same role there in part of the new time; 409 `state_conflict` for an appointment of
/// your own.
#[utoipa::path(
    tag = "People",
    operation_id = "changeAppointment",
    params(("id" = crate::ids::Id, Path, description = "The appointment.")),
    request_body(content = AppointmentPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The appointment after the change.", body = AppointmentView)),
    extensions(("x-access" = json!({"action": "appointment.manage"})))
)]
#[patch("/appointments/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<AppointmentPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AppointmentManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &AppointmentView::from(row)))
}
