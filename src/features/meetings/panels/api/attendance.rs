//! Attendance.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AttendanceCorrection, AttendanceCreate, AttendanceView};
use super::super::service;
use super::{Place, entries, entry, of_panel, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::features::concerns::AsOf;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record attendance
///
/// Says that somebody attended, in which role, or that they did not and why. Said again of a person, it takes the place of
/// what was said before, which is kept. Once the panel was held nobody with a vote is taken out of it (409 `panel_held`):
/// only the person themself can say that they were not there, before they have answered. `Location` is the
/// entry's, `Record-ETag` the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelAttendance",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = AttendanceCreate,
    responses((status = 201, description = "It was recorded.", body = AttendanceView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/attendance")]
pub async fn record_attendance(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AttendanceCreate>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelManage, panel: id.0, part: "attendance" };
    record(&cx, (place, of_panel), &key, body, move |tx, scope, input| {
        service::record_attendance(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List attendance
///
/// Who attended and who did not, as it was said last; with `as_of`, as it was said at that moment.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelAttendance",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<AttendanceView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/attendance")]
pub async fn list_attendance(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, id.0, move |conn, vault, scope| {
        service::list_attendance(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read an attendance
///
/// One entry, in the version that holds.
#[utoipa::path(
    tag = "Panels",
    operation_id = "getPanelAttendance",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("attendance_id" = crate::ids::Id, Path, description = "The attendance."),
    ),
    responses((status = 200, description = "The attendance.", body = AttendanceView)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/attendance/{attendance_id}")]
pub async fn get_attendance(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids, service::get_attendance).await
}

/// List the versions of an attendance
///
/// Every version of the entry, the first one first, each as it was said: when and by whom, and why the version before
/// was corrected, where it was. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelAttendanceVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("attendance_id" = crate::ids::Id, Path, description = "The attendance."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<AttendanceView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/attendance/{attendance_id}/versions")]
pub async fn attendance_versions(
    cx: Context,
    ids: PathIds,
    query: ListParams<AsOf>,
) -> ApiResult<HttpResponse> {
    entries(&cx, ids.0, move |conn, vault, scope| {
        service::attendance_versions(conn, vault, scope, (ids.0, ids.1), query.filter.as_of, &query.paging)
    })
    .await
}

/// Correct an attendance
///
/// Records a corrected version of an entry with the reason; the one before is kept. Whose attendance it is stays. Once
/// the panel was held nobody with a vote is taken out of it (409 `panel_held`), as when it is said anew. `Location` is the
/// entry's, `Record-ETag` the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "correctPanelAttendance",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("attendance_id" = crate::ids::Id, Path, description = "The attendance."),
    ),
    request_body = AttendanceCorrection,
    responses((status = 201, description = "It was recorded.", body = AttendanceView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/attendance/{attendance_id}/corrections")]
pub async fn correct_attendance(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AttendanceCorrection>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelManage, panel: ids.0, part: "attendance" };
    record(&cx, (place, of_panel), &key, body, move |tx, scope, input| {
        service::correct_attendance(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}
