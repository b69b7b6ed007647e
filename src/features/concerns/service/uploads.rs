//! Receives a file of a concern: what it is, is judged as it passes; it is sealed piece by piece and kept in the file store;
//! its record is stored once all of it is there to stay. Before its first byte there is a task that takes it away again
//! unless a record speaks for it.

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::super::content::committed;
use super::super::dto::ConcernAttachmentView;
use super::super::rules::files::{FileType, TYPES, Watch};
use super::super::store::{self, ATTACHMENTS, AttachmentBody, AttachmentRow};
use super::adding;
use super::attachments;
use super::sweeping::{self, KIND};
use crate::access::{Context, Scope, Tx};
use crate::crypto::{PIECE, Sealing, sealed_size};
use crate::error::{ApiError, ApiResult, Code};
use crate::files::{Arriving, FileName};
use crate::http::upload::Upload;
use crate::http::{FileHead, IdempotencyKey};
use crate::ids::Id;
use crate::jobs;

/// The largest file that an operator can allow.
pub const LARGEST: u64 = 1024 * 1024 * 1024;

/// A file that is arriving, once it is known whose it is.
struct Announced {
    id: Id,
    sealing: Sealing,
    /// What stands in front of the sealed pieces.
    head: Vec<u8>,
}

/// Receives a file, and stores it with its record.
pub async fn receive(
    cx: &Context,
    scope: &Scope,
    key: &IdempotencyKey,
    concern: Id,
    head: &FileHead,
    mut upload: Upload<LARGEST>,
) -> ApiResult<ConcernAttachmentView> {
    let files = cx.files()?;
    upload.expect("application/octet-stream")?;
    let (kind, name) = FileType::named(&head.name)?.ok_or_else(not_taken)?;
    let size = upload.length_within(files.largest())?;
    let first = upload.piece(PIECE).await?;
    let first = first.ok_or_else(|| ApiError::invalid("", "required", "the file is empty"))?;
    let turn = files.turn(scope.principal()).await?;
    let Announced { id, sealing, head: begin } = announce(cx, scope, concern, size).await?;
    let mut watch = kind.watch();
    watch.add(&first).map_err(mismatch)?;
    let place = FileName { trust: scope.trust(), file: id };
    let mut arriving = files.put(turn, place, sealed_size(size));
    arriving.send(Bytes::from(begin)).await?;
    let passing = Passing { watch, sealing, arriving, left: size, digest: head.digest };
    let digest = passing.take(first, &mut upload).await?;
    let body = AttachmentBody {
        name,
        media_type: kind.media.to_owned(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let (request, work) = (key.with_digest(said(&body)), scope.clone());
    let stored = cx.write(scope, Some(request), move |tx| record(tx, &work, concern, (id, size), body)).await;
    if !is_kept(&stored, id) {
        // What cannot be removed now is swept later.
        let _ = files.delete(place).await;
    }
    stored
}

/// Whether a record speaks for the file, or may: of a request that came before there is another file, and one that was
/// refused has left nothing. What ended otherwise is looked at by the sweep.
fn is_kept(stored: &ApiResult<ConcernAttachmentView>, id: Id) -> bool {
    match stored {
        Ok(view) => view.id == id,
        Err(error) => error.code.status() >= 500,
    }
}

fn not_taken() -> ApiError {
    let endings: Vec<&str> = TYPES.iter().flat_map(|kind| kind.endings).copied().collect();
    let words = format!("Content-Disposition: the file's name ends in one of {}", endings.join(", "));
    ApiError::because(Code::UnsupportedMediaType, words)
}

fn mismatch(words: &str) -> ApiError {
    ApiError::rule("", "content_mismatch", words)
}

/// Everything that a repeated request must repeat.
fn said(body: &AttachmentBody) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{}\n{}\n{}", body.name.as_str(), body.media_type, body.sha256));
    hash.finalize().into()
}

/// Finds the concern, and says that a file of it comes.
async fn announce(cx: &Context, scope: &Scope, concern: Id, size: u64) -> ApiResult<Announced> {
    let (work, vault) = (scope.clone(), cx.vault());
    cx.stage(scope, move |conn| {
        let found = adding::open(conn, &vault, &work, concern)?;
        let id = Id::new(work.now());
        let (sealing, head) = found.key.seal_file(id, size)?;
        jobs::enqueue(conn, KIND, work.trust(), id, sweeping::after(work.now()))?;
        Ok(Announced { id, sealing, head })
    })
    .await
}

/// A file on its way from the request into the store.
struct Passing {
    watch: Watch,
    sealing: Sealing,
    arriving: Arriving,
    left: u64,
    /// The digest that the sender gave.
    digest: Option<[u8; 32]>,
}

impl Passing {
    /// Takes all of it, and gives its digest. What is wrong with it is known before its last piece leaves, so that nothing
    /// of it is stored.
    async fn take(mut self, first: Bytes, upload: &mut Upload<LARGEST>) -> ApiResult<[u8; 32]> {
        let (mut hash, mut piece) = (Sha256::new(), Some(first));
        let mut digest = None;
        while let Some(bytes) = piece {
            hash.update(&bytes);
            self.left = self.left.checked_sub(length(&bytes)).ok_or_else(broken_off)?;
            if self.left == 0 {
                digest = Some(self.judge(std::mem::take(&mut hash))?);
            }
            let sealed = self.sealing.piece(&bytes)?;
            self.arriving.send(Bytes::from(sealed)).await?;
            piece = upload.piece(PIECE).await?;
            if let Some(bytes) = &piece {
                self.watch.add(bytes).map_err(mismatch)?;
            }
        }
        let digest = digest.ok_or_else(broken_off)?;
        self.arriving.finish().await?;
        Ok(digest)
    }

    /// What the whole file shows.
    fn judge(&self, hash: Sha256) -> ApiResult<[u8; 32]> {
        self.watch.finish().map_err(mismatch)?;
        let digest = hash.finalize().into();
        match self.digest {
            Some(given) if given != digest => {
                Err(ApiError::rule("Content-Digest", "digest", "the bytes have another SHA-256"))
            }
            _ => Ok(digest),
        }
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn broken_off() -> ApiError {
    ApiError::because(Code::MalformedBody, "the body has another length than its Content-Length")
}

/// Stores the record of a file that is there; or, where the same request came before, finds what it made.
fn record(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    (id, size): (Id, u64),
    body: AttachmentBody,
) -> ApiResult<ConcernAttachmentView> {
    let mut adding = adding::open(tx.conn, tx.vault, scope, concern)?;
    if let Some(made) = tx.replayed()? {
        let row = attachments::row(tx.conn, &adding, made)?;
        return attachments::view(scope, &adding, row);
    }
    adding.lock(tx)?;
    let row = AttachmentRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        author_id: scope.person(),
        by_reporter: adding.by_reporter,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        recorded_at: tx.now(),
        body: adding.key.seal(ATTACHMENTS, id, &body)?,
    };
    store::insert_attachment(tx.conn, &row)?;
    let content = committed(&body)?;
    let view = attachments::shown(scope, &adding.row, row, body);
    adding.finish(tx, scope, "concern.attachment-recorded", id, &content)?;
    Ok(view)
}
