//! Every query on academic years.

use std::collections::HashMap;

use crate::db::prelude::*;

use super::dto::{AcademicYearFilter, ClosedDay, ClosedKind, HalfTerm};
use crate::access::{Action, Scope, Versioned};
use crate::clock::{Date, Timestamp};
use crate::db::schema::{academic_years as years, closed_days, half_terms};
use crate::db::violations::expect_one;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::http::Paging;
use crate::ids::Id;
use crate::insert_rows;

/// An academic year as it is stored, without its parts.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = years, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AcademicYearRow {
    pub trust_id: Id,
    pub id: Id,
    pub school_id: Option<Id>,
    /// The school, or the trust: what the unique key is made of, since keys do not see nulls as equal.
    pub calendar_of: Id,
    pub start_year: i16,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = half_terms, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
struct HalfTermRow {
    trust_id: Id,
    academic_year_id: Id,
    number: i16,
    starts_on: Date,
    ends_on: Date,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = closed_days, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
struct ClosedDayRow {
    trust_id: Id,
    academic_year_id: Id,
    day: Date,
    kind: ClosedKind,
}

/// An academic year with its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcademicYear {
    pub row: AcademicYearRow,
    pub half_terms: Vec<HalfTerm>,
    pub closed_days: Vec<ClosedDay>,
}

crate::versioned!(AcademicYearRow);

impl Versioned for AcademicYear {
    fn renewed(self, at: Timestamp) -> Self {
        Self { row: self.row.renewed(at), ..self }
    }
}

type Query<'a> = years::BoxedQuery<'a, Backend>;

/// The academic years that a scope reaches. Who reaches single schools reads the trust's calendar too, since it holds
/// for them, but does not change it.
fn visible<'a>(scope: &Scope) -> Query<'a> {
    let query = years::table.filter(years::trust_id.eq(scope.trust())).into_boxed();
    match (scope.school_limit(), scope.action()) {
        (None, _) => query,
        (Some(limit), Action::CalendarManage) => query.filter(years::school_id.eq_any(limit.to_vec())),
        (Some(limit), _) => {
            query.filter(years::school_id.is_null().or(years::school_id.eq_any(limit.to_vec())))
        }
    }
}

/// The academic year of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<AcademicYear> {
    let row = visible(scope).filter(years::id.eq(id)).select(AcademicYearRow::as_select()).first(conn)?;
    let (half_terms, closed_days) = parts(conn, scope.trust(), &[id])?.remove(&id).unwrap_or_default();
    Ok(AcademicYear { row, half_terms, closed_days })
}

/// A page of academic years by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AcademicYearFilter,
    paging: &Paging,
) -> ApiResult<Vec<AcademicYear>> {
    let mut query = filtered(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(years::id.gt(after));
    }
    let rows = query.order(years::id).limit(paging.rows()).select(AcademicYearRow::as_select()).load(conn)?;
    whole(conn, scope.trust(), rows)
}

/// How many academic years the filter leaves.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &AcademicYearFilter) -> ApiResult<i64> {
    Ok(filtered(scope, filter).count().get_result(conn)?)
}

fn filtered<'a>(scope: &Scope, filter: &AcademicYearFilter) -> Query<'a> {
    let mut query = visible(scope);
    if let Some(start_year) = filter.start_year {
        query = query.filter(years::start_year.eq(start_year));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(years::school_id.eq(Some(school)));
    }
    query
}

/// The academic years of these calendars (a school's own and the trust's) within a span of years.
pub fn of_calendars(
    conn: &mut Conn,
    trust: Id,
    calendars: &[Id],
    first: i16,
    last: i16,
) -> ApiResult<Vec<AcademicYear>> {
    let rows = years::table
        .filter(years::trust_id.eq(trust))
        .filter(years::calendar_of.eq_any(calendars))
        .filter(years::start_year.between(first, last))
        .order(years::id)
        .select(AcademicYearRow::as_select())
        .load(conn)?;
    whole(conn, trust, rows)
}

