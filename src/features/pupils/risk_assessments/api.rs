//! Operations on assessments of risks and needs.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    RiskAssessmentCorrection, RiskAssessmentCreate, RiskAssessmentEnding, RiskAssessmentFilter,
    RiskAssessmentMoment, RiskAssessmentReview, RiskAssessmentView, RiskAssessmentWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &RiskAssessmentView) -> String {
    format!("/v1/pupils/{}/risk-assessments/{}", view.pupil_id, view.id)
}

/// Record an assessment of risks and needs
///
/// Records an assessment of a pupil whom a school within your reach has: the risks, the child's needs, what is done
/// about it, who took part, and when it is looked at again.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "createRiskAssessment",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = RiskAssessmentCreate,
    responses((status = 201, description = "It was recorded.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record"})))
)]
#[post("/pupils/{id}/risk-assessments")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<RiskAssessmentCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's assessments
///
/// The assessments of a pupil in the versions that hold, the oldest record first, those that were withdrawn among them;
/// with `as_of`, as they were known at that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "listRiskAssessments",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, RiskAssessmentFilter),
    responses((status = 200, description = "A page.", body = Page<RiskAssessmentView>)),
    extensions(("x-access" = json!({"action": "risk-assessment.read"})))
)]
#[get("/pupils/{id}/risk-assessments")]
pub async fn list(
    cx: Context,
    id: PathId,
    query: ListParams<RiskAssessmentFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "risk_assessment", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an assessment
///
/// One assessment in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "getRiskAssessment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("assessment_id" = crate::ids::Id, Path, description = "The assessment."),
        RiskAssessmentMoment,
    ),
    responses((status = 200, description = "The assessment.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.read"})))
)]
#[get("/pupils/{id}/risk-assessments/{assessment_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<RiskAssessmentMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "risk_assessment", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Review an assessment
///
/// Records what a review found, and the assessment as it reads from now on: the next version. One that has ended is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "reviewRiskAssessment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("assessment_id" = crate::ids::Id, Path, description = "The assessment."),
    ),
    request_body = RiskAssessmentReview,
    responses((status = 201, description = "It was recorded.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-assessments/{assessment_id}/reviews")]
pub async fn review(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskAssessmentReview>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::review(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// End an assessment
///
/// Records that the assessment is not looked at again, and why. One that has ended is 409 `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "endRiskAssessment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("assessment_id" = crate::ids::Id, Path, description = "The assessment."),
    ),
    request_body = RiskAssessmentEnding,
    responses((status = 200, description = "The assessment after it.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-assessments/{assessment_id}/ending")]
pub async fn end(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskAssessmentEnding>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::RiskAssessmentRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::end(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct an assessment
///
/// Records a corrected version of the whole with the reason; the one before is kept. An assessment that had ended goes
/// on. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "correctRiskAssessment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("assessment_id" = crate::ids::Id, Path, description = "The assessment."),
    ),
    request_body = RiskAssessmentCorrection,
    responses((status = 201, description = "It was recorded.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-assessments/{assessment_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskAssessmentCorrection>,
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

/// Withdraw an assessment
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and nothing of it
/// is due. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Risk assessments",
    operation_id = "withdrawRiskAssessment",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("assessment_id" = crate::ids::Id, Path, description = "The assessment."),
    ),
    request_body = RiskAssessmentWithdrawal,
    responses((status = 200, description = "The assessment after its withdrawal.", body = RiskAssessmentView)),
    extensions(("x-access" = json!({"action": "risk-assessment.record", "if_match": true})))
)]
#[post("/pupils/{id}/risk-assessments/{assessment_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<RiskAssessmentWithdrawal>,
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
