//! Operations on external decisions.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    ExternalDecisionCorrection, ExternalDecisionCreate, ExternalDecisionFilter, ExternalDecisionView,
    ExternalDecisionWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &ExternalDecisionView) -> String {
    format!("/v1/pupils/{}/external-decisions/{}", view.pupil_id, view.id)
}

/// Record an external decision
///
/// Records what an agency decided about a pupil whom a school within your reach has, or with a concern about whom the
/// service left you alone: who decided, in which role, when, and at which level. Statuses that are not the school's to
/// decide rest on it.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "recordExternalDecision",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = ExternalDecisionCreate,
    responses((status = 201, description = "It was recorded.", body = ExternalDecisionView)),
    extensions(("x-access" = json!({"action": "status.record"})))
)]
#[post("/pupils/{id}/external-decisions")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ExternalDecisionCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's external decisions
///
/// The decisions about a pupil in the versions that hold, the oldest record first; with `as_of`, as they were known at
/// that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "listExternalDecisions",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, ExternalDecisionFilter),
    responses((status = 200, description = "A page.", body = Page<ExternalDecisionView>)),
    extensions(("x-access" = json!({"action": "status.read"})))
)]
#[get("/pupils/{id}/external-decisions")]
pub async fn list(
    cx: Context,
    id: PathId,
    query: ListParams<ExternalDecisionFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "external_decision", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, query.filter.as_of, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an external decision
///
/// One decision about a pupil in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "getExternalDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
        ExternalDecisionFilter,
    ),
    responses((status = 200, description = "The decision.", body = ExternalDecisionView)),
    extensions(("x-access" = json!({"action": "status.read"})))
)]
#[get("/pupils/{id}/external-decisions/{decision_id}")]
pub async fn get(
    cx: Context,
    ids: PathIds,
    query: Params<ExternalDecisionFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "external_decision", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Correct an external decision
///
/// Records a corrected version with the reason; the one before is kept. A status that rested on the decision as it was
/// shows `decision_recorded: false` where it carries it no longer. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "correctExternalDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = ExternalDecisionCorrection,
    responses((status = 201, description = "It was recorded.", body = ExternalDecisionView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/external-decisions/{decision_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ExternalDecisionCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw an external decision
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason; nothing rests on
/// it any longer. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Statuses",
    operation_id = "withdrawExternalDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = ExternalDecisionWithdrawal,
    responses((status = 200, description = "The decision after its withdrawal.", body = ExternalDecisionView)),
    extensions(("x-access" = json!({"action": "status.record", "if_match": true})))
)]
#[post("/pupils/{id}/external-decisions/{decision_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ExternalDecisionWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::StatusRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
