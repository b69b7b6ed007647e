//! Receives a file: the first line is judged before anything is stored, the rest is sealed and stored piece by piece as
//! it arrives. A request that is repeated is only read to see that it is the same.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::content::{Content, PART};
use super::dto::{ImportQuery, ImportState, ImportView};
use super::map::{Header, Map};
use super::reading::Records;
use super::store::{self, ImportRow};
use super::targets;
use super::text::{Encoding, MARK, Utf8Check, is_utf16};
use super::work::{ABANDONED_SECONDS, KIND};
use crate::access::{Context, Scope, Tx, refer};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IdempotencyKey;
use crate::http::upload::Upload;
use crate::ids::Id;
use crate::jobs;

/// The largest file.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// What the first piece of a file tells.
struct Start {
    names: Vec<String>,
    read_to: i64,
    next_line: i64,
}

/// A file that is arriving, once its import is there.
#[derive(Clone)]
struct Staged {
    id: Id,
    content: Arc<Content>,
}

/// Receives a file, and has it rehearsed.
pub async fn receive(
    cx: &Context,
    scope: &Scope,
    key: &IdempotencyKey,
    query: &ImportQuery,
    mut upload: Upload<LARGEST>,
) -> ApiResult<ImportView> {
    upload.expect("text/csv")?;
    let (target, map) = targets::named(query.map.as_str())?;
    let rights = scope.under(target.action())?;
    let declared = declared(query, upload.charset())?;
    let first = upload.piece(PART).await?;
    let first = first.ok_or_else(|| ApiError::invalid("", "required", "the file is empty"))?;
    let start = begin_of(map, &first, declared, query.school_id.is_some())?;
    let (work, text) = (scope.clone(), key.as_str().to_owned());
    let is_repeated = cx.consult(scope, move |conn| store::knows_key(conn, &work, &text)).await?;
    let staged = if is_repeated { None } else { Some(stage(cx, scope, rights, query, map, start).await?) };
    let received = take(cx, scope, staged.as_ref(), first, upload, query).await;
    let finished = match received {
        Ok(received) => complete(cx, scope, key, staged.clone(), received, declared).await,
        Err(error) => Err(error),
    };
    if let (Err(_), Some(staged)) = (&finished, staged) {
        let trust = scope.trust();
        // What cannot be removed now is found by the worker later.
        let _ = cx.stage(scope, move |conn| remove(conn, trust, staged.id)).await;
    }
    finished
}

fn remove(conn: &mut crate::db::Conn, trust: Id, id: Id) -> ApiResult<()> {
    match store::load(conn, trust, id)? {
        Some(row) if row.state == ImportState::Receiving => store::delete(conn, trust, id),
        _ => Ok(()),
    }
}

fn declared(query: &ImportQuery, charset: Option<String>) -> ApiResult<Option<Encoding>> {
    let refused = || ApiError::because(Code::UnsupportedMediaType, "send UTF-8 or Windows-1252");
    match (query.encoding, charset) {
        (Some(encoding), _) => Ok(Some(encoding)),
        (None, Some(charset)) => Encoding::of_charset(&charset).map(Some).ok_or_else(refused),
        (None, None) => Ok(None),
    }
}

/// Reads the first line.
fn begin_of(map: &'static Map, first: &[u8], declared: Option<Encoding>, school: bool) -> ApiResult<Start> {
    if is_utf16(first) {
        let words = "the file is in UTF-16: save it as CSV in UTF-8 or Windows-1252";
        return Err(ApiError::rule("/columns", "encoding", words));
    }
    let mark = if first.starts_with(MARK) { MARK.len() } else { 0 };
    let offset = i64::try_from(mark).unwrap_or_default();
    let mut rest = first.get(mark..).map(<[u8]>::to_vec);
    let mut records = Records::new(|| Ok(rest.take()), offset, 1);
    let record = records.next()?;
    let (read_to, next_line) = records.position();
    let is_whole = first.len() < PART || usize::try_from(read_to).is_ok_and(|read| read < first.len());
    let fields = record.and_then(|record| record.fields).filter(|_| is_whole);
    let fields = fields
        .ok_or_else(|| ApiError::rule("/columns", "missing_column", "the first line names no columns"))?;
    let encoding = declared.unwrap_or(if std::str::from_utf8(&fields.concat()).is_ok() {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    });
    let names: Vec<String> = fields.iter().map(|name| encoding.decode(name).trim().to_owned()).collect();
    Header::read(map, names.clone(), school).map_err(ApiError::rule_all)?;
    Ok(Start { names, read_to, next_line })
}

