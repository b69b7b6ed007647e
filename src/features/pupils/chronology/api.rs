//! Operations on chronologies.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, get, post};

use super::dto::{
    ChronologyEntry, ChronologyFilter, ChronologyMarkCreate, ChronologyMarkFilter, ChronologyMarkView,
};
use super::{marks, service};
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, ListParams, Page, PageQuery, PathId};
use crate::ids::Id;

/// Read a pupil's chronology
///
/// Everything that is recorded about a pupil and that you may see, one line each, the newest first by when it happened:
/// concerns with their triages, notes, actions, decisions, referrals, escalations, scrutiny, closures, and what panels decided, statuses, external decisions, enrolments, whether a
/// school holds the pupil as complex, meetings of agencies, placements with alternative providers, FGM reports, and assessments. It builds itself; an entry is there exactly where you may see its source. Records that were withdrawn are not in it.
#[utoipa::path(
    tag = "Chronology",
    operation_id = "listChronology",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, ChronologyFilter),
    responses((status = 200, description = "A page of entries.", body = Page<ChronologyEntry>)),
    extensions(("x-access" = json!({"action": "chronology.read"})))
)]
#[get("/pupils/{id}/chronology")]
pub async fn list(cx: Context, id: PathId, query: ListParams<ChronologyFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ChronologyRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "chronology", Some(id.0), move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            let records: BTreeSet<Id> =
                value.items.iter().map(|item| item.concern_id.unwrap_or(item.source_id)).collect();
            Ok(Seen { records: records.into_iter().collect(), school: None, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Mark an entry of a chronology
///
/// Marks an entry as significant, or no longer so, with the reason. Marks are kept: the newest one holds. An entry that
/// you do not see is 409 at `/source_id`; one that stands as you would have it is 409 `state_conflict`. `Location` is
/// the list of marks.
#[utoipa::path(
    tag = "Chronology",
    operation_id = "markChronology",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = ChronologyMarkCreate,
    responses((status = 201, description = "It was marked.", body = ChronologyMarkView, headers(("Location" = String)))),
    extensions(("x-access" = json!({"action": "chronology.mark"})))
)]
#[post("/pupils/{id}/chronology/marks")]
pub async fn mark(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<ChronologyMarkCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ChronologyMark)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| marks::mark(tx, &work, id.0, body.into_inner())).await?;
    Ok(cx.recorded(&format!("/v1/pupils/{}/chronology/marks", id.0), None, None, &view))
}

/// List the marks of a chronology
///
/// The marks of the entries that you see, with those that were set and taken away again, the oldest first.
#[utoipa::path(
    tag = "Chronology",
    operation_id = "listChronologyMarks",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, ChronologyMarkFilter),
    responses((status = 200, description = "A page of marks.", body = Page<ChronologyMarkView>)),
    extensions(("x-access" = json!({"action": "chronology.read"})))
)]
#[get("/pupils/{id}/chronology/marks")]
pub async fn list_marks(
    cx: Context,
    id: PathId,
    query: ListParams<ChronologyMarkFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ChronologyRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "chronology", Some(id.0), move |conn| {
            let value = marks::list(conn, &vault, &work, id.0, &query.paging)?;
            Ok(Seen { records: value.items.iter().map(|item| item.id).collect(), school: None, value })
        })
        .await?;
    Ok(cx.page(&page))
}
