//! Operations on files.

use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, post};
use futures_util::stream::{self, Stream};

use super::super::dto::{AttachmentFile, ConcernAttachmentView, NoFilter};
use super::super::service;
use super::{added, entries, entry_under};
use crate::access::{Action, Context, Seen};
use crate::crypto::Opening;
use crate::error::{ApiError, ApiResult};
use crate::files;
use crate::http::upload::Upload;
use crate::http::{ETag, FileHead, IdempotencyKey, ListParams, Page, PageQuery, PathId, PathIds, file_head};

/// The largest file of which every byte is checked before the first one leaves. Of a larger one each piece is checked
/// before it leaves, and where one is not what was stored, the connection is cut.
const WHOLE: u64 = 1024 * 1024;

/// Add a file to a concern
///
/// Takes the file as the body, and stores it sealed. The ending of its name says what it is: a text (`txt`, `csv`), a mail
/// (`eml`, `msg`), a document (`pdf`, `docx`, `xlsx`, `pptx`, `odt`, `ods`, `doc`, `xls`), a picture (`jpg`, `png`, `gif`, `webp`,
/// `heic`, `tiff`) or sound (`mp3`, `m4a`, `wav`, `ogg`, `opus`); nothing else is taken (415). The bytes must look as it says:
/// else 409 `rule_broken` with `content_mismatch`; what shows itself as a document with macros is refused with the same
/// word. `Content-Length` says how long it is (411 without), and the operator how long it may be (413). **Never upload an
/// indecent image of a child**: do not copy, print, share or store one; follow the school's procedure and tell the DSL, who
/// speaks to the police. Four files of one caller arrive at once; a fifth is 429. Whoever raised the concern adds to it at
/// any time, whoever works it while it is open; no `If-Match` is asked for, since a reporter has seen no version of the
/// record. A file is never changed or deleted: it goes when the whole record is disposed of.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "addConcernAttachment",
    params(("id" = crate::ids::Id, Path, description = "The concern."), FileHead),
    request_body(content = AttachmentFile, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "It is stored.", body = ConcernAttachmentView),
        (status = 411, description = "Say how long it is."),
    ),
    extensions(("x-access" = json!({"action": "concern.add-evidence"})))
)]
#[post("/concerns/{id}/attachments")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    head: FileHead,
    file: Upload<{ service::LARGEST_FILE }>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernAddEvidence)?;
    let view = service::receive(&cx, &scope, &key, id.0, &head, file).await?;
    Ok(added(&cx, &format!("/v1/concerns/{}/attachments/{}", id.0, view.id), &view))
}

/// List a concern's files
///
/// What is known of each file, the oldest first. Where you see the concern as its reporter, of those that you gave.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "listConcernAttachments",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, NoFilter),
    responses((status = 200, description = "A page.", body = Page<ConcernAttachmentView>)),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/attachments")]
pub async fn list(cx: Context, id: PathId, query: ListParams<NoFilter>) -> ApiResult<HttpResponse> {
    entries(&cx, Action::ConcernReadEvidence, id.0, move |conn, vault, scope| {
        service::list_attachments(conn, vault, scope, id.0, &query.paging)
    })
    .await
}

/// Read what is known of a file
///
/// Its name, type, size and digest, who gave it and when.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "getConcernAttachment",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("attachment_id" = crate::ids::Id, Path, description = "The file."),
    ),
    responses((status = 200, description = "What is known of it.", body = ConcernAttachmentView)),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/attachments/{attachment_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let get =
        move |conn: &mut _, vault: &_, scope: &_| service::get_attachment(conn, vault, scope, ids.0, ids.1);
    entry_under(&cx, Action::ConcernReadEvidence, ids.0, get, |_| Vec::new()).await
}

/// Download a file
///
/// Its bytes, to be saved under its name (`Content-Disposition`) and never to be shown by a browser as they come: the type
/// is always `application/octet-stream`, the true one is what is known of the file. Every download is written down. A file
/// that is not, to the last byte, what was stored is 500 `internal`; of one that is larger than 1 MiB the connection is cut
/// where the fault is, before any byte of it.
#[utoipa::path(
    tag = "Evidence",
    operation_id = "downloadConcernAttachment",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("attachment_id" = crate::ids::Id, Path, description = "The file."),
    ),
    responses((status = 200, description = "The file.", body = AttachmentFile, content_type = "application/octet-stream", headers(("Content-Disposition" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.read-evidence"})))
)]
#[get("/concerns/{id}/attachments/{attachment_id}/content")]
pub async fn content(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernReadEvidence)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let found = cx
        .see(&scope, "concern_attachment", Some(ids.0), move |conn| {
            let value = service::open_content(conn, &vault, &caller, ids.0, ids.1)?;
            Ok(Seen { value, records: vec![ids.0, ids.1], school: None })
        })
        .await?;
    let tag = ETag::of_view(&found.sha256);
    if let Some(known) = tag.answer_known(cx.request()) {
        return Ok(known);
    }
    let (store, size, disposition) = (cx.files()?, found.size, file_head::attachment(&found.name));
    let (opening, first) = files::waiting(move || {
        let mut opening = found.open(store.get_now(found.place)?)?;
        let first = if size <= WHOLE { opening.rest()? } else { opening.piece()?.unwrap_or_default() };
        Ok((opening, Bytes::from(first)))
    })
    .await
    .inspect_err(told)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::ETAG, tag.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .content_type("application/octet-stream");
    if size <= WHOLE {
        return Ok(answer.body(first));
    }
    Ok(answer.body(SizedStream::new(size, Box::pin(pieces(opening, first)))))
}

/// What is wrong with the store is told to whoever runs it.
fn told(error: &ApiError) {
    log::error!("a file cannot be given: {error}");
}

/// The pieces of a file, each read when the one before has left. One that is not what was stored ends the connection.
fn pieces(opening: Opening, first: Bytes) -> impl Stream<Item = ApiResult<Bytes>> {
    stream::unfold((Some(opening), Some(first)), |(opening, ready)| async move {
        if let Some(ready) = ready {
            return Some((Ok(ready), (opening, None)));
        }
        let mut opening = opening?;
        let next = files::waiting(move || {
            let piece = opening.piece()?;
            Ok((piece, opening))
        });
        match next.await {
            Ok((piece, opening)) => Some((Ok(Bytes::from(piece?)), (Some(opening), None))),
            Err(error) => {
                told(&error);
                Some((Err(error), (None, None)))
            }
        }
    })
}
