//! Every query on enrolments.

use std::collections::{HashMap, HashSet};

use crate::db::prelude::*;

use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::schema::enrolments;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

/// An enrolment as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = enrolments, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct EnrolmentRow {
    pub trust_id: Id,
    pub id: Id,
    pub pupil_id: Id,
    pub school_id: Id,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub year_group: Option<i16>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The record by which the school knew the pupil until `joined_on`; none where it was always the pupil's.
    pub record_id: Option<Id>,
    /// The day on which that record went into the pupil's.
    pub joined_on: Date,
}

crate::versioned!(EnrolmentRow);

type Query<'a> = enrolments::BoxedQuery<'a, Backend>;

/// The enrolments at schools within reach.
fn visible<'a>(scope: &Scope) -> Query<'a> {
    let all = enrolments::table.filter(enrolments::trust_id.eq(scope.trust())).into_boxed();
    match scope.school_limit() {
        None => all,
        Some(schools) => all.filter(enrolments::school_id.eq_any(schools.to_vec())),
    }
}

/// One enrolment of a pupil.
pub fn get(conn: &mut Conn, scope: &Scope, pupil: Id, id: Id) -> ApiResult<EnrolmentRow> {
    visible(scope)
        .filter(enrolments::pupil_id.eq(pupil))
        .filter(enrolments::id.eq(id))
        .select(EnrolmentRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of a pupil's enrolments by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, pupil: Id, paging: &Paging) -> ApiResult<Vec<EnrolmentRow>> {
    let mut query = visible(scope).filter(enrolments::pupil_id.eq(pupil));
    if let Some(after) = paging.after_id()? {
        query = query.filter(enrolments::id.gt(after));
    }
    Ok(query.order(enrolments::id).limit(paging.rows()).select(EnrolmentRow::as_select()).load(conn)?)
}

/// How many enrolments the list has.
pub fn count(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<i64> {
    Ok(visible(scope).filter(enrolments::pupil_id.eq(pupil)).count().get_result(conn)?)
}

/// The enrolments of several pupils, oldest first.
pub fn of_pupils(conn: &mut Conn, scope: &Scope, pupils: &[Id]) -> ApiResult<Vec<EnrolmentRow>> {
    let mut rows = Vec::new();
    for pupils in pupils.chunks(500) {
        let query = visible(scope).filter(enrolments::pupil_id.eq_any(pupils.to_vec()));
        let query = query.order((enrolments::starts_on, enrolments::id));
        rows.extend(query.select(EnrolmentRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// All enrolments of a pupil, whoever asks: never for an answer.
pub fn all_of(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<EnrolmentRow>> {
    Ok(enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::pupil_id.eq(pupil))
        .order((enrolments::starts_on, enrolments::id))
        .select(EnrolmentRow::as_select())
        .load(conn)?)
}

/// The schools that have these pupils, or are about to, whoever asks; without those whom no school has.
pub fn on_roll(conn: &mut Conn, scope: &Scope, pupils: &[Id]) -> ApiResult<HashMap<Id, Vec<Id>>> {
    let mut out: HashMap<Id, Vec<Id>> = HashMap::new();
    for pupils in pupils.chunks(500) {
        let open: Vec<(Id, Id)> = enrolments::table
            .filter(enrolments::trust_id.eq(scope.trust()))
            .filter(enrolments::pupil_id.eq_any(pupils.to_vec()))
            .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(scope.today()).assume_not_null()))
            .select((enrolments::pupil_id, enrolments::school_id))
            .load(conn)?;
        for (pupil, school) in open {
            out.entry(pupil).or_default().push(school);
        }
    }
    Ok(out)
}

/// Which of these pupils schools beyond reach have, and none within: never for an answer.
pub fn held_elsewhere(conn: &mut Conn, scope: &Scope, pupils: &[Id]) -> ApiResult<HashSet<Id>> {
    let beyond = |(pupil, schools): (Id, Vec<Id>)| {
        (!schools.iter().any(|school| scope.extent().covers(*school))).then_some(pupil)
    };
    Ok(on_roll(conn, scope, pupils)?.into_iter().filter_map(beyond).collect())
}

/// Whether a school beyond reach has the pupil, is to have them or had them after every school within reach, and none
/// within has them: for a rule of the service, never for an answer.
pub fn has_moved_on(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<bool> {
    let all = all_of(conn, scope.trust(), pupil)?;
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|row| scope.extent().covers(row.school_id));
    let is_open = |row: &EnrolmentRow| row.ends_on.is_none_or(|end| end >= scope.today());
    let last = |rows: &[&EnrolmentRow]| rows.iter().map(|row| (row.ends_on.is_none(), row.ends_on)).max();
    Ok(!own.iter().any(|row| is_open(row)) && last(&others) > last(&own))
}

/// Gives an enrolment to another pupil: stores its new values with the pupil and the record that it comes from.
pub fn give(conn: &mut Conn, row: &EnrolmentRow) -> ApiResult<()> {
    diesel::update(enrolments::table.find((row.trust_id, row.id)))
        .set((
            enrolments::pupil_id.eq(row.pupil_id),
            enrolments::record_id.eq(row.record_id),
            enrolments::joined_on.eq(row.joined_on),
        ))
        .execute(conn)?;
    update(conn, row)
}

/// Takes an enrolment away that stands for days which another one stands for too.
pub fn delete(conn: &mut Conn, row: &EnrolmentRow) -> ApiResult<()> {
    diesel::delete(enrolments::table.find((row.trust_id, row.id))).execute(conn)?;
    Ok(())
}

/// The schools that have a pupil, or are about to, whoever asks: for a rule of the service, never for an answer.
pub fn schools_of(conn: &mut Conn, trust: Id, pupil: Id, today: Date) -> ApiResult<Vec<Id>> {
    Ok(enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::pupil_id.eq(pupil))
        .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(today).assume_not_null()))
        .select(enrolments::school_id)
        .load(conn)?)
}

/// The schools that have a pupil, or are about to; where none has, those that had the pupil last. For a rule of the
/// service, never for an answer.
pub fn schools_now_or_last(conn: &mut Conn, trust: Id, pupil: Id, today: Date) -> ApiResult<Vec<Id>> {
    let now = schools_of(conn, trust, pupil, today)?;
    if !now.is_empty() {
        return Ok(now);
    }
    let all = all_of(conn, trust, pupil)?;
    let last = all.iter().filter_map(|row| row.ends_on).max();
    Ok(all.iter().filter(|row| row.ends_on == last).map(|row| row.school_id).collect())
}

/// A pupil's other enrolments at a school.
pub fn at_school(conn: &mut Conn, row: &EnrolmentRow) -> ApiResult<Vec<EnrolmentRow>> {
    Ok(enrolments::table
        .filter(enrolments::trust_id.eq(row.trust_id))
        .filter(enrolments::pupil_id.eq(row.pupil_id))
        .filter(enrolments::school_id.eq(row.school_id))
        .filter(enrolments::id.ne(row.id))
        .select(EnrolmentRow::as_select())
        .load(conn)?)
}

/// Stores new enrolments.
pub fn insert_all(conn: &mut Conn, rows: &[EnrolmentRow]) -> ApiResult<()> {
    crate::insert_rows!(conn, enrolments::table, rows);
    Ok(())
}

/// Stores an enrolment's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &EnrolmentRow) -> ApiResult<()> {
    let stored = diesel::update(enrolments::table.find((row.trust_id, row.id)))
        .filter(enrolments::version.eq(row.version - 1))
        .set((
            enrolments::starts_on.eq(row.starts_on),
            enrolments::ends_on.eq(row.ends_on),
            enrolments::year_group.eq(row.year_group),
            enrolments::version.eq(row.version),
            enrolments::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