fn whole(conn: &mut Conn, trust: Id, rows: Vec<AcademicYearRow>) -> ApiResult<Vec<AcademicYear>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut parts = parts(conn, trust, &ids)?;
    let join = |row: AcademicYearRow| {
        let (half_terms, closed_days) = parts.remove(&row.id).unwrap_or_default();
        AcademicYear { row, half_terms, closed_days }
    };
    Ok(rows.into_iter().map(join).collect())
}

type Parts = (Vec<HalfTerm>, Vec<ClosedDay>);

fn parts(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<HashMap<Id, Parts>> {
    let mut parts: HashMap<Id, Parts> = HashMap::new();
    let terms: Vec<HalfTermRow> = half_terms::table
        .filter(half_terms::trust_id.eq(trust))
        .filter(half_terms::academic_year_id.eq_any(ids))
        .order((half_terms::academic_year_id, half_terms::number))
        .select(HalfTermRow::as_select())
        .load(conn)?;
    for HalfTermRow { academic_year_id, number, starts_on, ends_on, .. } in terms {
        parts.entry(academic_year_id).or_default().0.push(HalfTerm { number, starts_on, ends_on });
    }
    let closed: Vec<ClosedDayRow> = closed_days::table
        .filter(closed_days::trust_id.eq(trust))
        .filter(closed_days::academic_year_id.eq_any(ids))
        .order((closed_days::academic_year_id, closed_days::day))
        .select(ClosedDayRow::as_select())
        .load(conn)?;
    for ClosedDayRow { academic_year_id, day, kind, .. } in closed {
        parts.entry(academic_year_id).or_default().1.push(ClosedDay { day, kind });
    }
    Ok(parts)
}

/// Stores a new academic year with its parts.
pub fn insert(conn: &mut Conn, year: &AcademicYear) -> ApiResult<()> {
    diesel::insert_into(years::table).values(&year.row).execute(conn)?;
    insert_half_terms(conn, year)?;
    insert_closed_days(conn, year)
}

/// Stores an academic year's new parts, where nobody has changed it since.
pub fn update(conn: &mut Conn, year: &AcademicYear) -> ApiResult<()> {
    let (trust, id) = (year.row.trust_id, year.row.id);
    let stored = diesel::update(years::table.find((trust, id)))
        .filter(years::version.eq(year.row.version - 1))
        .set((years::version.eq(year.row.version), years::updated_at.eq(year.row.updated_at)))
        .execute(conn)?;
    expect_one(stored)?;
    diesel::delete(half_terms::table)
        .filter(half_terms::trust_id.eq(trust))
        .filter(half_terms::academic_year_id.eq(id))
        .execute(conn)?;
    diesel::delete(closed_days::table)
        .filter(closed_days::trust_id.eq(trust))
        .filter(closed_days::academic_year_id.eq(id))
        .execute(conn)?;
    insert_half_terms(conn, year)?;
    insert_closed_days(conn, year)
}

fn insert_half_terms(conn: &mut Conn, year: &AcademicYear) -> ApiResult<()> {
    let row = |half_term: &HalfTerm| HalfTermRow {
        trust_id: year.row.trust_id,
        academic_year_id: year.row.id,
        number: half_term.number,
        starts_on: half_term.starts_on,
        ends_on: half_term.ends_on,
    };
    let rows: Vec<HalfTermRow> = year.half_terms.iter().map(row).collect();
    insert_rows!(conn, half_terms::table, &rows);
    Ok(())
}

fn insert_closed_days(conn: &mut Conn, year: &AcademicYear) -> ApiResult<()> {
    let row = |closed: &ClosedDay| ClosedDayRow {
        trust_id: year.row.trust_id,
        academic_year_id: year.row.id,
        day: closed.day,
        kind: closed.kind,
    };
    let rows: Vec<ClosedDayRow> = year.closed_days.iter().map(row).collect();
    insert_rows!(conn, closed_days::table, &rows);
    Ok(())
}
