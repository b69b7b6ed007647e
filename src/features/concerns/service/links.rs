//! Links between concerns. A link shows itself only to those who see both ends in full.

use std::collections::BTreeMap;

use super::super::content::CaseKey;
use super::super::dto::{ConcernLinkCreate, ConcernLinkView};
use super::super::store::{self, ConcernRow, LinkBody, LinkRow};
use super::case::{self, Case, Made};
use crate::access::{Action, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Links another concern to this one; either end may record it, once.
pub fn create_link(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernLinkCreate,
) -> ApiResult<Made<ConcernLinkView>> {
    let (case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        let rows = store::links(tx.conn, &case.row)?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or_else(ApiError::not_found)?;
        let body: LinkBody = case.key.unseal("concern_links", id, &row.body)?;
        return Ok(case.again(id, view(concern, row, body)));
    }
    check_other(tx.conn, scope, &case, input.concern_id)?;
    let id = tx.new_id();
    let body = LinkBody { reason: input.reason };
    let row = LinkRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        other_id: input.concern_id,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: case.key.seal("concern_links", id, &body)?,
    };
    store::insert_link(tx.conn, &row)?;
    let view = view(concern, row, body.clone());
    case.finish_beside(tx, "concern.linked", id, &body, view)
}

/// The text of a link, sealed by the key of the concern that recorded it.
fn opened(
    conn: &mut Conn,
    vault: &Vault,
    case: &Case,
    other: &ConcernRow,
    row: &LinkRow,
) -> ApiResult<LinkBody> {
    if row.concern_id == case.row.id {
        return case.key.unseal("concern_links", row.id, &row.body);
    }
    CaseKey::open(vault, conn, other)?.unseal("concern_links", row.id, &row.body)
}

/// A page of the links whose other end the caller sees in full, the oldest first.
pub fn list_links(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<ConcernLinkView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let (rows, after) = (store::links(conn, &case.row)?, paging.after_id()?);
    let ends: Vec<Id> = rows.iter().map(|row| row.other_end(concern)).collect();
    let seen: BTreeMap<Id, ConcernRow> =
        store::in_full(conn, scope, &ends)?.into_iter().map(|row| (row.id, row)).collect();
    let both_ends = rows.iter().filter(|row| seen.contains_key(&row.other_end(concern))).count();
    let mut views = Vec::new();
    for row in rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after)) {
        let Some(other) = seen.get(&row.other_end(concern)) else { continue };
        let body = opened(conn, vault, &case, other, &row)?;
        views.push(view(concern, row, body));
        if views.len() > paging.limit() {
            break;
        }
    }
    let count = paging.wants_count().then(|| i64::try_from(both_ends).unwrap_or(i64::MAX));
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The other end must be another concern that the caller sees in full; an unknown one is answered alike.
fn check_other(conn: &mut Conn, scope: &Scope, case: &Case, other: Id) -> ApiResult<()> {
    let reading = scope.under(Action::ConcernRead)?;
    let seen = store::in_full(conn, &reading, &[other])?;
    if other == case.row.id || seen.is_empty() {
        return Err(ApiError::rule(
            "/concern_id",
            "unknown_reference",
            "not another concern that you see in full",
        ));
    }
    let known = store::links(conn, &case.row)?.iter().any(|row| row.other_end(case.row.id) == other);
    if known { Err(ApiError::because(Code::AlreadyExists, "the two are linked already")) } else { Ok(()) }
}

fn view(concern: Id, row: LinkRow, body: LinkBody) -> ConcernLinkView {
    ConcernLinkView {
        id: row.id,
        concern_id: row.other_end(concern),
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        reason: body.reason,
    }
}
