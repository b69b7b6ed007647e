//! Calling, reading, changing and holding panels, and the weeks without one.

use actix_web::{HttpResponse, get, patch, post};

use super::super::dto::{
    MissedWeekView, PanelCreate, PanelFilter, PanelHolding, PanelPatch, PanelView, WeeksFilter,
};
use super::super::service;
use super::made;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Call a panel
///
/// Calls the panel of a school for one ISO week: 409 `already_exists` where the school has one in that week.
#[utoipa::path(
    tag = "Panels",
    operation_id = "callPanel",
    request_body = PanelCreate,
    responses((status = 201, description = "The panel was called.", body = PanelView)),
    extensions(("x-access" = json!({"action": "panel.manage"})))
)]
#[post("/panels")]
pub async fn call(cx: Context, key: IdempotencyKey, body: Body<PanelCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let panel =
        cx.write(&scope, Some(request), move |tx| service::call(tx, &work, body.into_inner())).await?;
    Ok(made(&cx, panel.view.id, &panel))
}

/// List panels
///
/// The panels of the schools that your roles reach, and those that you attended, the newest record first.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanels",
    params(PageQuery, PanelFilter),
    responses((status = 200, description = "A page of panels.", body = Page<PanelView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels")]
pub async fn list(cx: Context, query: ListParams<PanelFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "panel", None, move |conn| {
            let page = service::list(conn, &work, &query.filter, &query.paging)?;
            let records = page.items.iter().map(|panel| panel.id).collect();
            Ok(Seen { records, school: work.within(query.filter.school_id), value: page })
        })
        .await?;
    Ok(cx.page(&page))
}

/// List missed weeks
///
/// The school weeks that are over and in which no panel was held, by the calendar: weeks of holidays are none. Held or
/// not, and nothing else: governors and trustees read it too. Weeks before a school joined are left out.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listMissedPanelWeeks",
    params(PageQuery, WeeksFilter),
    responses((status = 200, description = "A page of weeks.", body = Page<MissedWeekView>)),
    extensions(("x-access" = json!({"action": "panel.weeks"})))
)]
#[get("/panels/missed-weeks")]
pub async fn missed_weeks(cx: Context, query: ListParams<WeeksFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelWeeks)?;
    let work = scope.clone();
    let page =
        cx.read(&scope, move |conn| service::missed_weeks(conn, &work, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read a panel
///
/// One panel: when it meets, whether it was held, and who of those who are expected came.
#[utoipa::path(
    tag = "Panels",
    operation_id = "getPanel",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    responses((status = 200, description = "The panel.", body = PanelView)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let work = scope.clone();
    let panel = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            let panel = service::get(conn, &work, id.0)?;
            Ok(Seen { records: vec![id.0], school: Some(panel.view.school_id), value: panel })
        })
        .await?;
    Ok(cx.found(&ETag::version_and_view(panel.version, &panel.view), &panel.view))
}

/// Change a panel
///
/// Changes the day of a panel that has not been held: 409 `panel_held` otherwise.
#[utoipa::path(
    tag = "Panels",
    operation_id = "changePanel",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body(content = PanelPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The panel after the change.", body = PanelView)),
    extensions(("x-access" = json!({"action": "panel.manage"})))
)]
#[patch("/panels/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<PanelPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelManage)?;
    let work = scope.clone();
    let panel = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, &body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version_and_view(panel.version, &panel.view), &panel.view))
}

/// Hold a panel
///
/// Says that the panel is held: the concerns that stand open at its school at this moment are its agenda, and those who
/// attend with a vote can answer on them. 409 `panel_held` where it has been, `state_conflict` before its day or where
/// nobody is recorded as present.
#[utoipa::path(
    tag = "Panels",
    operation_id = "holdPanel",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = PanelHolding,
    responses((status = 201, description = "It is held.", body = PanelView)),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/holding")]
pub async fn hold(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelHolding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let panel = cx.write(&scope, Some(request), move |tx| service::hold(tx, &work, id.0, &if_match)).await?;
    Ok(made(&cx, id.0, &panel))
}
