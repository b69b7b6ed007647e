//! Use cases of the guidance on recording.

use super::dto::{RecordingGuidanceCreate, RecordingGuidanceView};
use super::store::{self, GuidanceRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;
use crate::text::{Name, Text};

const DEFAULT: &str = include_str!("../../../reference/recording-guidance.md");

/// The version that everybody should have read today.
pub fn current(conn: &mut Conn, trust: Id) -> ApiResult<RecordingGuidanceView> {
    store::latest(conn, trust)?.map(RecordingGuidanceView::from).ok_or_else(ApiError::not_found)
}

/// Whether the trust has such a version.
pub fn exists(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    match store::get(conn, trust, id) {
        Ok(_) => Ok(true),
        Err(error) if error.code == Code::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// One version.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<RecordingGuidanceView> {
    store::get(conn, scope.trust(), id).map(RecordingGuidanceView::from)
}

/// A page of versions.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<RecordingGuidanceView>> {
    let rows = store::list(conn, scope.trust(), paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope.trust())).transpose()?;
    let page = paging.page(rows, |row| Cursor::number(i64::from(row.number)), RecordingGuidanceView::from);
    Ok(page.with_count(count))
}

/// Publishes the next version.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    input: RecordingGuidanceCreate,
) -> ApiResult<RecordingGuidanceView> {
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, scope, id);
    }
    let view = publish(tx, scope, input.title, input.body)?;
    tx.created(view.id);
    Ok(view)
}

/// Publishes the first version of a new trust from the repository's own text.
pub fn seed_default(tx: &mut Tx<'_>, scope: &Scope) -> ApiResult<RecordingGuidanceView> {
    let (title, body) = default_text().map_err(ApiError::internal)?;
    publish(tx, scope, title, body)
}

/// The repository's own text: a heading, and what stands under it.
fn default_text() -> Result<(Name<150>, Text<20000>), String> {
    let (title, body) = DEFAULT.split_once('\n').unwrap_or((DEFAULT, DEFAULT));
    Ok((Name::new(title.trim_start_matches('#').trim())?, Text::new(body.trim())?))
}

fn publish(
    tx: &mut Tx<'_>,
    scope: &Scope,
    title: Name<150>,
    body: Text<20000>,
) -> ApiResult<RecordingGuidanceView> {
    let number = store::latest(tx.conn, scope.trust())?.map_or(1, |latest| latest.number + 1);
    let row = GuidanceRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        number,
        title,
        body,
        published_by: scope.principal().to_owned(),
        published_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.did_with(
        "recording-guidance.published",
        "recording-guidance",
        row.id,
        None,
        Some(row.body.as_str().as_bytes()),
    )?;
    Ok(row.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_text_has_a_heading_and_fits() {
        let (title, body) = default_text().unwrap();
        assert_eq!(&*title, "Recording a concern about a child");
        assert!(body.contains("child's own words") && !body.starts_with('#'));
    }
}
