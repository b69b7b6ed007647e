//! Operations on the triage of concerns.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernTriageCreate, ConcernTriageView};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Triage a concern
///
/// Records how urgent a concern is, the school's view of the level of need (advice only: the statutory level is the
/// local authority's), and whether a parent was told, or why not. Another triage takes the place of the one before,
/// which is kept. `Location` is the triage's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "triageConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernTriageCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernTriageView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/triage")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernTriageCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (id.0, Part::Each("triages")), &key, body, move |tx, scope, input| {
        service::create_triage(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List triages
///
/// All triages of a concern, the first one first; the last one holds. With `as_of`, as they were known at that
/// moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernTriages",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernTriageView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/triages")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_triages(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read a triage
///
/// One triage, also where another has taken its place.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernTriage",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("triage_id" = crate::ids::Id, Path, description = "The triage."),
    ),
    responses((status = 200, description = "The triage.", body = ConcernTriageView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/triages/{triage_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| service::get_triage(conn, vault, scope, ids.0, ids.1)).await
}
