//! Operations on broken glass.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    BreakGlassCreate, BreakGlassEnding, BreakGlassFilter, BreakGlassReviewCreate, BreakGlassView,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Break the glass
///
/// Opens one concern, or one school's file of one pupil, to you for an hour at most, where a child cannot wait for somebody
/// to let you in. People only, by the right `break-glass.use`. You read, and change nothing. The school's safeguarding leads
/// and headteacher are told at once and read your reason, each reading stands in the record's access log as `break-glass`,
/// and one of them says within five school days whether it was right. What you read without it is 409 `state_conflict`.
/// There is no way round a conflict of interest: such a case, one of another trust, and one that is not there are the same
/// 404. Every such attempt is written down.
#[utoipa::path(
    tag = "Access",
    operation_id = "breakGlass",
    request_body = BreakGlassCreate,
    responses((status = 201, description = "The glass is broken.", body = BreakGlassView)),
    extensions(("x-access" = json!({"action": "break-glass.use"})))
)]
#[post("/break-glass")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<BreakGlassCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::BreakGlassUse)?;
    let (request, work) = (key.with(&body), scope.clone());
    let input = body.into_inner();
    let asked = match (input.concern_id, input.pupil_id) {
        (Some(concern), _) => ("concern", Some(concern)),
        (None, pupil) => ("pupil", pupil),
    };
    let (view, version) =
        cx.attempt(&scope, request, asked, move |tx| service::create(tx, &work, input)).await?;
    Ok(cx.created(&format!("/v1/break-glass/{}", view.id), &ETag::version(version), &view))
}

/// List who broke the glass
///
/// What you broke yourself, and what was broken at the schools whose leads you are among, the oldest first. With
/// `unreviewed=true` it is the queue of what waits for a second person.
#[utoipa::path(
    tag = "Access",
    operation_id = "listBreakGlass",
    params(PageQuery, BreakGlassFilter),
    responses((status = 200, description = "A page.", body = Page<BreakGlassView>)),
    extensions(("x-access" = json!({"action": "break-glass.read"})))
)]
#[get("/break-glass")]
pub async fn list(cx: Context, query: ListParams<BreakGlassFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::BreakGlassRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "break_glass", None, move |conn| {
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            let school = work.within(query.filter.school_id);
            Ok(Seen { records: value.items.iter().map(|item| item.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read who broke the glass
///
/// One entry: who, for what, why, until when, and what was said of it.
#[utoipa::path(
    tag = "Access",
    operation_id = "getBreakGlass",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    responses((status = 200, description = "The entry.", body = BreakGlassView)),
    extensions(("x-access" = json!({"action": "break-glass.read"})))
)]
#[get("/break-glass/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::BreakGlassRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let (view, version) = cx
        .see(&scope, "break_glass", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0)?;
            Ok(Seen { records: vec![id.0], school: Some(value.0.school_id), value })
        })
        .await?;
    Ok(cx.found(&ETag::version(version), &view))
}

/// End it before its time
///
/// Closes again what was opened: by whoever broke the glass, or by one of the leads who review it. What is over is 409
/// `state_conflict`. It is reviewed all the same.
#[utoipa::path(
    tag = "Access",
    operation_id = "endBreakGlass",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    request_body = BreakGlassEnding,
    responses((status = 200, description = "It is over.", body = BreakGlassView)),
    extensions(("x-access" = json!({"action": "break-glass.end", "if_match": true})))
)]
#[post("/break-glass/{id}/ending")]
pub async fn end(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<BreakGlassEnding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::BreakGlassEnd)?;
    let (request, work) = (key.with(&body), scope.clone());
    let (view, version) =
        cx.write(&scope, Some(request), move |tx| service::end(tx, &work, id.0, &if_match)).await?;
    Ok(cx.changed(&ETag::version(version), &view))
}

/// Review whether it was right to break the glass
///
/// For a safeguarding lead or the headteacher of the school, and never for whoever broke it: 409 `rule_broken` with
/// `own_review`. Once: 409 `state_conflict`. Where nobody at the school is free of a conflict of interest, for the CEO or the
/// chair of trustees. What lasts ends with the review.
#[utoipa::path(
    tag = "Access",
    operation_id = "reviewBreakGlass",
    params(("id" = crate::ids::Id, Path, description = "The entry.")),
    request_body = BreakGlassReviewCreate,
    responses((status = 200, description = "It was reviewed.", body = BreakGlassView)),
    extensions(("x-access" = json!({"action": "break-glass.review", "if_match": true})))
)]
#[post("/break-glass/{id}/review")]
pub async fn review(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<BreakGlassReviewCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::BreakGlassReview)?;
    let (request, work) = (key.with(&body), scope.clone());
    let (view, version) = cx
        .write(&scope, Some(request), move |tx| {
            service::review(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(version), &view))
}
