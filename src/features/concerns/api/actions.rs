//! Operations on actions.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    AsOf, ConcernActionCorrection, ConcernActionCreate, ConcernActionOutcome, ConcernActionView,
};
use super::super::service;
use super::{Part, entries, record};
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record an action
///
/// Records what is to be done, by whom and by when, and tells the owner. An owner who is linked to the case is 409
/// `conflict_of_interest`. With the first action the concern is in action, and its reporter sees that it was acted
/// on. `Location` is the action's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "recordConcernAction",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernActionCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernActionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/actions")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernActionCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (id.0, Part::Each("actions")), &key, body, move |tx, scope, input| {
        service::create_action(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List actions
///
/// The actions of a concern, the oldest first, each in the version that holds; with `as_of`, in the version that
/// held at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernActions",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernActionView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/actions")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_actions(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read an action
///
/// One action, in the version that holds. Whoever sees no more of the concern than what was reported reads the actions
/// that are given to them; the tag is then what `If-Match` names when they record the outcome.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    responses((status = 200, description = "The action.", body = ConcernActionView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/actions/{action_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRead)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let (view, is_own) = cx
        .see(&scope, "concern", Some(ids.0), move |conn| {
            let value = service::get_action(conn, &vault, &caller, ids.0, ids.1)?;
            Ok(Seen { value, records: vec![ids.0], school: None })
        })
        .await?;
    Ok(cx.found(&tag(&view, is_own), &view))
}

/// The tag of an action: for whoever does not know the concern's version, the action's own.
fn tag(view: &ConcernActionView, is_own: bool) -> ETag {
    if is_own { ETag::version(i64::from(view.number)) } else { ETag::of_view(view) }
}

/// List the versions of an action
///
/// Every version of the action, the first one first, each as it was recorded: when and by whom, when it was done,
/// and why the version before was corrected. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernActionVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernActionView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/actions/{action_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, ids.0, move |conn, vault, scope| {
        let as_of = query.filter.as_of;
        service::list_versions::<ConcernActionView>(conn, vault, scope, (ids.0, ids.1), as_of, &query.paging)
    })
    .await
}

/// Correct an action
///
/// Records a corrected version of an action with the reason; the one before is kept. An owner who is linked to the
/// case is 409 `conflict_of_interest`. `Location` is the action's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "correctConcernAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    request_body = ConcernActionCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernActionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/actions/{action_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernActionCorrection>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (ids.0, Part::Each("actions")), &key, body, move |tx, scope, input| {
        service::correct_action(tx, scope, ids.0, ids.1, &if_match, input)
    })
    .await
}

/// Record the outcome of an action
///
/// Records when an action was done and what came of it, once: a second time is 409 `superseded`. A mistake is put
/// right with a correction. The action's owner may record it, as long as they read the concern; that is all they may
/// do there. Owners who see no more of it than what was reported name the action's tag in `If-Match`, all others the
/// concern's: `Record-ETag` is what the next one names. `Location` is the action's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "recordConcernActionOutcome",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    request_body = ConcernActionOutcome,
    responses((status = 201, description = "It was recorded.", body = ConcernActionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.record-outcome", "if_match": true})))
)]
#[post("/concerns/{id}/actions/{action_id}/outcome")]
pub async fn outcome(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernActionOutcome>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRecordOutcome)?;
    let (request, caller) = (key.with(&body), scope.clone());
    let (made, is_own) = cx
        .write(&scope, Some(request), move |tx| {
            service::record_outcome(tx, &caller, ids.0, ids.1, &if_match, body.into_inner())
        })
        .await?;
    let location = format!("/v1/concerns/{}/actions/{}", ids.0, made.id);
    let next = if is_own { i64::from(made.view.number) } else { made.version };
    Ok(cx.recorded(&location, Some(&tag(&made.view, is_own)), Some(&ETag::version(next)), &made.view))
}
