//! Use cases of categories.

use super::code::CategoryCode;
use super::dto::{
    CategoryCreate, CategoryFilter, CategoryPatch, CategoryRetirement, CategoryView, FactorView,
};
use super::reference;
use super::rules::{self, Standing};
use super::store::{self, CategoryRow};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::text::Name;

/// Which of these codes no record may name on a day, by their place in the list: each is retired or unknown.
pub fn check_codes(
    conn: &mut Conn,
    trust: Id,
    codes: &[CategoryCode],
    on: Date,
) -> ApiResult<Vec<(usize, Standing)>> {
    let own = store::retirements(conn, trust, codes)?;
    let standing = |code: &CategoryCode| {
        if reference::taxonomy().categories.contains_key(code) {
            return Standing::InForce;
        }
        own.iter()
            .find(|(known, _)| known == code)
            .map_or(Standing::Unknown, |(_, retired_on)| rules::standing(*retired_on, on))
    };
    Ok(codes
        .iter()
        .enumerate()
        .map(|(index, code)| (index, standing(code)))
        .filter(|(_, standing)| *standing != Standing::InForce)
        .collect())
}

/// One category.
pub fn get(conn: &mut Conn, scope: &Scope, code: &CategoryCode) -> ApiResult<CategoryView> {
    if let Some(shared) = reference::taxonomy().categories.get(code) {
        return Ok(CategoryView::shared(shared));
    }
    store::find(conn, scope.trust(), code)?.and_then(CategoryView::own).ok_or_else(ApiError::not_found)
}

/// A page of the shared categories and the trust's own, by code.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CategoryFilter,
    paging: &Paging,
) -> ApiResult<Page<CategoryView>> {
    let today = scope.today();
    let shared = reference::taxonomy().categories.values().map(CategoryView::shared);
    let own = store::all(conn, scope.trust())?.into_iter().filter_map(CategoryView::own);
    let is_wanted = |view: &CategoryView| {
        let retired = rules::standing(view.retired_on, today) == Standing::Retired;
        filter.group.as_ref().is_none_or(|group| *group == view.group)
            && filter.retired.is_none_or(|wanted| wanted == retired)
    };
    let mut views: Vec<CategoryView> = shared.chain(own).filter(is_wanted).collect();
    views.sort_by(|a, b| a.code.cmp(&b.code));
    let count = paging.wants_count().then(|| i64::try_from(views.len()).unwrap_or(i64::MAX));
    let after = paging.after_word()?;
    views.retain(|view| after.as_ref().is_none_or(|after| view.code.as_str() > after.as_str()));
    Ok(paging.page(views, |view| Cursor::word(view.code.as_str()), |view| view).with_count(count))
}

/// A page of the DfE's factors, in the census's order.
pub fn list_factors(paging: &Paging) -> ApiResult<Page<FactorView>> {
    let all = reference::factors();
    let count = paging.wants_count().then(|| i64::try_from(all.len()).unwrap_or(i64::MAX));
    let start = match paging.after_word()? {
        Some(after) => all.iter().position(|factor| factor.code == after).map_or(all.len(), |at| at + 1),
        None => 0,
    };
    let rows: Vec<_> = all.iter().skip(start).collect();
    Ok(paging.page(rows, |factor| Cursor::word(&factor.code), FactorView::from).with_count(count))
}

/// Adds a category of the trust's own.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: CategoryCreate) -> ApiResult<CategoryView> {
    if let Some(id) = tx.replayed()? {
        return own(store::find_id(tx.conn, scope.trust(), id)?);
    }
    let parent_code = input.code.parent().ok_or_else(ApiError::not_found)?;
    let row = CategoryRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        code: input.code,
        parent_code,
        label: input.label,
        guidance: input.guidance,
        indicators: to_json(&input.indicators)?,
        retired_on: None,
        retirement_reason: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("category.created", "category", row.id, None)?;
    own(row)
}

/// Changes a category of the trust's own.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    code: &CategoryCode,
    if_match: &IfMatch,
    patch: CategoryPatch,
) -> ApiResult<CategoryView> {
    let Some(old) = found(tx.conn, scope, code)? else { return Err(refuse_shared(if_match)) };
    if_match.check(old.version)?;
    let before = old.clone();
    let row = CategoryRow {
        label: patch.label.unwrap_or(old.label),
        guidance: patch.guidance.unwrap_or(old.guidance),
        indicators: match patch.indicators {
            Some(indicators) => to_json(&indicators)?,
            None => old.indicators,
        },
        ..old
    };
    let Some(row) = tx.renew(&before, row) else { return own(before) };
    store::update(tx.conn, &row)?;
    tx.did("category.changed", "category", row.id, None)?;
    own(row)
}

/// Takes a category of the trust's own out of use.
pub fn retire(
    tx: &mut Tx<'_>,
    scope: &Scope,
    code: &CategoryCode,
    if_match: &IfMatch,
    input: CategoryRetirement,
) -> ApiResult<CategoryView> {
    let old = found(tx.conn, scope, code)?;
    if let Some(id) = tx.replayed()? {
        return own(store::find_id(tx.conn, scope.trust(), id)?);
    }
    let Some(old) = old else { return Err(refuse_shared(if_match)) };
    if_match.check(old.version)?;
    if old.retired_on.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the category is retired already"));
    }
    if input.retired_on < scope.today() {
        return Err(ApiError::rule("/retired_on", "range", "must not be before today"));
    }
    let row = CategoryRow {
        retired_on: Some(input.retired_on),
        retirement_reason: Some(input.reason),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old
    };
    store::update(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("category.retired", "category", row.id, None)?;
    own(row)
}

/// The trust's category of a code, nothing for a shared one; 404 where there is neither.
fn found(conn: &mut Conn, scope: &Scope, code: &CategoryCode) -> ApiResult<Option<CategoryRow>> {
    if reference::taxonomy().categories.contains_key(code) {
        return Ok(None);
    }
    store::find(conn, scope.trust(), code)?.map(Some).ok_or_else(ApiError::not_found)
}

fn refuse_shared(if_match: &IfMatch) -> ApiError {
    let refusal = ApiError::because(Code::StateConflict, "a category that every trust has cannot be changed");
    if_match.check(1).err().unwrap_or(refusal)
}

fn own(row: CategoryRow) -> ApiResult<CategoryView> {
    CategoryView::own(row).ok_or_else(|| ApiError::internal("a trust's category without a shared one above"))
}

fn to_json(indicators: &[Name<300>]) -> ApiResult<String> {
    serde_json::to_string(indicators).map_err(|error| ApiError::internal(error.to_string()))
}
