//! Operations on matches.

use actix_web::{HttpResponse, get, post};

use super::dto::{PupilMatchConfirmation, PupilMatchFilter, PupilMatchRefusal, PupilMatchView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// List pupil matches
///
/// Where another school of the trust has made a pupil with the number of one whom a school within your reach has, or had
/// last: oldest first. What your own schools have made is not among them, nor what is about a child with whom you have a
/// conflict of interest.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "listPupilMatches",
    params(PageQuery, PupilMatchFilter),
    responses((status = 200, description = "A page of matches.", body = Page<PupilMatchView>)),
    extensions(("x-access" = json!({"action": "pupil.match"})))
)]
#[get("/pupil-matches")]
pub async fn list(cx: Context, query: ListParams<PupilMatchFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilMatch)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "pupil_match", None, move |conn| {
            let value = service::list(conn, &work, &query.filter, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school: None, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a pupil match
///
/// What another school sent about a pupil with the number of one whom a school within your reach has.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "getPupilMatch",
    params(("id" = crate::ids::Id, Path, description = "The match.")),
    responses((status = 200, description = "The match.", body = PupilMatchView)),
    extensions(("x-access" = json!({"action": "pupil.match"})))
)]
#[get("/pupil-matches/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilMatch)?;
    let work = scope.clone();
    let view = cx
        .see(&scope, "pupil_match", Some(id.0), move |conn| {
            let value = service::get(conn, &work, id.0)?;
            Ok(Seen { records: vec![value.id], school: None, value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Confirm a pupil match
///
/// Says that the two are one child. The other school's enrolments, characteristics, conflicts of interest and concerns
/// belong to your pupil's record from now on, its own record goes, and it reads the pupil as the school that has them
/// does. Nothing recorded goes: what both say of a day stands once. Two records that say different things of one day are
/// 409 `records_differ`, and `detail` says what is to be put right; a settled match is 409 `state_conflict`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "confirmPupilMatch",
    params(("id" = crate::ids::Id, Path, description = "The match.")),
    request_body = PupilMatchConfirmation,
    responses((status = 200, description = "The match, confirmed.", body = PupilMatchView)),
    extensions(("x-access" = json!({"action": "pupil.settle-match", "if_match": true})))
)]
#[post("/pupil-matches/{id}/confirmation")]
pub async fn confirm(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PupilMatchConfirmation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilSettleMatch)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::confirm(tx, &work, id.0, &if_match)).await?;
    Ok(cx.changed(&view.tag(), &view))
}

/// Refuse a pupil match
///
/// Says that the two are different children. The other school keeps its record and is not told: talk to it, since one of
/// the two numbers is wrong. A settled match is 409 `state_conflict`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "refusePupilMatch",
    params(("id" = crate::ids::Id, Path, description = "The match.")),
    request_body = PupilMatchRefusal,
    responses((status = 200, description = "The match, refused.", body = PupilMatchView)),
    extensions(("x-access" = json!({"action": "pupil.settle-match", "if_match": true})))
)]
#[post("/pupil-matches/{id}/refusal")]
pub async fn refuse(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PupilMatchRefusal>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilSettleMatch)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx.write(&scope, Some(request), move |tx| service::refuse(tx, &work, id.0, &if_match)).await?;
    Ok(cx.changed(&view.tag(), &view))
}
