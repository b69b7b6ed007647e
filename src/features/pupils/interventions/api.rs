//! Operations on restrictive interventions.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    InterventionCorrection, InterventionCreate, InterventionFilter, InterventionFollowUp, InterventionMoment,
    InterventionPartFilter, InterventionView, InterventionWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId};

fn location(view: &InterventionView) -> String {
    format!("/v1/restrictive-interventions/{}", view.id)
}

/// Record a restrictive intervention
///
/// Records a significant use of force, seclusion or other restraint, on the same day where that can be. Whoever took part is
/// named, and reads what they submitted and nothing of what comes afterwards. Where that leaves nobody at the school to
/// follow it up, the trust's lead, the CEO or the chair of trustees is told, and does. A pupil, concern or person beyond your
/// reach is 409 at its field.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "recordIntervention",
    request_body = InterventionCreate,
    responses((status = 201, description = "It was recorded.", body = InterventionView)),
    extensions(("x-access" = json!({"action": "intervention.record"})))
)]
#[post("/restrictive-interventions")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<InterventionCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List restrictive interventions
///
/// Interventions with the pupils whom schools within your reach have, the oldest record first; of staff, what they
/// submitted; of those above a school, what nobody there is free to see to. Of a pupil who has left for another school, ask with `pupil_id`: you see what was recorded until the last
/// day.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "listInterventions",
    params(PageQuery, InterventionFilter),
    responses((status = 200, description = "A page.", body = Page<InterventionView>)),
    extensions(("x-access" = json!({"action": "intervention.read"})))
)]
#[get("/restrictive-interventions")]
pub async fn list(cx: Context, query: ListParams<InterventionFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "restrictive_intervention", None, move |conn| {
            let school = work.within(query.filter.school_id);
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a restrictive intervention
///
/// One intervention in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "getIntervention",
    params(("id" = crate::ids::Id, Path, description = "The intervention."), InterventionMoment),
    responses((status = 200, description = "The intervention.", body = InterventionView)),
    extensions(("x-access" = json!({"action": "intervention.read"})))
)]
#[get("/restrictive-interventions/{id}")]
pub async fn get(cx: Context, id: PathId, query: Params<InterventionMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "restrictive_intervention", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0, query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// List the versions of a restrictive intervention
///
/// The intervention as it was first recorded, and each version that a correction or what was done afterwards has put in its
/// place, the first one first.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "listInterventionVersions",
    params(("id" = crate::ids::Id, Path, description = "The intervention."), PageQuery, InterventionPartFilter),
    responses((status = 200, description = "A page of versions.", body = Page<InterventionView>)),
    extensions(("x-access" = json!({"action": "intervention.read"})))
)]
#[get("/restrictive-interventions/{id}/versions")]
pub async fn list_versions(
    cx: Context,
    id: PathId,
    query: ListParams<InterventionPartFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "restrictive_intervention", Some(id.0), move |conn| {
            let value = service::list_versions(conn, &vault, &work, id.0, &query.paging)?;
            let school = value.items.last().map(|view| view.school_id);
            Ok(Seen { value, records: vec![id.0], school })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Correct a restrictive intervention
///
/// Records a corrected version with the reason; the one before is kept. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "correctIntervention",
    params(("id" = crate::ids::Id, Path, description = "The intervention.")),
    request_body = InterventionCorrection,
    responses((status = 201, description = "It was recorded.", body = InterventionView)),
    extensions(("x-access" = json!({"action": "intervention.work", "if_match": true})))
)]
#[post("/restrictive-interventions/{id}/corrections")]
pub async fn correct(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<InterventionCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Record what was done after an intervention
///
/// Records that a parent was told, that the pupil was looked over, that pupil and staff were spoken with, or that it was
/// reviewed. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "followUpIntervention",
    params(("id" = crate::ids::Id, Path, description = "The intervention.")),
    request_body = InterventionFollowUp,
    responses((status = 201, description = "It was recorded.", body = InterventionView)),
    extensions(("x-access" = json!({"action": "intervention.work", "if_match": true})))
)]
#[post("/restrictive-interventions/{id}/follow-up")]
pub async fn follow_up(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<InterventionFollowUp>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::follow_up(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw a restrictive intervention
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason. One that was
/// withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Restrictive interventions",
    operation_id = "withdrawIntervention",
    params(("id" = crate::ids::Id, Path, description = "The intervention.")),
    request_body = InterventionWithdrawal,
    responses((status = 200, description = "The intervention after its withdrawal.", body = InterventionView)),
    extensions(("x-access" = json!({"action": "intervention.work", "if_match": true})))
)]
#[post("/restrictive-interventions/{id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<InterventionWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::InterventionWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
