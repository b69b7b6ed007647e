//! Operations on the calendar.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{
    AcademicYearCreate, AcademicYearFilter, AcademicYearPatch, AcademicYearView, DaysQuery, DaysView,
};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId};

/// Make an academic year
///
/// Makes the calendar of an academic year: six half-terms in order, apart from each other and within 1 September to 31
/// August, and the weekdays in them on which pupils do not come. With `school_id` it is that school's own and stands
/// in the place of the trust's. 409 `already_exists` where there is one for the same year and school.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "createAcademicYear",
    request_body = AcademicYearCreate,
    responses((status = 201, description = "The academic year was made.", body = AcademicYearView)),
    extensions(("x-access" = json!({"action": "calendar.manage"})))
)]
#[post("/academic-years")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<AcademicYearCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let year =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(year.row.version);
    Ok(cx.created(&format!("/v1/academic-years/{}", year.row.id), &tag, &AcademicYearView::from(year)))
}

/// List academic years
///
/// The academic years of the trust and of the schools within reach, oldest record first.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "listAcademicYears",
    params(PageQuery, AcademicYearFilter),
    responses((status = 200, description = "A page of academic years.", body = Page<AcademicYearView>)),
    extensions(("x-access" = json!({"action": "calendar.read"})))
)]
#[get("/academic-years")]
pub async fn list(cx: Context, query: ListParams<AcademicYearFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an academic year
///
/// One academic year with its half-terms and closed days.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "getAcademicYear",
    params(("id" = crate::ids::Id, Path, description = "The academic year.")),
    responses((status = 200, description = "The academic year.", body = AcademicYearView)),
    extensions(("x-access" = json!({"action": "calendar.read"})))
)]
#[get("/academic-years/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarRead)?;
    let work = scope.clone();
    let year = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(year.row.version), &AcademicYearView::from(year)))
}

/// Change an academic year
///
/// Replaces the half-terms, the closed days, or both. Who may change single schools' calendars only does not find the
/// trust's here.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "changeAcademicYear",
    params(("id" = crate::ids::Id, Path, description = "The academic year.")),
    request_body(content = AcademicYearPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The academic year after the change.", body = AcademicYearView)),
    extensions(("x-access" = json!({"action": "calendar.manage"})))
)]
#[patch("/academic-years/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<AcademicYearPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarManage)?;
    let work = scope.clone();
    let year = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(year.row.version), &AcademicYearView::from(year)))
}

/// Show days
///
/// What each day of a span is, for a school or for the trust: in which sixth of which academic year it lies, and
/// whether it is a school day and a working day.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "listCalendarDays",
    params(DaysQuery),
    responses((status = 200, description = "The days.", body = DaysView)),
    extensions(("x-access" = json!({"action": "calendar.read"})))
)]
#[get("/calendar/days")]
pub async fn days(cx: Context, query: Params<DaysQuery>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarRead)?;
    let work = scope.clone();
    let view = cx.read(&scope, move |conn| service::days(conn, &work, &query.0)).await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}
