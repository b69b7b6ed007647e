//! Links between concerns. A link shows itself only to those who see both ends in full; it is never taken away, but
//! withdrawn by a new version, and may be made again by another.

use std::collections::BTreeMap;

use super::super::content::CaseKey;
use super::super::dto::{ConcernLinkCreate, ConcernLinkView, ConcernLinkWithdrawal};
use super::super::store::{self, ConcernRow, LinkBody, LinkRow, LinkVersionRow};
use super::case::{self, Case, Made};
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::{Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::text::Text;

/// A version of a link: the one that made it, or a later one.
#[derive(Clone, Debug)]
struct Version {
    table: &'static str,
    id: Id,
    /// The end at which it was recorded, whose key seals it.
    concern: Id,
    number: i32,
    withdraws: bool,
    author: Option<Id>,
    recorded_at: Timestamp,
    body: Sealed,
}

/// A link with all its versions, the oldest first, and its other end.
struct Link {
    id: Id,
    other: ConcernRow,
    versions: Vec<Version>,
}

impl Link {
    fn new(row: LinkRow, other: ConcernRow, later: &[LinkVersionRow]) -> Self {
        let first = Version {
            table: "concern_links",
            id: row.id,
            concern: row.concern_id,
            number: 1,
            withdraws: false,
            author: row.author_id,
            recorded_at: row.recorded_at,
            body: row.body,
        };
        let later = later.iter().filter(|version| version.link_id == row.id).map(|version| Version {
            table: "concern_link_versions",
            id: version.id,
            concern: version.concern_id,
            number: version.number,
            withdraws: version.withdraws,
            author: version.author_id,
            recorded_at: version.recorded_at,
            body: version.body.clone(),
        });
        Self { id: row.id, other, versions: std::iter::once(first).chain(later).collect() }
    }

    fn newest(&self) -> Option<&Version> {
        self.versions.last()
    }

    fn is_withdrawn(&self) -> bool {
        self.newest().is_some_and(|newest| newest.withdraws)
    }

    fn text(&self, conn: &mut Conn, vault: &Vault, case: &Case, version: &Version) -> ApiResult<Text<2000>> {
        let body: LinkBody = if version.concern == case.row.id {
            case.key.unseal(version.table, version.id, &version.body)?
        } else {
            let key = CaseKey::open(vault, conn, &self.other)?;
            key.unseal(version.table, version.id, &version.body)?
        };
        Ok(body.reason)
    }

    /// As it was known at a moment; none where it was not made yet.
    fn view(
        &self,
        conn: &mut Conn,
        vault: &Vault,
        case: &Case,
        at: Timestamp,
    ) -> ApiResult<Option<ConcernLinkView>> {
        let known = || self.versions.iter().filter(|version| version.recorded_at <= at);
        let Some(made) = known().rfind(|version| !version.withdraws) else { return Ok(None) };
        let withdrawn = known().next_back().filter(|version| version.withdraws);
        let why = withdrawn.map(|version| self.text(conn, vault, case, version)).transpose()?;
        Ok(Some(ConcernLinkView {
            id: self.id,
            concern_id: self.other.id,
            author_id: made.author,
            recorded_at: made.recorded_at,
            reason: self.text(conn, vault, case, made)?,
            withdrawn_at: withdrawn.map(|version| version.recorded_at),
            withdrawn_by: withdrawn.and_then(|version| version.author),
            withdrawal_reason: why,
        }))
    }
}

/// The links of a concern whose other end the caller sees in full, the oldest first.
fn seen(conn: &mut Conn, scope: &Scope, concern: &ConcernRow) -> ApiResult<Vec<Link>> {
    let rows = store::links(conn, concern)?;
    let ends: Vec<Id> = rows.iter().map(|row| row.other_end(concern.id)).collect();
    let others: BTreeMap<Id, ConcernRow> =
        store::in_full(conn, scope, &ends)?.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let later = store::link_versions(conn, scope.trust(), &ids)?;
    let links = rows.into_iter().filter_map(|row| {
        let other = others.get(&row.other_end(concern.id))?.clone();
        Some(Link::new(row, other, &later))
    });
    Ok(links.collect())
}

/// One link of a concern, as it is now; 404 where the caller does not see its other end in full.
fn find(tx: &mut Tx<'_>, scope: &Scope, case: &Case, id: Id) -> ApiResult<Link> {
    let reading = scope.under(Action::ConcernRead)?.without_glass();
    let links = seen(tx.conn, &reading, &case.row)?;
    links.into_iter().find(|link| link.id == id).ok_or_else(ApiError::not_found)
}

fn shown(tx: &mut Tx<'_>, scope: &Scope, case: &Case, id: Id) -> ApiResult<ConcernLinkView> {
    let link = find(tx, scope, case, id)?;
    let view = link.view(tx.conn, tx.vault, case, store::end_of_time())?;
    view.ok_or_else(ApiError::not_found)
}

/// Links another concern to this one; either end may record it, once. One that was withdrawn is made again.
pub fn create_link(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernLinkCreate,
) -> ApiResult<Made<ConcernLinkView>> {
    let (case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return Ok(case.again(id, shown(tx, scope, &case, id)?));
    }
    let body = LinkBody { reason: input.reason };
    let id = match other_end(tx, scope, &case, input.concern_id)? {
        Some(link) if !link.is_withdrawn() => {
            return Err(ApiError::because(Code::AlreadyExists, "the two are linked already"));
        }
        Some(link) => follow(tx, scope, &case, &link, false, &body)?,
        None => {
            let id = tx.new_id();
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
            id
        }
    };
    let view = shown(tx, scope, &case, id)?;
    case.finish_beside(tx, "concern.linked", id, &body, view)
}

/// Withdraws a link, from either end.
pub fn withdraw_link(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (concern, link): (Id, Id),
    if_match: &IfMatch,
    input: ConcernLinkWithdrawal,
) -> ApiResult<Made<ConcernLinkView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    find(tx, scope, &case, link)?;
    if let Some(id) = tx.replayed()? {
        return Ok(case.again(id, shown(tx, scope, &case, id)?));
    }
    case.claim_beside(tx, if_match)?;
    let found = find(tx, scope, &case, link)?;
    if found.is_withdrawn() {
        return Err(ApiError::because(Code::StateConflict, "the link was withdrawn already"));
    }
    let body = LinkBody { reason: input.reason };
    follow(tx, scope, &case, &found, true, &body)?;
    let view = shown(tx, scope, &case, link)?;
    case.finish_beside(tx, "concern.link-withdrawn", link, &body, view)
}

