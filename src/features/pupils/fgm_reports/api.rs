//! Operations on reports of female genital mutilation.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    FgmLeadTold, FgmPoliceReport, FgmReportCorrection, FgmReportCreate, FgmReportFilter, FgmReportView,
    FgmReportWithdrawal,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};

fn location(view: &FgmReportView) -> String {
    format!("/v1/pupils/{}/fgm-reports/{}", view.pupil_id, view.id)
}

/// Record that a teacher discovered FGM
///
/// Records what a teacher discovered of a child under 18 whom a school within your reach has: that an act of female
/// genital mutilation appears to have been carried out on her. The teacher reports it to the police in person, normally
/// by the close of the next working day (Female Genital Mutilation Act 2003, section 5B); that report may be recorded
/// at once or later.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "createFgmReport",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = FgmReportCreate,
    responses((status = 201, description = "It was recorded.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.make"})))
)]
#[post("/pupils/{id}/fgm-reports")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<FgmReportCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportMake)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// List a pupil's FGM reports
///
/// The reports about a pupil in the versions that hold, the oldest record first, those that were withdrawn among them;
/// with `as_of`, as they were known at that moment. A teacher sees their own; where they have none about this pupil,
/// 404.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "listFgmReports",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, FgmReportFilter),
    responses((status = 200, description = "A page.", body = Page<FgmReportView>)),
    extensions(("x-access" = json!({"action": "fgm-report.read"})))
)]
#[get("/pupils/{id}/fgm-reports")]
pub async fn list(cx: Context, id: PathId, query: ListParams<FgmReportFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "fgm_report", None, move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let school = work.within(value.items.first().map(|view| view.school_id));
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read an FGM report
///
/// One report in the version that holds; with `as_of`, as it was known at that moment. A teacher reads their own.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "getFgmReport",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("report_id" = crate::ids::Id, Path, description = "The report."),
        FgmReportFilter,
    ),
    responses((status = 200, description = "The report.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.read"})))
)]
#[get("/pupils/{id}/fgm-reports/{report_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<FgmReportFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "fgm_report", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Record the teacher's report to the police
///
/// Records, once, that the teacher who discovered it reported it to the police, with the reference. Somebody else's
/// report is 409 `rule_broken` with `not_allowed`: the duty is the teacher's own. A second time is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "reportFgmToPolice",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("report_id" = crate::ids::Id, Path, description = "The report."),
    ),
    request_body = FgmPoliceReport,
    responses((status = 200, description = "The report after it.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.record", "if_match": true})))
)]
#[post("/pupils/{id}/fgm-reports/{report_id}/police-report")]
pub async fn report(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FgmPoliceReport>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::report(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Record that a safeguarding lead was told of FGM
///
/// Records, once, when a safeguarding lead was told, and who. A second time is 409 `state_conflict`.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "tellLeadOfFgm",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("report_id" = crate::ids::Id, Path, description = "The report."),
    ),
    request_body = FgmLeadTold,
    responses((status = 200, description = "The report after it.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.record", "if_match": true})))
)]
#[post("/pupils/{id}/fgm-reports/{report_id}/lead-told")]
pub async fn tell_lead(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FgmLeadTold>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::tell_lead(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Correct an FGM report
///
/// Records a corrected version of the whole with the reason; the one before is kept. One that was withdrawn is 409
/// `state_conflict`.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "correctFgmReport",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("report_id" = crate::ids::Id, Path, description = "The report."),
    ),
    request_body = FgmReportCorrection,
    responses((status = 201, description = "It was recorded.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.record", "if_match": true})))
)]
#[post("/pupils/{id}/fgm-reports/{report_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FgmReportCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(&view), &view.tag(), &view))
}

/// Withdraw an FGM report
///
/// For a record that should never have been made. It stays, marked as withdrawn and with the reason, and nothing of it
/// is due. One that was withdrawn already is 409 `state_conflict`.
#[utoipa::path(
    tag = "FGM reports",
    operation_id = "withdrawFgmReport",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("report_id" = crate::ids::Id, Path, description = "The report."),
    ),
    request_body = FgmReportWithdrawal,
    responses((status = 200, description = "The report after its withdrawal.", body = FgmReportView)),
    extensions(("x-access" = json!({"action": "fgm-report.record", "if_match": true})))
)]
#[post("/pupils/{id}/fgm-reports/{report_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FgmReportWithdrawal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FgmReportRecord)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::withdraw(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&view.tag(), &view))
}
