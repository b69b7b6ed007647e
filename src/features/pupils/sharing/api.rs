//! Operations on sharing of information.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    SharingBasisFilter, SharingBasisView, SharingDecisionCorrection, SharingDecisionCreate,
    SharingDecisionFilter, SharingDecisionMoment, SharingDecisionPartFilter, SharingDecisionView,
    SharingDecisionWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId};

fn location(view: &SharingDecisionView) -> String {
    format!("/v1/sharing-decisions/{}", view.id)
}

/// List legal bases
///
/// The legal bases on which information about a child can be shared, or kept back, on a day. A decision names those that
/// were in force on its own day.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "listSharingBases",
    params(PageQuery, SharingBasisFilter),
    responses((status = 200, description = "A page of bases.", body = Page<SharingBasisView>)),
    extensions(("x-access" = json!({"action": "guidance.read"})))
)]
#[get("/sharing-bases")]
pub async fn bases(cx: Context, query: ListParams<SharingBasisFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceRead)?;
    let page = service::bases(query.filter.on.unwrap_or(scope.today()), &query.paging)?;
    Ok(cx.page(&page))
}

/// Record a decision about sharing
///
/// Records that information about a pupil was shared with somebody outside the school, or that it was not, with the reason
/// and the legal basis. A basis that was not in force on the day is 409 at `/decision/bases/{index}`; a pupil, concern or
/// person beyond your reach is 409 at its field.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "recordSharingDecision",
    request_body = SharingDecisionCreate,
    responses((status = 201, description = "It was recorded.", body = SharingDecisionView)),
    extensions(("x-access" = json!({"action": "sharing.record"})))
)]
#[post("/sharing-decisions")]
pub async fn create(
    cx: Context,
    key: IdempotencyKey,
    body: Body<SharingDecisionCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List decisions about sharing
///
/// What was shared about the pupils whom schools within your reach have, and what was kept back, the oldest record first.
/// Of a pupil who has left for another school, ask with `pupil_id`: you see what was recorded until the last day. What was
/// decided in a concern is shown to those who read that concern in full.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "listSharingDecisions",
    params(PageQuery, SharingDecisionFilter),
    responses((status = 200, description = "A page.", body = Page<SharingDecisionView>)),
    extensions(("x-access" = json!({"action": "sharing.read"})))
)]
#[get("/sharing-decisions")]
pub async fn list(cx: Context, query: ListParams<SharingDecisionFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "sharing_decision", None, move |conn| {
            let school = work.within(query.filter.school_id);
            let value = service::list(conn, &vault, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a decision about sharing
///
/// One decision in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "getSharingDecision",
    params(("id" = crate::ids::Id, Path, description = "The decision."), SharingDecisionMoment),
    responses((status = 200, description = "The decision.", body = SharingDecisionView)),
    extensions(("x-access" = json!({"action": "sharing.read"})))
)]
#[get("/sharing-decisions/{id}")]
pub async fn get(cx: Context, id: PathId, query: Params<SharingDecisionMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "sharing_decision", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0, query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// List the versions of a decision about sharing
///
/// The decision as it was first recorded, and each version that a correction or withdrawal has put in its place, the first
/// one first.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "listSharingDecisionVersions",
    params(("id" = crate::ids::Id, Path, description = "The decision."), PageQuery, SharingDecisionPartFilter),
    responses((status = 200, description = "A page of versions.", body = Page<SharingDecisionView>)),
    extensions(("x-access" = json!({"action": "sharing.read"})))
)]
#[get("/sharing-decisions/{id}/versions")]
pub async fn list_versions(
    cx: Context,
    id: PathId,
    query: ListParams<SharingDecisionPartFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "sharing_decision", Some(id.0), move |conn| {
            let value = service::list_versions(conn, &vault, &work, id.0, &query.paging)?;
            let school = value.items.last().map(|view| view.school_id);
            Ok(Seen { value, records: vec![id.0], school })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Correct a decision about sharing
///
/// Records a corrected version with the reason; the one before is kept. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "correctSharingDecision",
    params(("id" = crate::ids::Id, Path, description = "The decision.")),
    request_body = SharingDecisionCorrection,
    responses((status = 201, description = "It was recorded.", body = SharingDecisionView)),
    extensions(("x-access" = json!({"action": "sharing.record", "if_match": true})))
)]
#[post("/sharing-decisions/{id}/corrections")]
pub async fn correct(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SharingDecisionCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw a decision about sharing
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason. One that was
/// withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Information sharing",
    operation_id = "withdrawSharingDecision",
    params(("id" = crate::ids::Id, Path, description = "The decision.")),
    request_body = SharingDecisionWithdrawal,
    responses((status = 200, description = "The decision after its withdrawal.", body = SharingDecisionView)),
    extensions(("x-access" = json!({"action": "sharing.record", "if_match": true})))
)]
#[post("/sharing-decisions/{id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SharingDecisionWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SharingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
