//! Use cases of complex pupils.

use std::collections::HashMap;

use super::super::case::{self, PupilKey, committed};
use super::super::{enrolments, matches};
use super::dto::{
    ComplexPupilCorrection, ComplexPupilCreate, ComplexPupilFilter, ComplexPupilReviewCreate,
    ComplexPupilReviewView, ComplexPupilView, ComplexReviewOutcome,
};
use super::store::{self, ComplexBody, ComplexReviewRow, ComplexRow, ReviewBody};
use crate::access::{Scope, Tx, refer};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

const ENTRIES: &str = "complex_pupils";
const REVIEWS: &str = "complex_pupil_reviews";

/// One entry.
pub fn get(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<ComplexPupilView> {
    let row = store::get(conn, scope, id)?;
    let mut views = views(conn, vault, scope, vec![row])?;
    views.pop().ok_or_else(ApiError::not_found)
}

/// A page of entries.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &ComplexPupilFilter,
    paging: &Paging,
) -> ApiResult<Page<ComplexPupilView>> {
    let mut filter = *filter;
    filter.pupil_id = filter.pupil_id.map(|id| matches::present(conn, scope.trust(), id)).transpose()?;
    let rows = store::list(conn, scope, &filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, &filter)).transpose()?;
    let views = views(conn, vault, scope, rows)?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// A page of the versions of an entry, the first one first; the last one holds.
pub fn list_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<ComplexPupilView>> {
    let row = store::get(conn, scope, id)?;
    let rows = store::versions(conn, &row, paging.after_number()?.unwrap_or_default(), paging.rows())?;
    let views = views(conn, vault, scope, rows)?;
    let page = paging.page(views, |view| Cursor::number(view.number.into()), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(row.number.into())))
}

/// What a caller may know of a pupil in the lists of schools, for the chronology.
pub fn rows_of(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
) -> ApiResult<(Vec<ComplexRow>, Vec<ComplexReviewRow>)> {
    let rows = store::of_pupil(conn, scope, pupil)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let reviews = if ids.is_empty() { Vec::new() } else { store::reviews_of(conn, scope.trust(), &ids)? };
    Ok((rows, reviews))
}

/// Puts a pupil on a school's list.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: ComplexPupilCreate) -> ApiResult<ComplexPupilView> {
    if let Some(id) = tx.replayed()? {
        return shown(tx, scope, id);
    }
    refer::require_school(tx.conn, scope, input.school_id, "/school_id")?;
    let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
    check_pupil(tx.conn, scope, pupil, input.school_id)?;
    case::check_day(scope.today(), "/held_since", input.held_since)?;
    check_next(input.held_since, input.next_review_on)?;
    let key = PupilKey::lock(tx, pupil)?;
    if store::is_held(tx.conn, scope.trust(), input.school_id, pupil)? {
        return Err(ApiError::because(Code::StateConflict, "the school holds this pupil as complex already"));
    }
    let id = tx.new_id();
    let body = ComplexBody { reason: input.reason, correction_reason: None };
    let row = ComplexRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        school_id: input.school_id,
        pupil_id: pupil,
        held_since: input.held_since,
        next_review_on: Some(input.next_review_on),
        ended_on: None,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(ENTRIES, id, &body)?,
    };
    store::insert(tx.conn, &row)?;
    tx.created(id);
    tx.did_with("complex_pupil.held", "complex_pupil", id, Some(row.school_id), Some(&committed(&body)?))?;
    Ok(ComplexPupilView::new(row, body, None, scope.today()))
}

/// Records a corrected version of an entry.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: ComplexPupilCorrection,
) -> ApiResult<ComplexPupilView> {
    let Some(old) = begin(tx, scope, id, if_match)? else { return shown(tx, scope, id) };
    case::check_day(scope.today(), "/held_since", input.held_since)?;
    check_next(input.held_since, input.next_review_on)?;
    let key = PupilKey::lock(tx, old.pupil_id)?;
    let body = ComplexBody { reason: input.reason, correction_reason: Some(input.correction_reason) };
    let row = ComplexRow {
        number: old.number + 1,
        held_since: input.held_since,
        next_review_on: Some(input.next_review_on),
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: key.seal(ENTRIES, id, &body)?,
        ..old
    };
    store::replace(tx.conn, &row)?;
    tx.created(id);
    let content = committed(&body)?;
    tx.did_with("complex_pupil.corrected", "complex_pupil", id, Some(row.school_id), Some(&content))?;
    shown(tx, scope, id)
}

/// A review, with the entry's version after it.
pub struct Reviewed {
    pub view: ComplexPupilReviewView,
    pub entry: ComplexPupilView,
}

