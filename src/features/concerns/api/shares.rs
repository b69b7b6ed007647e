//! Operations on who is let in by name.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernShareCreate, ConcernShareRevocation, ConcernShareView};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Share or assign a concern
///
/// Lets a named person read a concern, or assigns it to them, and tells them. A person with a conflict of interest is
/// 409 `conflict_of_interest`; one who has the same open share is 409 `already_exists`. Governors, trustees and
/// administrators are never let into a case, whoever names them. `Location` is the share's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "shareConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernShareCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernShareView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.share", "if_match": true})))
)]
#[post("/concerns/{id}/shares")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernShareCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernShare, (id.0, Part::Each("shares")), &key, body, move |tx, scope, input| {
        service::create_share(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List shares
///
/// Who was let in by name, by whom and why, open and ended, the oldest first; with `as_of`, as it was known at that
/// moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernShares",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernShareView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/shares")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_shares(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read a share
///
/// Who was let in by one share, by whom and why, and whether it has ended.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernShare",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("share_id" = crate::ids::Id, Path, description = "The share."),
    ),
    responses((status = 200, description = "The share.", body = ConcernShareView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/shares/{share_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| service::get_share(conn, vault, scope, ids.0, ids.1)).await
}

/// End a share
///
/// Ends a share or an assignment now. One that has ended is 409 `state_conflict`. `Location` is the share's, `Record-ETag`
/// the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "endConcernShare",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("share_id" = crate::ids::Id, Path, description = "The share."),
    ),
    request_body = ConcernShareRevocation,
    responses((status = 201, description = "It was recorded.", body = ConcernShareView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.share", "if_match": true})))
)]
#[post("/concerns/{id}/shares/{share_id}/revocation")]
pub async fn revoke(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernShareRevocation>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernShare, (ids.0, Part::Each("shares")), &key, body, move |tx, scope, input| {
        service::revoke_share(tx, scope, ids.0, ids.1, &if_match, input)
    })
    .await
}
