//! Operations on meetings of agencies.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    AgencyMeetingCorrection, AgencyMeetingCreate, AgencyMeetingFilter, AgencyMeetingMoment,
    AgencyMeetingOutcome, AgencyMeetingReport, AgencyMeetingView, AgencyMeetingWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &AgencyMeetingView) -> String {
    format!("/v1/pupils/{}/agency-meetings/{}", view.pupil_id, view.id)
}

/// Record an invitation to a meeting of agencies
///
/// Records that the school was invited to a meeting of agencies about a pupil whom a school within your reach has:
/// which one, when, who goes for the school in which role, and whether a report is asked for. A meeting about several
/// children is recorded with each of them. Somebody who has a conflict of interest with the pupil does not go: 409
/// `conflict_of_interest`.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "createAgencyMeeting",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = AgencyMeetingCreate,
    responses((status = 201, description = "It was recorded.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.record"})))
)]
#[post("/pupils/{id}/agency-meetings")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<AgencyMeetingCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's meetings of agencies
///
/// The meetings about a pupil in the versions that hold, the oldest record first, those that were withdrawn among them;
/// with `as_of`, as they were known at that moment. A school that the pupil has left sees what it recorded itself.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "listAgencyMeetings",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, AgencyMeetingFilter),
    responses((status = 200, description = "A page.", body = Page<AgencyMeetingView>)),
    extensions(("x-access" = json!({"action": "agency-meeting.read"})))
)]
#[get("/pupils/{id}/agency-meetings")]
pub async fn list(
    cx: Context,
    id: PathId,
    query: ListParams<AgencyMeetingFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "agency_meeting", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a meeting of agencies
///
/// One meeting about a pupil in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "getAgencyMeeting",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("meeting_id" = crate::ids::Id, Path, description = "The meeting."),
        AgencyMeetingMoment,
    ),
    responses((status = 200, description = "The meeting.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.read"})))
)]
#[get("/pupils/{id}/agency-meetings/{meeting_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<AgencyMeetingMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "agency_meeting", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Record the report for a meeting of agencies
///
/// Records that the school's report is written and, at once or by a second request, that it was sent. After that the
/// record is put right by a correction: 409 `state_conflict`.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "reportToAgencyMeeting",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("meeting_id" = crate::ids::Id, Path, description = "The meeting."),
    ),
    request_body = AgencyMeetingReport,
    responses((status = 200, description = "The meeting after it.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.record", "if_match": true})))
)]
#[post("/pupils/{id}/agency-meetings/{meeting_id}/report")]
pub async fn report(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AgencyMeetingReport>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::report(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Record what came of a meeting of agencies
///
/// Records, once, whether the meeting was held, who went for the school or why nobody did, what came of it, the
/// decision and the status that it was about, and the next meeting. A decision or status that is not on this pupil's
/// record is 409 at its field; a second time is 409 `state_conflict`.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "settleAgencyMeeting",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("meeting_id" = crate::ids::Id, Path, description = "The meeting."),
    ),
    request_body = AgencyMeetingOutcome,
    responses((status = 200, description = "The meeting after it.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.record", "if_match": true})))
)]
#[post("/pupils/{id}/agency-meetings/{meeting_id}/outcome")]
pub async fn outcome(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AgencyMeetingOutcome>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::outcome(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct a meeting of agencies
///
/// Records a corrected version of the whole with the reason; the one before is kept. One that was withdrawn is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "correctAgencyMeeting",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("meeting_id" = crate::ids::Id, Path, description = "The meeting."),
    ),
    request_body = AgencyMeetingCorrection,
    responses((status = 201, description = "It was recorded.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.record", "if_match": true})))
)]
#[post("/pupils/{id}/agency-meetings/{meeting_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AgencyMeetingCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw a meeting of agencies
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and nothing of it
/// is due. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "Agency meetings",
    operation_id = "withdrawAgencyMeeting",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("meeting_id" = crate::ids::Id, Path, description = "The meeting."),
    ),
    request_body = AgencyMeetingWithdrawal,
    responses((status = 200, description = "The meeting after its withdrawal.", body = AgencyMeetingView)),
    extensions(("x-access" = json!({"action": "agency-meeting.record", "if_match": true})))
)]
#[post("/pupils/{id}/agency-meetings/{meeting_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<AgencyMeetingWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AgencyMeetingRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
