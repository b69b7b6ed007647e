//! Every query on pupils.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::upn::Upn;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::portable::like_literal;
use crate::db::schema::{enrolments, pupils};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A pupil as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pupils, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct PupilRow {
    pub trust_id: Id,
    pub id: Id,
    pub upn: Option<Upn>,
    pub given_name: Name<100>,
    pub family_name: Name<100>,
    pub preferred_name: Option<Name<100>>,
    pub name_folded: String,
    pub birth_date: Date,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub claimed_upn: Option<Upn>,
}

crate::versioned!(PupilRow);

/// By which enrolments a caller may know a pupil: at these schools (any, where none are named), on this day (ever).
#[derive(Clone, Debug)]
pub struct Reach {
    schools: Option<Vec<Id>>,
    on: Option<Date>,
}

impl Reach {
    /// What a scope reaches.
    pub fn of(scope: &Scope) -> Self {
        Self { schools: scope.school_limit().map(<[Id]>::to_vec), on: None }
    }

    /// Only at one school: nothing, where the scope does not reach it.
    #[must_use]
    pub fn at(self, school: Option<Id>) -> Self {
        let Some(school) = school else { return self };
        let reached = self.schools.as_ref().is_none_or(|schools| schools.contains(&school));
        Self { schools: Some(if reached { vec![school] } else { Vec::new() }), ..self }
    }

    /// Only enrolments of a day.
    #[must_use]
    pub fn on(self, day: Option<Date>) -> Self {
        Self { on: day.or(self.on), ..self }
    }
}

type Query<'a> = pupils::BoxedQuery<'a, Backend>;

/// The pupils of a trust whom the reach lets in: the beginning of every query on pupils.
pub fn visible<'a>(trust: Id, reach: Reach) -> Query<'a> {
    let all = pupils::table.filter(pupils::trust_id.eq(trust)).into_boxed();
    let theirs = enrolments::table
        .filter(enrolments::trust_id.eq(pupils::trust_id))
        .filter(enrolments::pupil_id.eq(pupils::id));
    match (reach.schools, reach.on) {
        (None, None) => all,
        (Some(schools), None) => all.filter(exists(theirs.filter(enrolments::school_id.eq_any(schools)))),
        (None, Some(day)) => all.filter(exists(
            theirs
                .filter(enrolments::starts_on.le(day))
                .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(day))),
        )),
        (Some(schools), Some(day)) => all.filter(exists(
            theirs
                .filter(enrolments::school_id.eq_any(schools))
                .filter(enrolments::starts_on.le(day))
                .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(day))),
        )),
    }
}

/// The pupil of an identifier, within reach.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PupilRow> {
    visible(scope.trust(), Reach::of(scope))
        .filter(pupils::id.eq(id))
        .select(PupilRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// The pupils whom a school within reach has or is about to have.
fn current<'a>(scope: &Scope) -> Query<'a> {
    let all = visible(scope.trust(), Reach::of(scope));
    let Some(schools) = scope.school_limit() else { return all };
    all.filter(exists(
        enrolments::table
            .filter(enrolments::trust_id.eq(pupils::trust_id))
            .filter(enrolments::pupil_id.eq(pupils::id))
            .filter(enrolments::school_id.eq_any(schools.to_vec()))
            .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(scope.today()))),
    ))
}

