//! Every query on complex pupils and their reviews.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use serde::{Deserialize, Serialize};

use super::dto::{ComplexPupilFilter, ComplexReviewOutcome};
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::{complex_pupil_reviews, complex_pupils, conflicts};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Text;

/// A version of an entry as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = complex_pupils, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct ComplexRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub school_id: Id,
    pub pupil_id: Id,
    pub held_since: Date,
    pub next_review_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of an entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ComplexBody {
    pub reason: Text<5000>,
    pub correction_reason: Option<Text<2000>>,
}

/// A review as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = complex_pupil_reviews, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct ComplexReviewRow {
    pub trust_id: Id,
    pub id: Id,
    pub complex_pupil_id: Id,
    pub pupil_id: Id,
    pub held_on: Date,
    pub outcome: ComplexReviewOutcome,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// The text of a review.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReviewBody {
    pub summary: Text<5000>,
}

type Query<'a> = complex_pupils::BoxedQuery<'a, Backend>;

/// The entries of schools within reach in the versions that hold, but of no pupil with whom the caller has a conflict.
fn visible<'a>(scope: &Scope) -> Query<'a> {
    let mut query = complex_pupils::table
        .filter(complex_pupils::trust_id.eq(scope.trust()))
        .filter(complex_pupils::superseded_at.is_null())
        .into_boxed();
    if let Some(person) = scope.person() {
        query = query.filter(not(exists(
            conflicts::table
                .filter(conflicts::trust_id.eq(complex_pupils::trust_id))
                .filter(conflicts::pupil_id.eq(complex_pupils::pupil_id))
                .filter(conflicts::person_id.eq(person))
                .filter(conflicts::ended_at.is_null()),
        )));
    }
    match scope.school_limit() {
        None => query,
        Some(schools) => query.filter(complex_pupils::school_id.eq_any(schools.to_vec())),
    }
}

fn filtered<'a>(scope: &Scope, filter: &ComplexPupilFilter) -> Query<'a> {
    let mut query = visible(scope);
    if let Some(school) = filter.school_id {
        query = query.filter(complex_pupils::school_id.eq(school));
    }
    if let Some(pupil) = filter.pupil_id {
        query = query.filter(complex_pupils::pupil_id.eq(pupil));
    }
    if filter.with_ended != Some(true) {
        query = query.filter(complex_pupils::ended_on.is_null());
    }
    if filter.review_overdue == Some(true) {
        query = query.filter(complex_pupils::next_review_on.lt(scope.today()));
    }
    query
}

/// One entry.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ComplexRow> {
    visible(scope)
        .filter(complex_pupils::id.eq(id))
        .select(ComplexRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ComplexPupilFilter,
    paging: &Paging,
) -> ApiResult<Vec<ComplexRow>> {
    let mut query = filtered(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(complex_pupils::id.gt(after));
    }
    Ok(query.order(complex_pupils::id).limit(paging.rows()).select(ComplexRow::as_select()).load(conn)?)
}

/// How many the list has.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &ComplexPupilFilter) -> ApiResult<i64> {
    Ok(filtered(scope, filter).count().get_result(conn)?)
}

/// The versions of an entry that the caller sees, after a number, the first one first.
pub fn versions(conn: &mut Conn, row: &ComplexRow, after: i64, rows: i64) -> ApiResult<Vec<ComplexRow>> {
    Ok(complex_pupils::table
        .filter(complex_pupils::trust_id.eq(row.trust_id))
        .filter(complex_pupils::id.eq(row.id))
        .filter(complex_pupils::number.gt(i32::try_from(after).unwrap_or(i32::MAX)))
        .order(complex_pupils::number)
        .limit(rows)
        .select(ComplexRow::as_select())
        .load(conn)?)
}

