//! Attendance, minutes and decisions.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    AttendanceCreate, AttendanceView, PanelDecisionCreate, PanelDecisionView, PanelMinutesCreate,
    PanelMinutesView, RecordFilter,
};
use super::super::service;
use super::{made, seen};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Record attendance
///
/// Says that somebody attended, in which role, or that they did not and why. Said again of a person, it takes the place of
/// what was said before, which is kept. Once the panel was held nobody with a vote is taken out of it (409 `panel_held`):
/// only the person themself can say that they were not there, before they have answered. The answer's `Location` and
/// `ETag` are the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelAttendance",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = AttendanceCreate,
    responses((status = 201, description = "It was recorded.", body = AttendanceView)),
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
    let scope = cx.permit(Action::PanelManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let entry = cx
        .write(&scope, Some(request), move |tx| {
            service::record_attendance(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(made(&cx, id.0, &entry))
}

/// List attendance
///
/// Who attended and who did not, as it was said last.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelAttendance",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, RecordFilter),
    responses((status = 200, description = "A page.", body = Page<AttendanceView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/attendance")]
pub async fn list_attendance(
    cx: Context,
    id: PathId,
    query: ListParams<RecordFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            Ok(seen(id.0, service::list_attendance(conn, &vault, &work, id.0, &query.paging)?))
        })
        .await?;
    Ok(cx.page(&page))
}

/// Record minutes
///
/// Adds an entry to the minutes. An entry about a concern is read by those who see that concern in full, and sealed under
/// its key; the others by everybody who may read the panel. The answer's `Location` and `ETag` are the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelMinutes",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = PanelMinutesCreate,
    responses((status = 201, description = "It was recorded.", body = PanelMinutesView)),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/minutes")]
pub async fn record_minutes(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelMinutesCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let entry = cx
        .write(&scope, Some(request), move |tx| {
            service::record_minutes(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(made(&cx, id.0, &entry))
}

/// Read the minutes
///
/// The entries that you may read, the oldest first.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelMinutes",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, RecordFilter),
    responses((status = 200, description = "A page.", body = Page<PanelMinutesView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/minutes")]
pub async fn list_minutes(
    cx: Context,
    id: PathId,
    query: ListParams<RecordFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            Ok(seen(id.0, service::list_minutes(conn, &vault, &work, id.0, &query.paging)?))
        })
        .await?;
    Ok(cx.page(&page))
}

/// Record a panel's decision
///
/// Records how a concern is met or how a trend is addressed, with who sees to it and by when. The owner is told. The
/// answer's `Location` and `ETag` are the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelDecision",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = PanelDecisionCreate,
    responses((status = 201, description = "It was recorded.", body = PanelDecisionView)),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/decisions")]
pub async fn decide(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelDecisionCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let entry = cx
        .write(&scope, Some(request), move |tx| {
            service::decide(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(made(&cx, id.0, &entry))
}

/// List a panel's decisions
///
/// The decisions that you may read, the oldest first: those about a concern are read by who sees it in full.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelDecisions",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, RecordFilter),
    responses((status = 200, description = "A page.", body = Page<PanelDecisionView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/decisions")]
pub async fn list_decisions(
    cx: Context,
    id: PathId,
    query: ListParams<RecordFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            Ok(seen(id.0, service::list_decisions(conn, &vault, &work, id.0, &query.paging)?))
        })
        .await?;
    Ok(cx.page(&page))
}
