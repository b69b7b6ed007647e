//! Operations on the actions of assessments.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    RiskActionCorrection, RiskActionCreate, RiskActionFilter, RiskActionMoment, RiskActionOutcome,
    RiskActionView, RiskActionWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &RiskActionView) -> String {
    format!("/v1/pupils/{}/risk-actions/{}", view.pupil_id, view.id)
}

/// Record an action of an assessment
///
/// Records what is to be done by an assessment, by whom and by when.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "createRiskAction",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = RiskActionCreate,
    responses((status = 201, description = "It was recorded.", body = RiskActionView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record"})))
)]
#[post("/pupils/{id}/risk-actions")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<RiskActionCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List the actions of a pupil's assessments
///
/// The actions in the versions that hold, the oldest record first, those that were withdrawn among them; with `as_of`,
/// as they were known at that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "listRiskActions",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, RiskActionFilter),
    responses((status = 200, description = "A page.", body = Page<RiskActionView>)),
    extensions(("x-access" = json!({"action": "risk-assessment.read"})))
)]
#[get("/pupils/{id}/risk-actions")]
pub async fn list(cx: Context, id: PathId, query: ListParams<RiskActionFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "risk_action", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an action of an assessment
///
/// One action in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "getRiskAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
        RiskActionMoment,
    ),
    responses((status = 200, description = "The action.", body = RiskActionView)),
    extensions(("x-access" = json!({"action": "risk-assessment.read"})))
)]
#[get("/pupils/{id}/risk-actions/{action_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<RiskActionMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "risk_action", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Record what came of an action
///
/// Records, once, that an action of an assessment was done, and what came of it. A second time is 409 `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "settleRiskAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    request_body = RiskActionOutcome,
    responses((status = 200, description = "The action after it.", body = RiskActionView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-actions/{action_id}/outcome")]
pub async fn outcome(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskActionOutcome>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::outcome(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct an action of an assessment
///
/// Records a corrected version of the whole with the reason; the one before is kept. One that was withdrawn is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "correctRiskAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    request_body = RiskActionCorrection,
    responses((status = 201, description = "It was recorded.", body = RiskActionView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-actions/{action_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskActionCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw an action of an assessment
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and is due no
/// more. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "withdrawRiskAction",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("action_id" = crate::ids::Id, Path, description = "The action."),
    ),
    request_body = RiskActionWithdrawal,
    responses((status = 200, description = "The action after its withdrawal.", body = RiskActionView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-actions/{action_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskActionWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
