//! Operations on links between concerns.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernLinkCreate, ConcernLinkView, ConcernLinkWithdrawal};
use super::super::service;
use super::{Part, entries, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Link another concern
///
/// Says that another concern belongs with this one, and why. The other must be one that you see in full: any other
/// identifier is 409 `rule_broken`. Two concerns that are linked already are 409 `already_exists`, whichever end
/// recorded it; a link that was withdrawn is made again. `Location` is the list of links, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "linkConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernLinkCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernLinkView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/links")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernLinkCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (id.0, Part::Together("links")), &key, body, move |tx, scope, input| {
        service::create_link(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List linked concerns
///
/// The concerns that are linked with this one, whichever end recorded it, as far as you see them in full; also those whose
/// link was withdrawn. With `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernLinks",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernLinkView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/links")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_links(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Withdraw a link
///
/// Says, from either end, that the two concerns do not belong together after all, and why. Nothing is lost: the link stays
/// in the list with its withdrawal. One that was withdrawn already is 409 `state_conflict`. `Location` is the list of
/// links, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "withdrawConcernLink",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("link_id" = crate::ids::Id, Path, description = "The link."),
    ),
    request_body = ConcernLinkWithdrawal,
    responses((status = 201, description = "It was recorded.", body = ConcernLinkView, headers(("Record-ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/links/{link_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernLinkWithdrawal>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (ids.0, Part::Together("links")), &key, body, move |tx, scope, input| {
        service::withdraw_link(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}