/// Makes the import that the pieces belong to.
async fn stage(
    cx: &Context,
    scope: &Scope,
    rights: Scope,
    query: &ImportQuery,
    map: &'static Map,
    start: Start,
) -> ApiResult<Staged> {
    let (school, work) = (query.school_id, scope.clone());
    cx.write(scope, None, move |tx| {
        if let Some(school) = school {
            refer::require_school(tx.conn, &rights, school, "?school_id")?;
        }
        let id = tx.new_id();
        let (content, wrapped) = Content::create(tx.vault, tx.conn, work.trust(), id)?;
        let row = ImportRow {
            header: Some(content.seal_header(&start.names)?),
            wrapped: Some(wrapped),
            school_id: school,
            read_to: start.read_to,
            next_line: start.next_line,
            ..new_row(tx, &work, id, map)?
        };
        store::insert(tx.conn, &row)?;
        let abandoned = tx.now().plus_seconds(ABANDONED_SECONDS);
        jobs::enqueue(tx.conn, KIND, work.trust(), id, abandoned)?;
        tx.did("import.begun", "import", id, school)?;
        Ok(Staged { id, content: Arc::new(content) })
    })
    .await
}

fn new_row(tx: &Tx<'_>, scope: &Scope, id: Id, map: &Map) -> ApiResult<ImportRow> {
    Ok(ImportRow {
        trust_id: scope.trust(),
        id,
        map: map.name.clone(),
        map_version: map.version,
        school_id: None,
        principal: scope.principal().to_owned(),
        mandate: scope.mandate().text()?,
        state: ImportState::Receiving,
        encoding: None,
        size: 0,
        header: None,
        wrapped: None,
        read_to: 0,
        next_line: 1,
        blocks: 0,
        blocks_applied: 0,
        plan_hash: None,
        creates: 0,
        changes: 0,
        skips: 0,
        conflicts: 0,
        refusals: 0,
        applied: 0,
        failed: 0,
        problem: None,
        expires_at: tx.now().plus_seconds(ABANDONED_SECONDS),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    })
}

/// What came.
struct Received {
    size: i64,
    is_utf8: bool,
    digest: [u8; 32],
}

/// Stores the pieces as they arrive.
async fn take(
    cx: &Context,
    scope: &Scope,
    staged: Option<&Staged>,
    first: actix_web::web::Bytes,
    mut upload: Upload<LARGEST>,
    query: &ImportQuery,
) -> ApiResult<Received> {
    let mark = if first.starts_with(MARK) { MARK.len() } else { 0 };
    let (mut hash, mut check) = (Sha256::new(), Utf8Check::default());
    hash.update(format!("{} {:?} {:?}\n", query.map, query.school_id, query.encoding));
    let (mut size, mut number, mut piece) = (0_i64, 0_i64, Some(first));
    while let Some(bytes) = piece {
        hash.update(&bytes);
        check.add(if number == 0 { bytes.get(mark..).unwrap_or_default() } else { &bytes });
        size += i64::try_from(bytes.len()).unwrap_or_default();
        if let Some(staged) = staged.cloned() {
            let trust = scope.trust();
            cx.stage(scope, move |conn| {
                let sealed = staged.content.seal_part(number, &bytes)?;
                store::insert_part(conn, trust, staged.id, number, &sealed)
            })
            .await?;
        }
        number += 1;
        piece = upload.piece(PART).await?;
    }
    Ok(Received { size, is_utf8: check.is_utf8(), digest: hash.finalize().into() })
}

/// Has what arrived rehearsed; or, where the same request came before, finds what it made.
async fn complete(
    cx: &Context,
    scope: &Scope,
    key: &IdempotencyKey,
    staged: Option<Staged>,
    received: Received,
    declared: Option<Encoding>,
) -> ApiResult<ImportView> {
    if declared == Some(Encoding::Utf8) && !received.is_utf8 {
        return Err(ApiError::rule("?encoding", "encoding", "the file is not in UTF-8"));
    }
    let found = if received.is_utf8 { Encoding::Utf8 } else { Encoding::Windows1252 };
    let encoding = declared.unwrap_or(found);
    let work = scope.clone();
    cx.write(scope, Some(key.with_digest(received.digest)), move |tx| {
        let known = tx.replayed()?;
        let staged = staged.map(|staged| staged.id);
        if let Some(id) = known {
            if let Some(staged) = staged {
                store::delete(tx.conn, work.trust(), staged)?;
            }
            return Ok(ImportView::of(store::get(tx.conn, &work, id)?, work.principal()));
        }
        let id = staged.ok_or_else(|| ApiError::of(Code::IdempotencyInFlight))?;
        let row = store::load(tx.conn, work.trust(), id)?.ok_or_else(ApiError::not_found)?;
        let row = ImportRow {
            state: ImportState::Rehearsing,
            encoding: Some(encoding),
            size: received.size,
            version: row.version + 1,
            updated_at: tx.now(),
            ..row
        };
        store::update(tx.conn, &row)?;
        jobs::enqueue(tx.conn, KIND, work.trust(), id, tx.now())?;
        tx.created(id);
        tx.did("import.created", "import", id, row.school_id)?;
        Ok(ImportView::of(row, work.principal()))
    })
    .await
}