/// All entries about a pupil.
pub fn of_pupil(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<ComplexRow>> {
    Ok(visible(scope)
        .filter(complex_pupils::pupil_id.eq(pupil))
        .select(ComplexRow::as_select())
        .load(conn)?)
}

/// Whether no school holds both pupils as complex.
pub fn go_together(conn: &mut Conn, trust: Id, one: Id, other: Id) -> ApiResult<bool> {
    let open = |pupil: Id| {
        complex_pupils::table
            .filter(complex_pupils::trust_id.eq(trust))
            .filter(complex_pupils::pupil_id.eq(pupil))
            .filter(complex_pupils::superseded_at.is_null())
            .filter(complex_pupils::ended_on.is_null())
            .select(complex_pupils::school_id)
    };
    let (ours, theirs): (Vec<Id>, Vec<Id>) = (open(one).load(conn)?, open(other).load(conn)?);
    Ok(!ours.iter().any(|school| theirs.contains(school)))
}

/// Whether a school holds a pupil as complex.
pub fn is_held(conn: &mut Conn, trust: Id, school: Id, pupil: Id) -> ApiResult<bool> {
    let open = complex_pupils::table
        .filter(complex_pupils::trust_id.eq(trust))
        .filter(complex_pupils::pupil_id.eq(pupil))
        .filter(complex_pupils::school_id.eq(school))
        .filter(complex_pupils::superseded_at.is_null())
        .filter(complex_pupils::ended_on.is_null());
    Ok(diesel::select(exists(open)).get_result(conn)?)
}

/// Stores a new entry.
pub fn insert(conn: &mut Conn, row: &ComplexRow) -> ApiResult<()> {
    diesel::insert_into(complex_pupils::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the next version of an entry, which takes the place of the one before.
pub fn replace(conn: &mut Conn, row: &ComplexRow) -> ApiResult<()> {
    let ended = diesel::update(complex_pupils::table)
        .filter(complex_pupils::trust_id.eq(row.trust_id))
        .filter(complex_pupils::id.eq(row.id))
        .filter(complex_pupils::number.eq(row.number - 1))
        .filter(complex_pupils::superseded_at.is_null())
        .set(complex_pupils::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    insert(conn, row)
}

/// The reviews of entries that were found in scope.
pub fn reviews_of(conn: &mut Conn, trust: Id, entries: &[Id]) -> ApiResult<Vec<ComplexReviewRow>> {
    Ok(complex_pupil_reviews::table
        .filter(complex_pupil_reviews::trust_id.eq(trust))
        .filter(complex_pupil_reviews::complex_pupil_id.eq_any(entries.to_vec()))
        .select(ComplexReviewRow::as_select())
        .load(conn)?)
}

/// A page of an entry's reviews by identifier.
pub fn reviews(conn: &mut Conn, entry: &ComplexRow, paging: &Paging) -> ApiResult<Vec<ComplexReviewRow>> {
    let mut query = complex_pupil_reviews::table
        .filter(complex_pupil_reviews::trust_id.eq(entry.trust_id))
        .filter(complex_pupil_reviews::complex_pupil_id.eq(entry.id))
        .into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(complex_pupil_reviews::id.gt(after));
    }
    Ok(query
        .order(complex_pupil_reviews::id)
        .limit(paging.rows())
        .select(ComplexReviewRow::as_select())
        .load(conn)?)
}

/// How many reviews an entry has had.
pub fn count_reviews(conn: &mut Conn, entry: &ComplexRow) -> ApiResult<i64> {
    Ok(complex_pupil_reviews::table
        .filter(complex_pupil_reviews::trust_id.eq(entry.trust_id))
        .filter(complex_pupil_reviews::complex_pupil_id.eq(entry.id))
        .count()
        .get_result(conn)?)
}

/// Stores a review.
pub fn insert_review(conn: &mut Conn, row: &ComplexReviewRow) -> ApiResult<()> {
    diesel::insert_into(complex_pupil_reviews::table).values(row).execute(conn)?;
    Ok(())
}