/// Stores the next version of a link; returns the link.
fn follow(
    tx: &mut Tx<'_>,
    scope: &Scope,
    case: &Case,
    link: &Link,
    withdraws: bool,
    body: &LinkBody,
) -> ApiResult<Id> {
    let id = tx.new_id();
    let row = LinkVersionRow {
        trust_id: scope.trust(),
        id,
        link_id: link.id,
        number: link.newest().map_or(1, |newest| newest.number) + 1,
        concern_id: case.row.id,
        withdraws,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: case.key.seal("concern_link_versions", id, body)?,
    };
    store::insert_link_version(tx.conn, &row)?;
    Ok(link.id)
}

/// A page of the links whose other end the caller sees in full, also those that were withdrawn, the oldest first; with
/// `as_of`, as they were known at that moment.
pub fn list_links(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernLinkView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = as_of.unwrap_or_else(store::end_of_time);
    let mut links = seen(conn, scope, &case.row)?;
    links.retain(|link| link.versions.first().is_some_and(|first| first.recorded_at <= at));
    let (links, count) = paging.cut(links, |link| link.id)?;
    let mut views = Vec::new();
    for link in links {
        views.extend(link.view(conn, vault, &case, at)?);
    }
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The texts of the links of a concern that the caller sees, in all their versions: for the search by words.
pub fn texts(conn: &mut Conn, vault: &Vault, scope: &Scope, case: &Case) -> ApiResult<Vec<String>> {
    let mut texts = Vec::new();
    for link in seen(conn, scope, &case.row)? {
        for version in &link.versions {
            texts.push(link.text(conn, vault, case, version)?.into_string());
        }
    }
    Ok(texts)
}

/// The link with another concern, where there is one. The other end must be another concern that the caller sees in
/// full, and not by broken glass alone; an unknown one is answered alike.
fn other_end(tx: &mut Tx<'_>, scope: &Scope, case: &Case, other: Id) -> ApiResult<Option<Link>> {
    let reading = scope.under(Action::ConcernRead)?.without_glass();
    let is_seen = !store::in_full(tx.conn, &reading, &[other])?.is_empty();
    if other == case.row.id || !is_seen {
        return Err(ApiError::rule(
            "/concern_id",
            "unknown_reference",
            "not another concern that you see in full",
        ));
    }
    Ok(seen(tx.conn, &reading, &case.row)?.into_iter().find(|link| link.other.id == other))
}
