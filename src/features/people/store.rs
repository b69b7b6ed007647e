//! Every query on people.

use crate::db::prelude::*;
use diesel::dsl::exists;
use diesel::sql_types;

use super::email::WorkEmail;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::schema::{appointments, engagements, people};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = people, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct PersonRow {
    pub trust_id: Id,
    pub id: Id,
    pub given_name: Name<100>,
    pub family_name: Name<100>,
    pub preferred_name: Option<Name<100>>,
    pub name_folded: String,
    pub work_email: Option<WorkEmail>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(PersonRow);

type Condition = Box<dyn BoxableExpression<people::table, Backend, SqlType = sql_types::Bool>>;

/// The people whom a scope reaches: in the whole trust all, else those who work or hold a role at one of its schools
/// and have not left, and always oneself.
fn visible(scope: &Scope) -> Condition {
    let here = people::trust_id.eq(scope.trust());
    match scope.school_limit() {
        None => Box::new(here),
        Some(schools) => {
            let own: Vec<Id> = scope.person().into_iter().collect();
            let at = works_at(scope.trust(), schools.to_vec(), scope.today());
            Box::new(here.and(people::id.eq_any(own).or(at)))
        }
    }
}

/// Who works or holds a role at one of these schools, today or from a later day.
fn works_at(trust: Id, schools: Vec<Id>, today: Date) -> Condition {
    let schools: Vec<Option<Id>> = schools.into_iter().map(Some).collect();
    let engaged = exists(
        engagements::table
            .filter(engagements::trust_id.eq(trust))
            .filter(engagements::person_id.eq(people::id))
            .filter(engagements::school_id.eq_any(schools.clone()))
            .filter(engagements::ends_on.is_null().or(engagements::ends_on.ge(Some(today))))
            .select(engagements::id),
    );
    let appointed = exists(
        appointments::table
            .filter(appointments::trust_id.eq(trust))
            .filter(appointments::person_id.eq(people::id))
            .filter(appointments::school_id.eq_any(schools))
            .filter(appointments::ends_on.is_null().or(appointments::ends_on.ge(Some(today))))
            .select(appointments::id),
    );
    Box::new(engaged.or(appointed))
}

/// The person of an identifier, where the scope reaches them.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PersonRow> {
    people::table
        .filter(people::id.eq(id))
        .filter(visible(scope))
        .select(PersonRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// Whether the scope reaches a person.
pub fn reaches(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<bool> {
    let found = people::table.filter(people::id.eq(id)).filter(visible(scope)).select(people::id);
    Ok(found.first::<Id>(conn).optional()?.is_some())
}

/// Whether a trust has a person.
pub fn exists_in(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    Ok(people::table.find((trust, id)).select(people::id).first::<Id>(conn).optional()?.is_some())
}

/// A page of people by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Vec<PersonRow>> {
    let mut query = people::table.filter(visible(scope)).into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(people::id.gt(after));
    }
    Ok(query.order(people::id).limit(paging.rows()).select(PersonRow::as_select()).load(conn)?)
}

/// How many people there are.
pub fn count(conn: &mut Conn, scope: &Scope) -> ApiResult<i64> {
    Ok(people::table.filter(visible(scope)).count().get_result(conn)?)
}

/// A page of the people of whose names every word is a prefix, by name.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    prefixes: Vec<(String, String)>,
    school: Option<Id>,
    paging: &Paging,
) -> ApiResult<Vec<PersonRow>> {
    let mut query = people::table.filter(visible(scope)).into_boxed();
    for (first, later) in prefixes {
        let begins = people::name_folded.like(first).escape('\\');
        query = query.filter(begins.or(people::name_folded.like(later).escape('\\')));
    }
    if let Some(school) = school {
        query = query.filter(works_at(scope.trust(), vec![school], scope.today()));
    }
    if let Some(id) = paging.after_id()? {
        let last = people::table.filter(visible(scope)).filter(people::id.eq(id)).select(people::name_folded);
        let name: String = last.first(conn).optional()?.ok_or_else(|| paging.gone())?;
        let same = people::name_folded.eq(name.clone()).and(people::id.gt(id));
        query = query.filter(people::name_folded.gt(name).or(same));
    }
    let query = query.order((people::name_folded, people::id)).limit(paging.rows());
    Ok(query.select(PersonRow::as_select()).load(conn)?)
}

/// The people of these addresses, anywhere in the trust: never for an answer to who may not reach them.
pub fn with_emails(conn: &mut Conn, trust: Id, emails: &[WorkEmail]) -> ApiResult<Vec<PersonRow>> {
    let mut rows = Vec::new();
    for emails in emails.chunks(500) {
        let wanted: Vec<Option<WorkEmail>> = emails.iter().cloned().map(Some).collect();
        let query =
            people::table.filter(people::trust_id.eq(trust)).filter(people::work_email.eq_any(wanted));
        rows.extend(query.select(PersonRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// Which of these people the scope reaches.
pub fn reached(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<Id>> {
    let mut found = Vec::new();
    for ids in ids.chunks(500) {
        let query = people::table.filter(people::id.eq_any(ids.to_vec())).filter(visible(scope));
        found.extend(query.select(people::id).load::<Id>(conn)?);
    }
    Ok(found)
}

/// Stores new people.
pub fn insert_all(conn: &mut Conn, rows: &[PersonRow]) -> ApiResult<()> {
    crate::insert_rows!(conn, people::table, rows);
    Ok(())
}

/// Stores a person's new values, where nobody has changed them since.
pub fn update(conn: &mut Conn, row: &PersonRow) -> ApiResult<()> {
    let stored = diesel::update(people::table.find((row.trust_id, row.id)))
        .filter(people::version.eq(row.version - 1))
        .set((
            people::given_name.eq(&row.given_name),
            people::family_name.eq(&row.family_name),
            people::preferred_name.eq(&row.preferred_name),
            people::name_folded.eq(&row.name_folded),
            people::work_email.eq(&row.work_email),
            people::version.eq(row.version),
            people::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}

/// Holds a person until the transaction ends, so that two changes to what hangs on them are made one after the other.
/// On SQLite nobody else is writing.
pub fn lock(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    if let Conn::Postgres(conn) = conn {
        let one = people::table.find((trust, id)).select(people::id).for_update();
        diesel::RunQueryDsl::first::<Id>(one, conn)?;
    }
    Ok(())
}
