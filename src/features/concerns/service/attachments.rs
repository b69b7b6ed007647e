//! Reading a concern's files. The team sees all of them; a reporter those that they gave.

use std::io::Read;

use super::super::dto::ConcernAttachmentView;
use super::super::store::{self, ATTACHMENTS, AttachmentBody, AttachmentRow, ConcernRow};
use super::adding::{self, Adding};
use super::read::knows_reporter;
use crate::access::Scope;
use crate::crypto::{Opening, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::files::FileName;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;
use crate::text::Name;

/// A page of files, the oldest first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<ConcernAttachmentView>> {
    let found = adding::open(conn, vault, scope, concern)?;
    let rows = store::attachments(conn, &found.row, found.by_reporter, paging.after_id()?, paging.rows())?;
    let all = || store::attachments(conn, &found.row, found.by_reporter, None, i64::MAX);
    let count = paging.wants_count().then(all).transpose()?.map(|all| all.len());
    let views = rows.into_iter().map(|row| view(scope, &found, row)).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |view: &ConcernAttachmentView| Cursor::id(view.id), |view| view);
    Ok(page.with_count(count.and_then(|count| i64::try_from(count).ok())))
}

/// What is known of one file.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    attachment: Id,
) -> ApiResult<ConcernAttachmentView> {
    let found = adding::open(conn, vault, scope, concern)?;
    let row = row(conn, &found, attachment)?;
    view(scope, &found, row)
}

/// A file that may be read, once its bytes are there.
pub struct Content {
    /// Where it is kept.
    pub place: FileName,
    /// What it is called.
    pub name: Name<150>,
    /// How many bytes it has.
    pub size: u64,
    /// What they are, in hexadecimal: they never change.
    pub sha256: String,
    found: Adding,
}

impl Content {
    /// Opens what the file store has.
    pub fn open(&self, sealed: Box<dyn Read + Send>) -> ApiResult<Opening> {
        self.found.key.open_file(self.place.file, self.size, sealed)
    }
}

/// One file, to be read.
pub fn content(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    attachment: Id,
) -> ApiResult<Content> {
    let found = adding::open(conn, vault, scope, concern)?;
    let row = row(conn, &found, attachment)?;
    let body: AttachmentBody = found.key.unseal(ATTACHMENTS, row.id, &row.body)?;
    Ok(Content {
        place: FileName { trust: row.trust_id, file: row.id },
        name: body.name,
        size: u64::try_from(row.size).unwrap_or_default(),
        sha256: body.sha256,
        found,
    })
}

/// A file of the concern that the caller may know of.
pub fn row(conn: &mut Conn, found: &Adding, attachment: Id) -> ApiResult<AttachmentRow> {
    let row = store::attachment_of_trust(conn, found.row.trust_id, attachment)?;
    row.filter(|row| row.concern_id == found.row.id && (row.by_reporter || !found.by_reporter))
        .ok_or_else(ApiError::not_found)
}

/// What a caller is shown of a file.
pub fn view(scope: &Scope, found: &Adding, row: AttachmentRow) -> ApiResult<ConcernAttachmentView> {
    let body = found.key.unseal(ATTACHMENTS, row.id, &row.body)?;
    Ok(shown(scope, &found.row, row, body))
}

/// The same with its text opened.
pub fn shown(
    scope: &Scope,
    concern: &ConcernRow,
    row: AttachmentRow,
    body: AttachmentBody,
) -> ConcernAttachmentView {
    let knows = !row.by_reporter || knows_reporter(scope, concern);
    ConcernAttachmentView {
        id: row.id,
        name: body.name,
        media_type: body.media_type,
        size: row.size,
        sha256: body.sha256,
        by_reporter: row.by_reporter,
        author_id: row.author_id.filter(|_| knows),
        recorded_at: row.recorded_at,
    }
}
