//! Operations on escalations.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    AsOf, ConcernEscalationCorrection, ConcernEscalationCreate, ConcernEscalationOutcome,
    ConcernEscalationReview, ConcernEscalationView,
};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Escalate a concern
///
/// Takes a concern to a higher level of the trust: to whom, why, and by when it is looked at again. Who sees to it is
/// told; somebody whose roles could never be let in to the case is 409 at `/owner_id`, one who is linked to it 409
/// `conflict_of_interest`. It opens the concern to nobody: share it where that is needed. As long as its owner does not read
/// the concern, it is a task of who raised it and of the school's team. An open escalation does not hold up the closing of
/// the concern. `Location` is the escalation's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "escalateConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernEscalationCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernEscalationView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/escalations")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernEscalationCreate>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernWork,
        (id.0, Part::Each("escalations")),
        &key,
        body,
        move |tx, scope, input| service::create_escalation(tx, scope, id.0, &if_match, input),
    )
    .await
}

/// List escalations
///
/// The escalations of a concern, the oldest first, each in the version that holds; with `as_of`, in the version that held at
/// that moment.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listConcernEscalations",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernEscalationView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/escalations")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        let as_of = query.filter.as_of;
        service::list_entries::<ConcernEscalationView>(conn, vault, scope, id.0, as_of, &query.paging)
    })
    .await
}

/// Read an escalation
///
/// One escalation, in the version that holds.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "getConcernEscalation",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("escalation_id" = crate::ids::Id, Path, description = "The escalation."),
    ),
    responses((status = 200, description = "The escalation.", body = ConcernEscalationView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/escalations/{escalation_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| {
        service::get_entry::<ConcernEscalationView>(conn, vault, scope, ids.0, ids.1)
    })
    .await
}

/// List the versions of an escalation
///
/// Every version of the escalation, the first one first: as it was raised, each review, each correction, and its end. With
/// `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listConcernEscalationVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("escalation_id" = crate::ids::Id, Path, description = "The escalation."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernEscalationView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/escalations/{escalation_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, ids.0, move |conn, vault, scope| {
        let (ids, as_of) = ((ids.0, ids.1), query.filter.as_of);
        service::list_versions::<ConcernEscalationView>(conn, vault, scope, ids, as_of, &query.paging)
    })
    .await
}

/// Correct an escalation
///
/// Records a corrected version of an escalation with the reason; the one before is kept. A new owner is told. `Location` is the
/// escalation's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "correctConcernEscalation",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("escalation_id" = crate::ids::Id, Path, description = "The escalation."),
    ),
    request_body = ConcernEscalationCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernEscalationView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/escalations/{escalation_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernEscalationCorrection>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("escalations"));
    record(&cx, Action::ConcernWork, part, &key, body, move |tx, scope, input| {
        service::correct_escalation(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Review an escalation
///
/// Records that an escalation was looked at again, what was found, and by when it is next. One that has ended is 409
/// `escalation_ended`. `Location` is the escalation's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "reviewConcernEscalation",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("escalation_id" = crate::ids::Id, Path, description = "The escalation."),
    ),
    request_body = ConcernEscalationReview,
    responses((status = 201, description = "It was recorded.", body = ConcernEscalationView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/escalations/{escalation_id}/reviews")]
pub async fn review(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernEscalationReview>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("escalations"));
    record(&cx, Action::ConcernWork, part, &key, body, move |tx, scope, input| {
        service::review_escalation(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// End an escalation
///
/// Records when an escalation ended and what came of it, once: a second time is 409 `escalation_ended`. `Location` is the
/// escalation's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "endConcernEscalation",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("escalation_id" = crate::ids::Id, Path, description = "The escalation."),
    ),
    request_body = ConcernEscalationOutcome,
    responses((status = 201, description = "It was recorded.", body = ConcernEscalationView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/escalations/{escalation_id}/outcome")]
pub async fn end(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernEscalationOutcome>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("escalations"));
    record(&cx, Action::ConcernWork, part, &key, body, move |tx, scope, input| {
        service::end_escalation(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}
