//! Operations on where a concern stands.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{ConcernPlacementCreate, ConcernPlacementView, ConcernView, NoFilter};
use super::super::service;
use super::entries;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Put a concern where it belongs
///
/// Moves a concern into the restricted log or out of it, or to the right school where it was raised at the wrong one, with
/// the reason; a closed one too. Those who read it there are told. Who read it before and does not read it there finds
/// nothing from then on, also you, who are answered with what you may still see of it; shares with named people stand
/// as far as the log admits them. Its reporter goes on seeing what they submitted. Where it stands there already, or
/// nobody on record would read it there, it is 409 `state_conflict`. `Location` is the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "placeConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernPlacementCreate,
    responses((status = 201, description = "It stands there.", body = ConcernView)),
    extensions(("x-access" = json!({"action": "concern.place", "if_match": true})))
)]
#[post("/concerns/{id}/placements")]
pub async fn place(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernPlacementCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernPlace)?;
    let (request, work) = (key.with(&body), scope.clone());
    let shown = cx
        .write(&scope, Some(request), move |tx| service::place(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.created(&format!("/v1/concerns/{}", id.0), &shown.tag, &shown.view))
}

/// List placements
///
/// Where the concern stood before, who moved it and why, the first time first. What tells of the restricted log is shown
/// to those who read that log.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernPlacements",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<ConcernPlacementView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/placements")]
pub async fn list(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_placements(conn, vault, scope, id.0, &query.paging)
    })
    .await
}
