//! Operations on the guidance on recording.

use actix_web::{HttpResponse, get, post};

use super::dto::{RecordingGuidanceCreate, RecordingGuidanceFilter, RecordingGuidanceView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, ListParams, Page, PageQuery, PathId};

/// Publish guidance on recording
///
/// Publishes the next version of what everybody reads before they record a concern. Earlier versions stay as they are,
/// since concerns name them.
#[utoipa::path(
    tag = "Recording guidance",
    operation_id = "publishRecordingGuidance",
    request_body = RecordingGuidanceCreate,
    responses((status = 201, description = "The version was published.", body = RecordingGuidanceView)),
    extensions(("x-access" = json!({"action": "guidance.manage", "reach": "trust"})))
)]
#[post("/recording-guidance")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<RecordingGuidanceCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/recording-guidance/{}", view.id), &view.tag(), &view))
}

/// List guidance on recording
///
/// All versions, newest first.
#[utoipa::path(
    tag = "Recording guidance",
    operation_id = "listRecordingGuidance",
    params(PageQuery, RecordingGuidanceFilter),
    responses((status = 200, description = "A page of versions.", body = Page<RecordingGuidanceView>)),
    extensions(("x-access" = json!({"action": "guidance.read"})))
)]
#[get("/recording-guidance")]
pub async fn list(cx: Context, query: ListParams<RecordingGuidanceFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read the current guidance on recording
///
/// The version to show to everybody, volunteers too, before they record a concern.
#[utoipa::path(
    tag = "Recording guidance",
    operation_id = "getCurrentRecordingGuidance",
    responses((status = 200, description = "The current version.", body = RecordingGuidanceView)),
    extensions(("x-access" = json!({"action": "guidance.read"})))
)]
#[get("/recording-guidance/current")]
pub async fn get_current(cx: Context) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceRead)?;
    let trust = scope.trust();
    let view = cx.read(&scope, move |conn| service::current(conn, trust)).await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Read guidance on recording
///
/// One version.
#[utoipa::path(
    tag = "Recording guidance",
    operation_id = "getRecordingGuidance",
    params(("id" = crate::ids::Id, Path, description = "The version.")),
    responses((status = 200, description = "The version.", body = RecordingGuidanceView)),
    extensions(("x-access" = json!({"action": "guidance.read"})))
)]
#[get("/recording-guidance/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceRead)?;
    let work = scope.clone();
    let view = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&view.tag(), &view))
}
