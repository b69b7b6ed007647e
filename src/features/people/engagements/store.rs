//! Every query on engagements.

use crate::db::prelude::*;
use diesel::sql_types;

use super::dto::Category;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::schema::engagements;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// An engagement as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = engagements, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct EngagementRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub school_id: Option<Id>,
    pub category: Category,
    pub post: Option<Name<120>>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(EngagementRow);

type Condition =
    Box<dyn BoxableExpression<engagements::table, Backend, SqlType = sql_types::Nullable<sql_types::Bool>>>;

/// A person's engagements that a scope reaches: at its schools, and one's own. Whether it reaches the person is asked
/// before.
fn visible(scope: &Scope, person: Id) -> Condition {
    let here = engagements::trust_id.eq(scope.trust()).and(engagements::person_id.eq(person)).nullable();
    match scope.school_limit() {
        Some(schools) if scope.person() != Some(person) => {
            let schools: Vec<Option<Id>> = schools.iter().copied().map(Some).collect();
            Box::new(here.and(engagements::school_id.eq_any(schools)))
        }
        _ => Box::new(here),
    }
}

/// One engagement of a person.
pub fn get(conn: &mut Conn, scope: &Scope, person: Id, id: Id) -> ApiResult<EngagementRow> {
    engagements::table
        .filter(engagements::id.eq(id))
        .filter(visible(scope, person))
        .select(EngagementRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of a person's engagements by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, person: Id, paging: &Paging) -> ApiResult<Vec<EngagementRow>> {
    let mut query = engagements::table.filter(visible(scope, person)).into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(engagements::id.gt(after));
    }
    Ok(query.order(engagements::id).limit(paging.rows()).select(EngagementRow::as_select()).load(conn)?)
}

/// How many engagements a person has.
pub fn count(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<i64> {
    Ok(engagements::table.filter(visible(scope, person)).count().get_result(conn)?)
}

/// The engagements of several people at schools that a scope reaches.
pub fn of_people(conn: &mut Conn, scope: &Scope, people: &[Id]) -> ApiResult<Vec<EngagementRow>> {
    let mut rows = Vec::new();
    for people in people.chunks(500) {
        let mut query = engagements::table
            .filter(engagements::trust_id.eq(scope.trust()))
            .filter(engagements::person_id.eq_any(people.to_vec()))
            .into_boxed();
        if let Some(schools) = scope.school_limit() {
            let schools: Vec<Option<Id>> = schools.iter().copied().map(Some).collect();
            query = query.filter(engagements::school_id.eq_any(schools));
        }
        rows.extend(query.order(engagements::id).select(EngagementRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// Stores new engagements.
pub fn insert_all(conn: &mut Conn, rows: &[EngagementRow]) -> ApiResult<()> {
    crate::insert_rows!(conn, engagements::table, rows);
    Ok(())
}

/// Stores an engagement's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &EngagementRow) -> ApiResult<()> {
    let stored = diesel::update(engagements::table.find((row.trust_id, row.id)))
        .filter(engagements::version.eq(row.version - 1))
        .set((
            engagements::post.eq(&row.post),
            engagements::ends_on.eq(row.ends_on),
            engagements::version.eq(row.version),
            engagements::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
