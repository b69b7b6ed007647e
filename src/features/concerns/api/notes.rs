//! Operations on notes.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernNoteCorrection, ConcernNoteCreate, ConcernNoteView};
use super::super::service;
use super::{Part, entries, entry, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record a note
///
/// Adds a note of the safeguarding team. The reporter never sees it. `Location` is the note's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "recordConcernNote",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernNoteCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernNoteView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/notes")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernNoteCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (id.0, Part::Each("notes")), &key, body, move |tx, scope, input| {
        service::create_note(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List notes
///
/// The notes of a concern and what its reporter added, the oldest first, each in the version that holds; with
/// `as_of`, in the version that held at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernNotes",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernNoteView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/notes")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, id.0, move |conn, vault, scope| {
        service::list_entries::<ConcernNoteView>(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read a note
///
/// One note or addition, in the version that holds.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcernNote",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("note_id" = crate::ids::Id, Path, description = "The note."),
    ),
    responses((status = 200, description = "The note.", body = ConcernNoteView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/notes/{note_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    entry(&cx, ids.0, move |conn, vault, scope| {
        service::get_entry::<ConcernNoteView>(conn, vault, scope, ids.0, ids.1)
    })
    .await
}

/// List the versions of a note
///
/// Every version of the note or addition, the first one first, each as it was recorded: when and by whom, when it
/// happened, and why the version before was corrected. With `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcernNoteVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("note_id" = crate::ids::Id, Path, description = "The note."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernNoteView>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}/notes/{note_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernRead, ids.0, move |conn, vault, scope| {
        let as_of = query.filter.as_of;
        service::list_versions::<ConcernNoteView>(conn, vault, scope, (ids.0, ids.1), as_of, &query.paging)
    })
    .await
}

/// Correct a note
///
/// Records a corrected version of a note with the reason; the one before is kept. What the reporter added is theirs:
/// correcting it is 409 `state_conflict`. `Location` is the note's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "correctConcernNote",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("note_id" = crate::ids::Id, Path, description = "The note."),
    ),
    request_body = ConcernNoteCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernNoteView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.work", "if_match": true})))
)]
#[post("/concerns/{id}/notes/{note_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernNoteCorrection>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernWork, (ids.0, Part::Each("notes")), &key, body, move |tx, scope, input| {
        service::correct_note(tx, scope, ids.0, ids.1, &if_match, input)
    })
    .await
}
