//! Minutes.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{PanelMinutesCorrection, PanelMinutesCreate, PanelMinutesView};
use super::super::service;
use super::{Place, entries, entry, of_panel, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::features::concerns::AsOf;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record minutes
///
/// Adds an entry to the minutes. An entry about a concern is read by those who see that concern in full, and sealed under
/// its key; the others by everybody who may read the panel. `Location` is the entry's, `Record-ETag` the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelMinutes",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = PanelMinutesCreate,
    responses((status = 201, description = "It was recorded.", body = PanelMinutesView, headers(("Record-ETag" = String), ("ETag" = String)))),
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
    let place = Place { action: Action::PanelManage, panel: id.0, part: "minutes" };
    record(&cx, (place, of_panel), &key, body, move |tx, scope, input| {
        service::record_minutes(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// Read the minutes
///
/// The entries that you may read, the oldest first, each in the version that holds; with `as_of`, in the version that held
/// at that moment.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelMinutes",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<PanelMinutesView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/minutes")]
pub async fn list_minutes(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, id.0, move |conn, vault, scope| {
        service::list_minutes(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read an entry of the minutes
///
/// One entry, in the version that holds. One about a concern is read by who sees that concern in full.
#[utoipa::path(
    tag = "Panels",
    operation_id = "getPanelMinutes",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("entry_id" = crate::ids::Id, Path, description = "The entry."),
    ),
    responses((status = 200, description = "The entry.", body = PanelMinutesView)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/minutes/{entry_id}")]
pub async fn get_minutes(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids, service::get_minutes).await
}

/// List the versions of an entry of the minutes
///
/// Every version of the entry, the first one first, each as it was recorded: when and by whom, and why the version
/// before was corrected. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelMinutesVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("entry_id" = crate::ids::Id, Path, description = "The entry."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<PanelMinutesView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/minutes/{entry_id}/versions")]
pub async fn minutes_versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, ids.0, move |conn, vault, scope| {
        service::minutes_versions(conn, vault, scope, (ids.0, ids.1), query.filter.as_of, &query.paging)
    })
    .await
}

/// Correct an entry of the minutes
///
/// Records a corrected version of an entry that you may read, with the reason; the one before is kept. What it is about
/// stays. `Location` is the entry's, `Record-ETag` the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "correctPanelMinutes",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("entry_id" = crate::ids::Id, Path, description = "The entry."),
    ),
    request_body = PanelMinutesCorrection,
    responses((status = 201, description = "It was recorded.", body = PanelMinutesView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/minutes/{entry_id}/corrections")]
pub async fn correct_minutes(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelMinutesCorrection>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelManage, panel: ids.0, part: "minutes" };
    record(&cx, (place, of_panel), &key, body, move |tx, scope, input| {
        service::correct_minutes(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}
