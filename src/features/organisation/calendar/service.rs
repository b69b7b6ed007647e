//! Use cases of the calendar.

use super::dto::{
    AcademicYearCreate, AcademicYearFilter, AcademicYearPatch, AcademicYearView, DayView, DaysQuery, DaysView,
};
use super::rules::days::Calendar;
use super::rules::{self, label};
use super::store::{self, AcademicYear, AcademicYearRow};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::schools;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// The most days in one answer.
const MOST_DAYS: u16 = 400;

/// The calendar by which a school's deadlines run, or the trust's where no school is given: every academic year from
/// that of the first day to that of the last. A school's own academic year stands in the place of the trust's. Give a
/// last day late enough for the deadline that is looked for.
pub fn calendar(
    conn: &mut Conn,
    trust: Id,
    school: Option<Id>,
    first: Date,
    last: Date,
) -> ApiResult<Calendar> {
    let year = |day: Date| i16::try_from(day.academic_year()).unwrap_or(i16::MAX);
    let calendars: Vec<Id> = std::iter::once(trust).chain(school).collect();
    let mut found = store::of_calendars(conn, trust, &calendars, year(first), year(last))?;
    found.sort_by_key(|year| year.row.school_id.is_some());
    let add = |calendar: Calendar, year: AcademicYear| {
        calendar.with_year(i32::from(year.row.start_year), year.half_terms, &year.closed_days)
    };
    Ok(found.into_iter().fold(Calendar::default(), add))
}

/// What each day of a span is.
pub fn days(conn: &mut Conn, scope: &Scope, query: &DaysQuery) -> ApiResult<DaysView> {
    if !(1..=MOST_DAYS).contains(&query.days) {
        return Err(ApiError::invalid("?days", "range", format!("must be from 1 to {MOST_DAYS}")));
    }
    if let Some(school) = query.school_id {
        check_school(conn, scope, school, "?school_id")?;
    }
    let calendar = calendar(conn, scope.trust(), query.school_id, query.from, query.last())?;
    let day = |date: Date| DayView {
        date,
        academic_year: label(date.academic_year()),
        half_term: calendar.half_term_of(date).map(|sixth| sixth.number),
        is_school_day: calendar.is_school_day(date),
        is_working_day: Calendar::is_working_day(date),
    };
    Ok(DaysView { items: query.dates().map(day).collect() })
}

/// One academic year.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<AcademicYear> {
    store::get(conn, scope, id)
}

/// A page of academic years.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AcademicYearFilter,
    paging: &Paging,
) -> ApiResult<Page<AcademicYearView>> {
    let years = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    Ok(paging.page(years, |year| Cursor::id(year.row.id), AcademicYearView::from).with_count(count))
}

/// Makes an academic year of the trust or of one school.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: AcademicYearCreate) -> ApiResult<AcademicYear> {
    rules::check(i32::from(input.start_year), &input.half_terms, &input.closed_days)?;
    match input.school_id {
        Some(school) => check_school(tx.conn, scope, school, "/school_id")?,
        None if scope.extent().trust => {}
        None => {
            let words = "your right reaches single schools only: name the school";
            return Err(ApiError::rule("/school_id", "required", words));
        }
    }
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    let row = AcademicYearRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        school_id: input.school_id,
        calendar_of: input.school_id.unwrap_or_else(|| scope.trust()),
        start_year: input.start_year,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let year = in_order(AcademicYear { row, half_terms: input.half_terms, closed_days: input.closed_days });
    store::insert(tx.conn, &year)?;
    tx.created(year.row.id);
    tx.did("academic-year.created", "academic-year", year.row.id, year.row.school_id)?;
    Ok(year)
}

/// Replaces an academic year's half-terms or closed days.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: AcademicYearPatch,
) -> ApiResult<AcademicYear> {
    let old = store::get(tx.conn, scope, id)?;
    if_match.check(old.row.version)?;
    let before = old.clone();
    let year = in_order(AcademicYear {
        half_terms: patch.half_terms.unwrap_or(old.half_terms),
        closed_days: patch.closed_days.unwrap_or(old.closed_days),
        row: old.row,
    });
    rules::check(i32::from(year.row.start_year), &year.half_terms, &year.closed_days)?;
    let Some(year) = tx.renew(&before, year) else { return Ok(before) };
    store::update(tx.conn, &year)?;
    tx.did("academic-year.changed", "academic-year", id, year.row.school_id)?;
    Ok(year)
}

/// The closed days as they are read again.
fn in_order(mut year: AcademicYear) -> AcademicYear {
    year.closed_days.sort_by_key(|closed| closed.day);
    year
}

/// A school out of reach and a school that does not exist get the same answer.
fn check_school(conn: &mut Conn, scope: &Scope, school: Id, pointer: &str) -> ApiResult<()> {
    if scope.extent().covers(school) && schools::school_exists_in(conn, scope.trust(), school)? {
        return Ok(());
    }
    Err(ApiError::rule(pointer, "unknown_reference", "there is no such school"))
}
