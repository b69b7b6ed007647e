//! Operations on names that were given by mistake.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{NamingLiftingCreate, NamingLiftingView, NoFilter};
use super::super::service;
use super::{Part, entries, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Lift a name that was given by mistake
///
/// An adult whom any account of a concern names is shut out of it, also after a correction. Where the name was a mistake
/// it is lifted, with the reason: by another person than the one who named the adult, and after the account was
/// corrected; otherwise it is 409 `state_conflict`. Nobody is told. `Location` is the
/// list, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "liftNaming",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = NamingLiftingCreate,
    responses((status = 201, description = "It was recorded.", body = NamingLiftingView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/naming-liftings")]
pub async fn lift(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<NamingLiftingCreate>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernWork,
        (id.0, Part::Together("naming-liftings")),
        &key,
        body,
        move |tx, scope, input| service::lift_naming(tx, scope, id.0, &if_match, input),
    )
    .await
}

/// List lifted names
///
/// The adults whose name was lifted, by whom and why, the oldest first.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listNamingLiftings",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<NamingLiftingView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/naming-liftings")]
pub async fn list(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_naming_liftings(conn, vault, scope, id.0, &query.paging)
    })
    .await
}