/// The pupil of an identifier, whom a school within reach has or is about to have.
pub fn get_current(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PupilRow> {
    current(scope).filter(pupils::id.eq(id)).select(PupilRow::as_select()).first(conn).map_err(ApiError::from)
}

/// The pupils of these numbers, held or claimed, whom schools within reach have or are about to have.
pub fn current_of_numbers(conn: &mut Conn, scope: &Scope, upns: &[Upn]) -> ApiResult<Vec<PupilRow>> {
    let mut rows = Vec::new();
    for upns in upns.chunks(500) {
        let wanted: Vec<Option<Upn>> = upns.iter().cloned().map(Some).collect();
        let numbered = pupils::upn.eq_any(wanted.clone()).or(pupils::claimed_upn.eq_any(wanted));
        rows.extend(current(scope).filter(numbered).select(PupilRow::as_select()).load::<PupilRow>(conn)?);
    }
    Ok(rows)
}

/// The pupils of these numbers, anywhere in the trust: for those who are enrolled again, never for an answer.
pub fn known_all(conn: &mut Conn, trust: Id, upns: &[Upn]) -> ApiResult<Vec<PupilRow>> {
    let mut rows = Vec::new();
    for upns in upns.chunks(500) {
        let wanted: Vec<Option<Upn>> = upns.iter().cloned().map(Some).collect();
        let query = pupils::table.filter(pupils::trust_id.eq(trust)).filter(pupils::upn.eq_any(wanted));
        rows.extend(query.select(PupilRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// The records that claim a number.
pub fn claiming(conn: &mut Conn, trust: Id, upn: &Upn) -> ApiResult<Vec<Id>> {
    Ok(pupils::table
        .filter(pupils::trust_id.eq(trust))
        .filter(pupils::claimed_upn.eq(Some(upn.clone())))
        .select(pupils::id)
        .load(conn)?)
}

/// Lets a record hold the number that it claims. It shows the same as before, so its version stays.
pub fn hold_what_is_claimed(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    diesel::update(pupils::table.find((trust, id)))
        .set((pupils::upn.eq(pupils::claimed_upn), pupils::claimed_upn.eq(None::<Upn>)))
        .execute(conn)?;
    Ok(())
}

/// The pupils within reach who were born on one of these days.
pub fn born_on(conn: &mut Conn, scope: &Scope, days: &[Date]) -> ApiResult<Vec<PupilRow>> {
    let mut rows = Vec::new();
    for days in days.chunks(500) {
        let query = visible(scope.trust(), Reach::of(scope)).filter(pupils::birth_date.eq_any(days.to_vec()));
        rows.extend(query.select(PupilRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// A page of pupils by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, school: Option<Id>, paging: &Paging) -> ApiResult<Vec<PupilRow>> {
    let mut query = visible(scope.trust(), Reach::of(scope).at(school));
    if let Some(after) = paging.after_id()? {
        query = query.filter(pupils::id.gt(after));
    }
    Ok(query.order(pupils::id).limit(paging.rows()).select(PupilRow::as_select()).load(conn)?)
}

/// How many pupils the list has.
pub fn count(conn: &mut Conn, scope: &Scope, school: Option<Id>) -> ApiResult<i64> {
    Ok(visible(scope.trust(), Reach::of(scope).at(school)).count().get_result(conn)?)
}

/// A page of pupils by name who fit every word, and the number where there is one.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    reach: Reach,
    words: &[String],
    upn: Option<&Upn>,
    paging: &Paging,
) -> ApiResult<Vec<PupilRow>> {
    let mut query = visible(scope.trust(), reach);
    for word in words {
        let word = like_literal(word);
        query = query.filter(
            pupils::name_folded
                .like(format!("{word}%"))
                .escape('\\')
                .or(pupils::name_folded.like(format!("% {word}%")).escape('\\')),
        );
    }
    if let Some(upn) = upn {
        query = query.filter(pupils::upn.eq(Some(upn.clone())).or(pupils::claimed_upn.eq(Some(upn.clone()))));
    }
    if let Some(id) = paging.after_id()? {
        let last = pupils::table.find((scope.trust(), id)).select(pupils::name_folded);
        let name: String = last.first(conn).optional()?.ok_or_else(|| paging.gone())?;
        query = query.filter(
            pupils::name_folded.gt(name.clone()).or(pupils::name_folded.eq(name).and(pupils::id.gt(id))),
        );
    }
    Ok(query
        .order((pupils::name_folded, pupils::id))
        .limit(paging.rows())
        .select(PupilRow::as_select())
        .load(conn)?)
}

/// The pupils of these identifiers in the trust.
pub fn named(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<PupilRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let query = pupils::table.filter(pupils::trust_id.eq(trust)).filter(pupils::id.eq_any(ids.to_vec()));
        rows.extend(query.select(PupilRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// Which of these pupils have ever been on roll at a school.
pub fn enrolled_at(conn: &mut Conn, trust: Id, ids: &[Id], school: Id) -> ApiResult<Vec<Id>> {
    Ok(enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::school_id.eq(school))
        .filter(enrolments::pupil_id.eq_any(ids.to_vec()))
        .select(enrolments::pupil_id)
        .load(conn)?)
}

/// Makes others who write about this pupil wait until the transaction ends, so that a check holds until the write. Says
/// no where the record has gone into another one since it was read.
pub fn lock(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    if lock_if_there(conn, trust, id)? {
        return Ok(());
    }
    Err(ApiError::because(
        Code::StateConflict,
        "the record has just become part of another one: read the pupil anew",
    ))
}

/// The same; whether there is such a record.
pub fn lock_if_there(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    let one = pupils::table.find((trust, id)).select(pupils::id);
    let found: Option<Id> = match conn {
        Conn::Postgres(conn) => one.for_no_key_update().first(conn).optional()?,
        Conn::Sqlite(_) => one.first(conn).optional()?,
    };
    Ok(found.is_some())
}

/// Makes those wait who lock one of these pupils until the transaction ends, but not those who share it.
pub fn share_lock(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<()> {
    if let Conn::Postgres(conn) = conn {
        pupils::table
            .filter(pupils::trust_id.eq(trust))
            .filter(pupils::id.eq_any(ids))
            .order(pupils::id)
            .select(pupils::id)
            .for_share()
            .execute(conn)?;
    }
    Ok(())
}

/// Stores new pupils.
pub fn insert_all(conn: &mut Conn, rows: &[PupilRow]) -> ApiResult<()> {
    crate::insert_rows!(conn, pupils::table, rows);
    Ok(())
}

/// Takes the next version of a record into which another one goes: newer than any that was seen of either.
pub fn take_in(conn: &mut Conn, trust: Id, from: Id, to: Id, at: Timestamp) -> ApiResult<()> {
    let both = pupils::table.filter(pupils::trust_id.eq(trust)).filter(pupils::id.eq_any([from, to]));
    let newest: Option<i64> = both.select(diesel::dsl::max(pupils::version)).first(conn)?;
    let next = newest.unwrap_or_default() + 1;
    diesel::update(pupils::table.find((trust, to)))
        .set((pupils::version.eq(next), pupils::updated_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Takes away a record to which nothing belongs any more.
pub fn delete(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    diesel::delete(pupils::table.find((trust, id))).execute(conn)?;
    Ok(())
}

/// Stores a pupil's new values, where nobody has changed them since.
pub fn update(conn: &mut Conn, row: &PupilRow) -> ApiResult<()> {
    let stored = diesel::update(pupils::table.find((row.trust_id, row.id)))
        .filter(pupils::version.eq(row.version - 1))
        .set((
            pupils::upn.eq(&row.upn),
            pupils::claimed_upn.eq(&row.claimed_upn),
            pupils::given_name.eq(&row.given_name),
            pupils::family_name.eq(&row.family_name),
            pupils::preferred_name.eq(&row.preferred_name),
            pupils::name_folded.eq(&row.name_folded),
            pupils::birth_date.eq(row.birth_date),
            pupils::version.eq(row.version),
            pupils::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
