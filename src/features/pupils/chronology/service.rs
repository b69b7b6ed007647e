//! The page of a chronology.

use std::collections::HashMap;

use super::super::case::{self, PupilKey};
use super::super::matches;
use super::dto::{ChronologyEntry, ChronologyFilter, ChronologyMark};
use super::rules::{ChronologyKind, Place};
use super::sources::{Found, Sources};
use super::store::{self, MarkBody, MarkRow};
use crate::access::Scope;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::concerns::Slice;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// The marks of one page, by entry.
type Marks = HashMap<(ChronologyKind, Id), MarkRow>;

/// A page of a pupil's chronology, the newest first. Each kind of entry gives as many as the page holds at most, and the
/// page is what stands first among all of these.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &ChronologyFilter,
    paging: &Paging,
) -> ApiResult<Page<ChronologyEntry>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    let window = case::window(conn, scope, pupil)?;
    let sources = Sources::of(conn, scope, &window)?;
    let below = after(paging)?;
    let wanted = wanted(conn, &window, filter)?;
    let slice = Slice { from: filter.from, to: filter.to, rows: paging.rows(), ..Slice::default() };
    let count = paging.wants_count().then(|| count(conn, &sources, &wanted, &slice)).transpose()?;
    let mut found: Vec<Found> = Vec::new();
    for (kind, only) in wanted {
        let slice = Slice { only, ..slice.clone() };
        let slice = below.map_or(slice.clone(), |place| place.cut(kind, &slice));
        found.extend(sources.entries(conn, kind, &slice)?);
    }
    found.sort_unstable_by_key(|found| std::cmp::Reverse(found.place));
    found.truncate(usize::try_from(paging.rows()).unwrap_or(usize::MAX));
    let page = paging.page(found, |last| Cursor::text(&last.place.text(), last.place.source), |found| found);
    let key = PupilKey::open(vault, conn, window.trust, pupil)?;
    let ids: Vec<Id> = page.items.iter().map(|found| found.place.source).collect();
    let marks: Marks = store::on(conn, window.trust, pupil, &ids)?
        .into_iter()
        .map(|row| ((row.kind, row.source_id), row))
        .collect();
    let lines = sources.lines(conn, vault, key.as_ref(), &page.items)?;
    let entries = page.items.iter().zip(lines).map(|(found, line)| view(found, line, key.as_ref(), &marks));
    let items = entries.collect::<ApiResult<Vec<_>>>()?;
    Ok(Page { items, next_cursor: page.next_cursor, count })
}

/// What is asked for: kinds, each with the entries of it that come into question.
fn wanted(
    conn: &mut Conn,
    window: &case::Window,
    filter: &ChronologyFilter,
) -> ApiResult<Vec<(ChronologyKind, Option<Vec<Id>>)>> {
    let kinds = ChronologyKind::ALL.iter().copied().filter(|kind| filter.kind.is_none_or(|one| one == *kind));
    if filter.significant != Some(true) {
        return Ok(kinds.map(|kind| (kind, None)).collect());
    }
    let mut marked: HashMap<ChronologyKind, Vec<Id>> = HashMap::new();
    for (kind, source) in store::significant(conn, window.trust, window.pupil)? {
        marked.entry(kind).or_default().push(source);
    }
    Ok(kinds.filter_map(|kind| marked.remove(&kind).map(|ids| (kind, Some(ids)))).collect())
}

/// How many entries there are: counted page by page of each kind, since only what is visible counts.
fn count(
    conn: &mut Conn,
    sources: &Sources,
    wanted: &[(ChronologyKind, Option<Vec<Id>>)],
    slice: &Slice,
) -> ApiResult<i64> {
    let mut sum = 0;
    for (kind, only) in wanted {
        let all = Slice { only: only.clone(), rows: i64::from(i32::MAX), ..slice.clone() };
        sum += i64::try_from(sources.entries(conn, *kind, &all)?.len()).unwrap_or(i64::MAX);
    }
    Ok(sum)
}

fn after(paging: &Paging) -> ApiResult<Option<Place>> {
    let Some((text, source)) = paging.after_text()? else { return Ok(None) };
    let place = Place::parse(&text, source);
    place.map(Some).ok_or_else(|| ApiError::rule("?cursor", "cursor", "not a cursor of this list"))
}

fn view(found: &Found, line: String, key: Option<&PupilKey>, marks: &Marks) -> ApiResult<ChronologyEntry> {
    let mark = match marks.get(&(found.place.kind, found.place.source)) {
        Some(row) => Some(mark(key, row)?),
        None => None,
    };
    Ok(ChronologyEntry {
        kind: found.place.kind,
        happened_on: found.day.unwrap_or_else(|| found.place.at.london_date()),
        happened_at: found.day.is_none().then_some(found.place.at),
        recorded_at: found.recorded_at,
        source: found.place.kind.source(),
        source_id: found.place.source,
        concern_id: found.concern,
        school_id: found.school,
        summary: line,
        significant: mark.as_ref().is_some_and(|mark| mark.significant),
        mark,
    })
}

fn mark(key: Option<&PupilKey>, row: &MarkRow) -> ApiResult<ChronologyMark> {
    let key = key.ok_or_else(|| ApiError::internal("a mark without the pupil's key"))?;
    let body: MarkBody = key.unseal("chronology_marks", row.id, &row.body)?;
    Ok(ChronologyMark {
        significant: row.significant,
        reason: body.reason,
        recorded_at: row.recorded_at,
        author_id: row.author_id,
    })
}
