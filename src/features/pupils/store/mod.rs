//! Every query on pupils. What a caller is shown of one is in [`known`].

mod known;

use crate::db::prelude::*;
use diesel::dsl::exists;

pub use known::{Reach, born_on, count, get, known, list, search};

use super::upn::Upn;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::schema::{enrolments, pupil_versions, pupils};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult, Code};
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
    /// The first day at the end of which the pupil was called this.
    pub in_force_from: Date,
}

crate::versioned!(PupilRow);

type Query<'a> = pupils::BoxedQuery<'a, Backend>;

/// The pupils whom a school within reach has or is about to have.
fn current<'a>(scope: &Scope) -> Query<'a> {
    let all = pupils::table.filter(pupils::trust_id.eq(scope.trust())).into_boxed();
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
        Conn::Postgres(conn) => diesel::RunQueryDsl::first(one.for_no_key_update(), conn).optional()?,
        Conn::Sqlite(_) => one.first(conn).optional()?,
    };
    Ok(found.is_some())
}

/// Makes those wait who lock one of these pupils until the transaction ends, but not those who share it.
pub fn share_lock(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<()> {
    if let Conn::Postgres(conn) = conn {
        let all = pupils::table
            .filter(pupils::trust_id.eq(trust))
            .filter(pupils::id.eq_any(ids))
            .order(pupils::id)
            .select(pupils::id)
            .for_share();
        diesel::RunQueryDsl::execute(all, conn)?;
    }
    Ok(())
}

/// Stores new pupils.
pub fn insert_all(conn: &mut Conn, rows: &[PupilRow]) -> ApiResult<()> {
    crate::insert_rows!(conn, pupils::table, rows);
    Ok(())
}

/// Takes the next version of a record into which another one goes: newer than any that was seen of either. What either
/// was until now is kept for the schools that the child has left.
pub fn take_in(conn: &mut Conn, trust: Id, from: Id, to: Id, at: Timestamp) -> ApiResult<()> {
    let today = at.london_date();
    let both = named(conn, trust, &[from, to])?;
    diesel::update(pupil_versions::table)
        .filter(pupil_versions::trust_id.eq(trust))
        .filter(pupil_versions::pupil_id.eq(from))
        .set(pupil_versions::pupil_id.eq(to))
        .execute(conn)?;
    for row in &both {
        keep(conn, row, to, today)?;
    }
    let next = both.iter().map(|row| row.version).max().unwrap_or_default() + 1;
    diesel::update(pupils::table.find((trust, to)))
        .set((pupils::version.eq(next), pupils::updated_at.eq(at), pupils::in_force_from.eq(today)))
        .execute(conn)?;
    Ok(())
}

/// Keeps a row that is about to be another one, where the pupil was called that at the end of some day.
fn keep(conn: &mut Conn, row: &PupilRow, pupil: Id, today: Date) -> ApiResult<()> {
    if row.in_force_from >= today {
        return Ok(());
    }
    diesel::insert_into(pupil_versions::table)
        .values((
            pupil_versions::trust_id.eq(row.trust_id),
            pupil_versions::record_id.eq(row.id),
            pupil_versions::until_on.eq(today),
            pupil_versions::from_on.eq(row.in_force_from),
            pupil_versions::pupil_id.eq(pupil),
            pupil_versions::upn.eq(&row.upn),
            pupil_versions::given_name.eq(&row.given_name),
            pupil_versions::family_name.eq(&row.family_name),
            pupil_versions::preferred_name.eq(&row.preferred_name),
            pupil_versions::name_folded.eq(&row.name_folded),
            pupil_versions::birth_date.eq(row.birth_date),
            pupil_versions::version.eq(row.version),
            pupil_versions::created_at.eq(row.created_at),
            pupil_versions::updated_at.eq(row.updated_at),
            pupil_versions::claimed_upn.eq(&row.claimed_upn),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes away a record to which nothing belongs any more.
pub fn delete(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    diesel::delete(pupils::table.find((trust, id))).execute(conn)?;
    Ok(())
}

/// Stores a pupil's new values, where nobody has changed them since, and keeps those from before.
pub fn update(conn: &mut Conn, before: &PupilRow, row: &PupilRow, today: Date) -> ApiResult<()> {
    keep(conn, before, before.id, today)?;
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
            pupils::in_force_from.eq(today),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
