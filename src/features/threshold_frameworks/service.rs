//! Use cases of threshold frameworks.

use super::dto::{
    ThresholdFrameworkCreate, ThresholdFrameworkFilter, ThresholdFrameworkPatch, ThresholdFrameworkView,
};
use super::rules;
use super::store::{self, FrameworkRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// A version and what the next change of it has to name.
#[derive(Clone, Debug)]
pub struct Shown {
    pub view: ThresholdFrameworkView,
    pub version: i64,
}

/// A version of the trust's, where it is there.
pub fn find(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Option<ThresholdFrameworkView>> {
    let all = store::all(conn, trust)?;
    Ok(all.iter().find(|row| row.id == id).map(|row| view(row, &all)))
}

/// One version.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Shown> {
    let all = store::all(conn, scope.trust())?;
    let row = all.iter().find(|row| row.id == id).ok_or_else(ApiError::not_found)?;
    Ok(Shown { view: view(row, &all), version: row.version })
}

/// A page of versions.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ThresholdFrameworkFilter,
    paging: &Paging,
) -> ApiResult<Page<ThresholdFrameworkView>> {
    let all = store::all(conn, scope.trust())?;
    let mut views: Vec<ThresholdFrameworkView> = all.iter().map(|row| view(row, &all)).collect();
    views.retain(|view| {
        filter.la_code.as_ref().is_none_or(|la| *la == view.la_code)
            && filter.on.is_none_or(|day| view.holds(day))
    });
    let count = paging.wants_count().then(|| i64::try_from(views.len()).unwrap_or(i64::MAX));
    let after = paging.after_id()?;
    views.retain(|view| after.is_none_or(|after| view.id > after));
    views.truncate(paging.limit() + 1);
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// Records a version.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: ThresholdFrameworkCreate) -> ApiResult<Shown> {
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, scope, id);
    }
    if let Some((at, words)) = rules::fault(&input.levels) {
        return Err(ApiError::rule(format!("/levels/{at}"), "order", words));
    }
    let row = FrameworkRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        la_code: input.la_code,
        name: input.name,
        starts_on: input.starts_on,
        web_address: input.web_address,
        levels: serde_json::to_string(&input.levels)
            .map_err(|error| ApiError::internal(error.to_string()))?,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("threshold_framework.recorded", "threshold_framework", row.id, None)?;
    get(tx.conn, scope, row.id)
}

/// Changes how a version is called and where it is published.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: ThresholdFrameworkPatch,
) -> ApiResult<Shown> {
    let all = store::all(tx.conn, scope.trust())?;
    let old = all.iter().find(|row| row.id == id).cloned().ok_or_else(ApiError::not_found)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let row = FrameworkRow {
        name: patch.name.unwrap_or(old.name),
        web_address: patch.web_address.apply(old.web_address),
        ..old
    };
    let Some(row) = tx.renew(&before, row) else {
        return Ok(Shown { view: view(&before, &all), version: before.version });
    };
    store::update(tx.conn, &row)?;
    tx.did("threshold_framework.changed", "threshold_framework", id, None)?;
    Ok(Shown { view: view(&row, &all), version: row.version })
}

fn view(row: &FrameworkRow, all: &[FrameworkRow]) -> ThresholdFrameworkView {
    let same = all.iter().filter(|other| other.la_code == row.la_code).map(|other| other.starts_on);
    ThresholdFrameworkView::new(row, rules::last_day(row.starts_on, same))
}