/// Records a review that was held: the pupil stays on the list until the next one, or leaves it.
pub fn review(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: ComplexPupilReviewCreate,
) -> ApiResult<Reviewed> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(review) = tx.replayed()? {
        return again(tx, scope, id, review);
    }
    check_version(if_match, &old)?;
    case::check_day(scope.today(), "/held_on", input.held_on)?;
    if input.held_on < old.held_since {
        return Err(ApiError::rule("/held_on", "range", "must not be before the pupil was held as complex"));
    }
    if input.next_review_on.is_some_and(|next| next <= input.held_on) {
        return Err(ApiError::rule("/next_review_on", "range", "must be after this review"));
    }
    let key = PupilKey::lock(tx, old.pupil_id)?;
    let review = tx.new_id();
    let body = ReviewBody { summary: input.summary };
    let held = ComplexReviewRow {
        trust_id: scope.trust(),
        id: review,
        complex_pupil_id: id,
        pupil_id: old.pupil_id,
        held_on: input.held_on,
        outcome: input.outcome,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: key.seal(REVIEWS, review, &body)?,
    };
    store::insert_review(tx.conn, &held)?;
    let ends = input.outcome == ComplexReviewOutcome::Ends;
    let row = ComplexRow {
        number: old.number + 1,
        next_review_on: input.next_review_on,
        ended_on: ends.then_some(input.held_on),
        author_id: scope.person(),
        recorded_at: tx.now(),
        ..old
    };
    store::replace(tx.conn, &row)?;
    tx.created(review);
    let content = committed(&body)?;
    tx.did_with("complex_pupil.reviewed", "complex_pupil", id, Some(row.school_id), Some(&content))?;
    Ok(Reviewed { view: ComplexPupilReviewView::new(held, body), entry: shown(tx, scope, id)? })
}

/// A page of an entry's reviews, the oldest first.
pub fn list_reviews(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<ComplexPupilReviewView>> {
    let entry = store::get(conn, scope, id)?;
    let rows = store::reviews(conn, &entry, paging)?;
    let count = paging.wants_count().then(|| store::count_reviews(conn, &entry)).transpose()?;
    let key = PupilKey::open(vault, conn, scope.trust(), entry.pupil_id)?;
    let views = rows.into_iter().map(|row| opened(key.as_ref(), row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

fn again(tx: &mut Tx<'_>, scope: &Scope, id: Id, review: Id) -> ApiResult<Reviewed> {
    let entry = shown(tx, scope, id)?;
    let rows = store::reviews_of(tx.conn, scope.trust(), &[id])?;
    let row = rows.into_iter().find(|row| row.id == review).ok_or_else(ApiError::not_found)?;
    let key = PupilKey::open(tx.vault, tx.conn, scope.trust(), row.pupil_id)?;
    Ok(Reviewed { view: opened(key.as_ref(), row)?, entry })
}

/// The entry in scope, then whether this request was carried out before, then its version; none for a repetition.
fn begin(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<Option<ComplexRow>> {
    let old = store::get(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return Ok(None);
    }
    check_version(if_match, &old)?;
    Ok(Some(old))
}

fn check_version(if_match: &IfMatch, row: &ComplexRow) -> ApiResult<()> {
    if_match.check_exact(i64::from(row.number))?;
    if row.ended_on.is_none() {
        return Ok(());
    }
    Err(ApiError::because(Code::StateConflict, "the school holds this pupil as complex no longer"))
}

/// A pupil of the school today or soon, with whom the caller has no conflict; the refusal does not tell which.
fn check_pupil(conn: &mut Conn, scope: &Scope, pupil: Id, school: Id) -> ApiResult<()> {
    let known = match case::recording_school(conn, scope, pupil) {
        Ok(_) => enrolments::schools_of(conn, scope.trust(), pupil, scope.today())?.contains(&school),
        Err(error) if matches!(error.code, Code::NotFound | Code::StateConflict) => false,
        Err(error) => return Err(error),
    };
    if known {
        return Ok(());
    }
    Err(ApiError::rule("/pupil_id", "unknown_reference", "no such pupil at this school"))
}

fn check_next(held_since: Date, next: Date) -> ApiResult<()> {
    if next < held_since {
        return Err(ApiError::rule("/next_review_on", "range", "must not be before held_since"));
    }
    Ok(())
}

fn shown(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<ComplexPupilView> {
    get(tx.conn, tx.vault, scope, id)
}

fn views(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    rows: Vec<ComplexRow>,
) -> ApiResult<Vec<ComplexPupilView>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut held: HashMap<Id, Vec<ComplexReviewRow>> = HashMap::new();
    for review in store::reviews_of(conn, scope.trust(), &ids)? {
        held.entry(review.complex_pupil_id).or_default().push(review);
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let key = PupilKey::open(vault, conn, scope.trust(), row.pupil_id)?;
        let key = key.ok_or_else(|| ApiError::internal("a pupil's record without its key"))?;
        let body: ComplexBody = key.unseal(ENTRIES, row.id, &row.body)?;
        // A version shows what was known as long as it held.
        let was_known =
            |review: &&ComplexReviewRow| row.superseded_at.is_none_or(|end| review.recorded_at < end);
        let reviews = held.get(&row.id).into_iter().flatten().filter(was_known);
        let newest = reviews.map(|review| review.held_on).max();
        let day = row.superseded_at.map_or(scope.today(), Timestamp::london_date);
        views.push(ComplexPupilView::new(row, body, newest, day));
    }
    Ok(views)
}

fn opened(key: Option<&PupilKey>, row: ComplexReviewRow) -> ApiResult<ComplexPupilReviewView> {
    let key = key.ok_or_else(|| ApiError::internal("a pupil's record without its key"))?;
    let body = key.unseal(REVIEWS, row.id, &row.body)?;
    Ok(ComplexPupilReviewView::new(row, body))
}
