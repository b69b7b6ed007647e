//! Operations on what concerns the caller.

use actix_web::{HttpResponse, get, post};

use super::dto::{MeView, NotificationFilter, NotificationReading, NotificationView, TaskFilter, TaskView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::features::concerns::{self, SharedWithMeFilter, SharedWithMeView};
use crate::http::{Body, ETag, IdempotencyKey, ListParams, Page, PageQuery, PathId};

/// Read who you are
///
/// The person and trust behind your token or key, the roles that hold today, and what they allow.
#[utoipa::path(
    tag = "Access",
    operation_id = "getMe",
    responses((status = 200, description = "You.", body = MeView)),
    extensions(("x-access" = json!({"action": "me.read"})))
)]
#[get("/me")]
pub async fn get(cx: Context) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::MeRead)?;
    let (work, viewer) = (scope.clone(), cx.viewer().clone());
    let view = cx.read(&scope, move |conn| service::me(conn, &work, &viewer)).await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}

/// List your notifications
///
/// What happened that you should know of, newest first. They carry identifiers and kinds, never names or categories.
/// An API key opens them only with `all` and without a limit to schools.
#[utoipa::path(
    tag = "Access",
    operation_id = "listNotifications",
    params(PageQuery, NotificationFilter),
    responses((status = 200, description = "A page of notifications.", body = Page<NotificationView>)),
    extensions(("x-access" = json!({"action": "me.inbox"})))
)]
#[get("/me/notifications")]
pub async fn notifications(cx: Context, query: ListParams<NotificationFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::MeInbox)?;
    let work = scope.clone();
    let page = cx
        .read(&scope, move |conn| service::notifications(conn, &work, &query.filter, &query.paging))
        .await?;
    Ok(cx.page(&page))
}

/// Mark a notification as read
///
/// Notes when you read it; the first time stands.
#[utoipa::path(
    tag = "Access",
    operation_id = "readNotification",
    params(("id" = crate::ids::Id, Path, description = "The notification.")),
    request_body = NotificationReading,
    responses((status = 200, description = "The notification.", body = NotificationView)),
    extensions(("x-access" = json!({"action": "me.inbox"})))
)]
#[post("/me/notifications/{id}/reading")]
pub async fn read_notification(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<NotificationReading>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::MeInbox)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx.write(&scope, Some(request), move |tx| service::read_notification(tx, &work, id.0)).await?;
    let view = NotificationView::from(row);
    Ok(cx.changed(&ETag::of_view(&view), &view))
}

/// List your tasks
///
/// What you have to do, soonest due first: open actions in concerns that are yours, concerns that you are to triage,
/// scrutinise or answer on, decisions of panels that were given to you. Computed at each reading. An API key opens them only with `all` and without a limit to schools.
#[utoipa::path(
    tag = "Access",
    operation_id = "listTasks",
    params(PageQuery, TaskFilter),
    responses((status = 200, description = "A page of tasks.", body = Page<TaskView>)),
    extensions(("x-access" = json!({"action": "me.inbox"})))
)]
#[get("/me/tasks")]
pub async fn tasks(cx: Context, query: ListParams<TaskFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::MeInbox)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::tasks(conn, &work, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// List what is shared with you
///
/// The concerns that are open to you by name: shared with you or assigned to you, those in which you give support or stand
/// in for the trust's lead, and those to which the service let you in; with how much each shows, and when it ends. The
/// oldest first. An API key opens them only with `all` and without a limit to schools.
#[utoipa::path(
    tag = "Access",
    operation_id = "listMyShares",
    params(PageQuery, SharedWithMeFilter),
    responses((status = 200, description = "A page of shares.", body = Page<SharedWithMeView>)),
    extensions(("x-access" = json!({"action": "me.inbox"})))
)]
#[get("/me/shares")]
pub async fn shares(cx: Context, query: ListParams<SharedWithMeFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::MeInbox)?;
    let work = scope.clone();
    let page = cx
        .read(&scope, move |conn| concerns::shared_with_me(conn, &work, &query.filter, &query.paging))
        .await?;
    Ok(cx.page(&page))
}
