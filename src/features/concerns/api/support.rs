//! Operations on the support that a school asks of the trust's safeguarding lead.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    NoFilter, SupportAnswerCreate, SupportFilter, SupportRequestCreate, SupportRequestView, SupportWithdrawal,
};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Ask the trust's lead for support in a concern
///
/// For the school's safeguarding team and the headteacher. The trust's safeguarding lead is told, or, where the lead has a
/// conflict of interest, whoever stands in for them in this concern; they read what help is asked for, and reading the
/// concern begins when they accept, and lasts no longer than they hold the post. Where nobody is in post the CEO hears, and
/// the request waits. One request at a time: 409 `already_exists`. `Location` is the request's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "askForSupport",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = SupportRequestCreate,
    responses((status = 201, description = "It was asked for.", body = SupportRequestView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.ask-support", "if_match": true})))
)]
#[post("/concerns/{id}/support-requests")]
pub async fn ask(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SupportRequestCreate>,
) -> ApiResult<HttpResponse> {
    let part = Part::Each("support-requests");
    record(&cx, Action::ConcernAskSupport, (id.0, part), &key, body, move |tx, scope, input| {
        service::ask_support(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List the requests for support in a concern
///
/// What was asked of the trust's lead in a concern, and what became of it, the oldest first.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernSupportRequests",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<SupportRequestView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/support-requests")]
pub async fn list(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_support_requests(conn, vault, scope, id.0, &query.paging)
    })
    .await
}

/// Read a request for support in a concern
///
/// One request, for those who read the concern.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernSupportRequest",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("request_id" = crate::ids::Id, Path, description = "The request."),
    ),
    responses((status = 200, description = "The request.", body = SupportRequestView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/support-requests/{request_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| {
        service::get_support_request(conn, vault, scope, ids.0, ids.1)
    })
    .await
}

/// Take back a request for support, or end the support
///
/// Before it is answered the request is withdrawn; after it was accepted the support ends, and with it at once the access
/// that it gave. Whoever was asked, or gave it, is told. What is over already is 409 `state_conflict`. `Location` is the
/// request's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "withdrawSupportRequest",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("request_id" = crate::ids::Id, Path, description = "The request."),
    ),
    request_body = SupportWithdrawal,
    responses((status = 201, description = "It is over.", body = SupportRequestView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.ask-support", "if_match": true})))
)]
#[post("/concerns/{id}/support-requests/{request_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SupportWithdrawal>,
) -> ApiResult<HttpResponse> {
    let part = Part::Each("support-requests");
    record(&cx, Action::ConcernAskSupport, (ids.0, part), &key, body, move |tx, scope, input| {
        service::withdraw_support(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// List the support that is asked of you
///
/// For the trust's safeguarding lead: what schools ask of them, the oldest first; `state=requested` is what waits for an
/// answer. Whoever stands in for the lead in a concern finds the requests of that one. None of a case with which you have a
/// conflict of interest.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listSupportRequests",
    params(PageQuery, SupportFilter),
    responses((status = 200, description = "A page.", body = Page<SupportRequestView>)),
    extensions(("x-access" = json!({"action": "support.answer"})))
)]
#[get("/support-requests")]
pub async fn list_asked(cx: Context, query: ListParams<SupportFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SupportAnswer)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "concern_support_request", None, move |conn| {
            let value = service::list_asked(conn, &vault, &work, &query.filter, &query.paging)?;
            let school = work.within(query.filter.school_id);
            Ok(Seen { records: value.items.iter().map(|item| item.concern_id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read what support is asked of you
///
/// One request that is addressed to you, as the trust's safeguarding lead or in their place.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getSupportRequest",
    params(("id" = crate::ids::Id, Path, description = "The request.")),
    responses((status = 200, description = "The request.", body = SupportRequestView)),
    extensions(("x-access" = json!({"action": "support.answer"})))
)]
#[get("/support-requests/{id}")]
pub async fn get_asked(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SupportAnswer)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let (view, version) = cx
        .see(&scope, "concern_support_request", Some(id.0), move |conn| {
            let value = service::asked(conn, &vault, &work, id.0)?;
            Ok(Seen { records: vec![value.0.concern_id], school: Some(value.0.school_id), value })
        })
        .await?;
    Ok(cx.found(&ETag::version(version), &view))
}

/// Answer a request for support
///
/// Accept, and you read the concern from then on, until the school ends it, you hand it back, or the time is over for which
/// it was wanted. Refuse with the reason. What was answered already, or taken back, is 409 `state_conflict`; of two who
/// answer at once one gets 412. The one who asked is told.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "answerSupportRequest",
    params(("id" = crate::ids::Id, Path, description = "The request.")),
    request_body = SupportAnswerCreate,
    responses((status = 200, description = "The request with the answer.", body = SupportRequestView)),
    extensions(("x-access" = json!({"action": "support.answer", "if_match": true})))
)]
#[post("/support-requests/{id}/answer")]
pub async fn answer(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SupportAnswerCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SupportAnswer)?;
    let (request, work) = (key.with(&body), scope.clone());
    let (view, version) = cx
        .write(&scope, Some(request), move |tx| {
            service::answer_support(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(version), &view))
}
