//! Operations on the body map.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernMarkCorrection, ConcernMarkCreate, ConcernMarkView};
use super::super::service;
use super::{Part, added, entries, entry_under, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Put a mark on a concern's body map
///
/// Records a mark on a child's body as it was seen: where, how large, of what shape and colour, whether the skin is broken,
/// when and by whom it was seen. Describe it; do not say what it comes from. Nobody undresses a child to look, and no picture
/// of a mark is taken for this. Whoever raised the concern adds to it at any time, whoever works it while it is open; no
/// `If-Match` is asked for, since a reporter has seen no version of the record.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "recordConcernMark",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernMarkCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernMarkView)),
    extensions(("x-access" = json!({"action": "concern.add-evidence"})))
)]
#[post("/concerns/{id}/body-map")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ConcernMarkCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernAddEvidence)?;
    let (request, work) = (key.with(&body), scope.clone());
    let input = body.into_inner();
    let view =
        cx.write(&scope, Some(request), move |tx| service::create_mark(tx, &work, id.0, input)).await?;
    Ok(added(&cx, &format!("/v1/concerns/{}/body-map/{}", id.0, view.id), &view))
}

/// List the marks on a concern's body map
///
/// The marks, the oldest first, each in the version that holds; with `as_of`, in the version that held at that moment. Where
/// you see the concern as its reporter, those that you recorded, as you entered them.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "listConcernMarks",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernMarkView>)),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/body-map")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernReadEvidence, id.0, move |conn, vault, scope| {
        service::list_marks(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read a mark
///
/// One mark, in the version that holds. Where you see the concern as its reporter, one that you recorded, as you entered it.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "getConcernMark",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("mark_id" = crate::ids::Id, Path, description = "The mark."),
    ),
    responses((status = 200, description = "The mark.", body = ConcernMarkView)),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/body-map/{mark_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let get = move |conn: &mut _, vault: &_, scope: &_| service::get_mark(conn, vault, scope, ids.0, ids.1);
    entry_under(&cx, Action::ConcernReadEvidence, ids.0, get, |_| Vec::new()).await
}

/// List the versions of a mark
///
/// Every version of the mark, the first one first, each as it was recorded: when and by whom, and why the version before was
/// corrected. With `as_of`, those that were known at that moment. Only for those who see the concern in full.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "listConcernMarkVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("mark_id" = crate::ids::Id, Path, description = "The mark."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernMarkView>)),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/body-map/{mark_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernReadEvidence, ids.0, move |conn, vault, scope| {
        let as_of = query.filter.as_of;
        service::list_versions::<ConcernMarkView>(conn, vault, scope, (ids.0, ids.1), as_of, &query.paging)
    })
    .await
}

/// Correct a mark
///
/// Records a corrected version of a mark with the reason; the one before is kept, and its reporter goes on seeing what they
/// entered. `Location` is the mark's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "correctConcernMark",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("mark_id" = crate::ids::Id, Path, description = "The mark."),
    ),
    request_body = ConcernMarkCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernMarkView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.correct-evidence", "if_match": true})))
)]
#[post("/concerns/{id}/body-map/{mark_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernMarkCorrection>,
) -> ApiResult<HttpResponse> {
    record(
        &cx,
        Action::ConcernCorrectEvidence,
        (ids.0, Part::Each("body-map")),
        &key,
        body,
        move |tx, scope, input| service::correct_mark(tx, scope, ids.0, ids.1, &if_match, input),
    )
    .await
}
