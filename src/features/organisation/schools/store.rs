//! Every query on schools.

use crate::db::prelude::*;

use super::dto::SchoolFilter;
use super::rules::Phase;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::schools;
use crate::db::violations::expect_one;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A school of the trust as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schools, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are described in dto.rs")]
pub struct SchoolRow {
    pub trust_id: Id,
    pub id: Id,
    pub urn: i32,
    pub name: Name<200>,
    pub laestab: Option<String>,
    pub la_name: Option<String>,
    pub phase: Phase,
    pub hub_id: Option<Id>,
    pub tas: bool,
    pub joined_on: Option<Date>,
    pub left_on: Option<Date>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(SchoolRow);

type Query<'a> = schools::BoxedQuery<'a, crate::db::Backend>;

/// The schools that a scope reaches.
fn visible<'a>(scope: &Scope) -> Query<'a> {
    let query = schools::table.filter(schools::trust_id.eq(scope.trust())).into_boxed();
    match scope.school_limit() {
        None => query,
        Some(limit) => query.filter(schools::id.eq_any(limit.to_vec())),
    }
}

/// The school of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<SchoolRow> {
    visible(scope)
        .filter(schools::id.eq(id))
        .select(SchoolRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of schools by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &SchoolFilter,
    paging: &Paging,
) -> ApiResult<Vec<SchoolRow>> {
    let mut query = filtered(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(schools::id.gt(after));
    }
    Ok(query.order(schools::id).limit(paging.rows()).select(SchoolRow::as_select()).load(conn)?)
}

/// How many schools the filter leaves.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &SchoolFilter) -> ApiResult<i64> {
    Ok(filtered(scope, filter).count().get_result(conn)?)
}

fn filtered<'a>(scope: &Scope, filter: &SchoolFilter) -> Query<'a> {
    let mut query = visible(scope);
    if let Some(hub) = filter.hub_id {
        query = query.filter(schools::hub_id.eq(Some(hub)));
    }
    if let Some(tas) = filter.tas {
        query = query.filter(schools::tas.eq(tas));
    }
    let today = Some(scope.today());
    match filter.current {
        None => query,
        Some(true) => query
            .filter(schools::joined_on.is_null().or(schools::joined_on.le(today)))
            .filter(schools::left_on.is_null().or(schools::left_on.ge(today))),
        Some(false) => query.filter(schools::joined_on.gt(today).or(schools::left_on.lt(today))),
    }
}

/// The schools of these URNs that a scope reaches.
pub fn with_urns(conn: &mut Conn, scope: &Scope, urns: &[i32]) -> ApiResult<Vec<SchoolRow>> {
    let mut rows = Vec::new();
    for urns in urns.chunks(500) {
        rows.extend(
            visible(scope)
                .filter(schools::urn.eq_any(urns.to_vec()))
                .select(SchoolRow::as_select())
                .load(conn)?,
        );
    }
    Ok(rows)
}

/// Whether a trust has a school.
pub fn exists(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    let found: i64 = schools::table
        .filter(schools::trust_id.eq(trust))
        .filter(schools::id.eq(id))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// All schools of a trust, oldest first.
pub fn all(conn: &mut Conn, trust: Id) -> ApiResult<Vec<SchoolRow>> {
    Ok(schools::table
        .filter(schools::trust_id.eq(trust))
        .order(schools::id)
        .select(SchoolRow::as_select())
        .load(conn)?)
}

/// Stores a new school.
pub fn insert(conn: &mut Conn, row: &SchoolRow) -> ApiResult<()> {
    diesel::insert_into(schools::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a school's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &SchoolRow) -> ApiResult<()> {
    let stored = diesel::update(schools::table.find((row.trust_id, row.id)))
        .filter(schools::version.eq(row.version - 1))
        .set((
            schools::name.eq(&row.name),
            schools::phase.eq(row.phase),
            schools::hub_id.eq(row.hub_id),
            schools::tas.eq(row.tas),
            schools::joined_on.eq(row.joined_on),
            schools::left_on.eq(row.left_on),
            schools::version.eq(row.version),
            schools::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    expect_one(stored)
}
