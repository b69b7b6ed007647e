//! Every query on subjects.

use crate::db::prelude::*;

use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::subjects;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A mapping as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = subjects, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct SubjectRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub issuer: Name<200>,
    pub subject: Name<200>,
    pub created_at: Timestamp,
    pub made_by_person: Option<Id>,
    pub confirmed_at: Option<Timestamp>,
    pub confirmed_by_person: Option<Id>,
}

/// One mapping of a person.
pub fn get(conn: &mut Conn, scope: &Scope, person: Id, id: Id) -> ApiResult<SubjectRow> {
    subjects::table
        .find((scope.trust(), id))
        .filter(subjects::person_id.eq(person))
        .select(SubjectRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of a person's mappings by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, person: Id, paging: &Paging) -> ApiResult<Vec<SubjectRow>> {
    let mut query = subjects::table
        .filter(subjects::trust_id.eq(scope.trust()))
        .filter(subjects::person_id.eq(person))
        .into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(subjects::id.gt(after));
    }
    Ok(query.order(subjects::id).limit(paging.rows()).select(SubjectRow::as_select()).load(conn)?)
}

/// Issuer and subject of a person's mappings.
pub fn logins(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<(Name<200>, Name<200>)>> {
    Ok(subjects::table
        .filter(subjects::trust_id.eq(trust))
        .filter(subjects::person_id.eq(person))
        .select((subjects::issuer, subjects::subject))
        .load(conn)?)
}

/// How many mappings a person has.
pub fn count(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<i64> {
    Ok(subjects::table
        .filter(subjects::trust_id.eq(scope.trust()))
        .filter(subjects::person_id.eq(person))
        .count()
        .get_result(conn)?)
}

/// Stores a new mapping.
pub fn insert(conn: &mut Conn, row: &SubjectRow) -> ApiResult<()> {
    diesel::insert_into(subjects::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the confirmation of a mapping that waits for one.
pub fn confirm(conn: &mut Conn, row: &SubjectRow) -> ApiResult<()> {
    let stored = diesel::update(subjects::table.find((row.trust_id, row.id)))
        .filter(subjects::confirmed_at.is_null())
        .set((
            subjects::confirmed_at.eq(row.confirmed_at),
            subjects::confirmed_by_person.eq(row.confirmed_by_person),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}

/// Deletes a mapping.
pub fn delete(conn: &mut Conn, row: &SubjectRow) -> ApiResult<()> {
    diesel::delete(subjects::table.find((row.trust_id, row.id))).execute(conn)?;
    Ok(())
}
