//! Operations on decisions.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernDecisionCorrection, ConcernDecisionCreate, ConcernDecisionView};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record a decision
///
/// Records a decision and the reason for it. `no_action` records that nothing needs to be done, and why: every
/// concern ends in an action or in that. `Location` is the decision's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "recordConcernDecision",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernDecisionCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernDecisionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/decisions")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernDecisionCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (id.0, Part::Each("decisions")), &key, body, move |tx, scope, input| {
        service::create_decision(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List decisions
///
/// The decisions of a concern, the oldest first, each in the version that holds; with `as_of`, in the version that
/// held at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernDecisions",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernDecisionView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/decisions")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_entries::<ConcernDecisionView>(
            conn,
            vault,
            scope,
            id.0,
            query.filter.as_of,
            &query.paging,
        )
    })
    .await
}

/// Read a decision
///
/// One decision, in the version that holds.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    responses((status = 200, description = "The decision.", body = ConcernDecisionView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/decisions/{decision_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| {
        service::get_entry::<ConcernDecisionView>(conn, vault, scope, ids.0, ids.1)
    })
    .await
}

/// List the versions of a decision
///
/// Every version of the decision, the first one first, each as it was recorded: when and by whom, when it
/// happened, and why the version before was corrected. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernDecisionVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernDecisionView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/decisions/{decision_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, ids.0, move |conn, vault, scope| {
        let as_of = query.filter.as_of;
        service::list_versions::<ConcernDecisionView>(
            conn,
            vault,
            scope,
            (ids.0, ids.1),
            as_of,
            &query.paging,
        )
    })
    .await
}

/// Correct a decision
///
/// Records a corrected version of a decision with the reason; the one before is kept. `Location` is the decision's,
/// `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "correctConcernDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = ConcernDecisionCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernDecisionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/decisions/{decision_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernDecisionCorrection>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (ids.0, Part::Each("decisions")), &key, body, move |tx, scope, input| {
        service::correct_decision(tx, scope, ids.0, ids.1, &if_match, input)
    })
    .await
}
