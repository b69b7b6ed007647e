//! Scrutiny, closure, reopening, and the trust lead's deputy.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    ConcernClosureCreate, ConcernClosureView, ConcernReopeningCreate, ConcernReopeningView,
    ConcernScrutinyCreate, ConcernScrutinyView, NoFilter, TrustLeadDeputyCreate, TrustLeadDeputyView,
};
use super::super::service;
use super::{Part, entries, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Scrutinise a concern
///
/// Records that you have scrutinised it, as one of the school's safeguarding team or as the trust's lead. At any time:
/// nothing waits for it but closure, which asks for the stamps that the trust's setting `scrutiny` names, by different
/// people. Each person stamps once a round: 409 `same_person_scrutiny`, `not_your_capacity`, `concern_closed`. Stamps
/// of others since you read the concern are no reason for 412; anything recorded in the case is. The answer's
/// `Location` is the list of stamps, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "scrutiniseConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernScrutinyCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernScrutinyView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.scrutinise", "if_match": true})))
)]
#[post("/concerns/{id}/scrutiny")]
pub async fn scrutinise(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernScrutinyCreate>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernScrutinise,
        (id.0, Part::Together("scrutiny")),
        &key,
        body,
        move |tx, scope, input| service::scrutinise(tx, scope, id.0, &if_match, input),
    )
    .await
}

/// List the scrutiny of a concern
///
/// All stamps, of earlier rounds too, the oldest first.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernScrutiny",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<ConcernScrutinyView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/scrutiny")]
pub async fn list_scrutiny(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_scrutiny(conn, vault, scope, id.0, &query.paging)
    })
    .await
}

/// Appoint a deputy for the trust lead in one concern
///
/// For the CEO, or where the CEO has a conflict of interest the chair of trustees: where every trust lead in post has a
/// conflict of interest in a concern, a deputy stands in for them in scrutiny, panel and closure of this concern, and is
/// let in to read it. Another appointment takes the place of the one before. You read nothing of the case, so no
/// `If-Match` is asked for, and learn of no concern in which a trust lead can act: it is 404, as one that is not there.
/// 409 `rule_broken` with `cannot_stand_in` at `/person_id` for whoever cannot, for whatever reason. `Location` is the
/// concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "appointTrustLeadDeputy",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = TrustLeadDeputyCreate,
    responses((status = 201, description = "The deputy was appointed.", body = TrustLeadDeputyView, headers(("Location" = String)))),
    extensions(("x-access" = json!({"action": "concern.deputise"})))
)]
#[post("/concerns/{id}/trust-lead-deputy")]
pub async fn appoint_deputy(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<TrustLeadDeputyCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernDeputise)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::appoint_deputy(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.recorded(&format!("/v1/concerns/{}", id.0), None, None, &view))
}

/// Close a concern
///
/// Closes it by the trust's `closure_rule`, and in no other way: nothing closes by age. Both ways ask for the stamps of
/// the setting `scrutiny` in this round (`scrutiny_incomplete`), no required action open (`required_action_open`), and an
/// action or the decision `no_action` (`no_action_or_reason`).
///
/// `unanimous_panel`: in the held panel of the concern's school that `panel_id` names (`panel_required`,
/// `panel_not_held`, `panel_wrong_school`, `panel_over`, `not_on_agenda`), at which a DSL or deputy (`panel_without_dsl`)
/// and the trust lead or, where they have a conflict of interest, their deputy (`panel_without_trust_lead`) were
/// present, and in which every attendee with a vote agrees: a missing answer (`agreement_missing`), an abstention
/// (`agreement_abstained`) or one disagreement (`panel_not_unanimous`) keeps it open.
///
/// `safety_statement`: by a DSL or deputy of the school (`dsl_required`) who says why the child is no longer unsafe
/// (`safety_statement_required`); where a level of support is the local authority's, its decision since the concern was
/// raised or reopened is recorded (`external_decision_required`).
///
/// A closed concern takes what its reporter adds, who is let in, and reopening; everything else is 409
/// `concern_closed`. `already_closed` where it is. `Location` is the list of closures, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "closeConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernClosureCreate,
    responses((status = 201, description = "It was closed.", body = ConcernClosureView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.close", "if_match": true})))
)]
#[post("/concerns/{id}/closure")]
pub async fn close(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernClosureCreate>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernClose,
        (id.0, Part::Together("closures")),
        &key,
        body,
        move |tx, scope, input| service::close(tx, scope, id.0, &if_match, input),
    )
    .await
}

/// Reopen a concern
///
/// Reopens a closed concern, with the reason: a new round begins, for whose closure it is scrutinised and agreed on
/// anew. Earlier stamps and answers stay on record. 409 `concern_open` where it is not closed. `Location` is
/// the list of closures, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "reopenConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernReopeningCreate,
    responses((status = 201, description = "It was reopened.", body = ConcernReopeningView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.reopen", "if_match": true})))
)]
#[post("/concerns/{id}/reopening")]
pub async fn reopen(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernReopeningCreate>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernReopen,
        (id.0, Part::Together("closures")),
        &key,
        body,
        move |tx, scope, input| service::reopen(tx, scope, id.0, &if_match, input),
    )
    .await
}

/// List the closures of a concern
///
/// How each round was closed, and why it was reopened, the first round first.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernClosures",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<ConcernClosureView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/closures")]
pub async fn list_closures(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_closures(conn, vault, scope, id.0, &query.paging)
    })
    .await
}
