//! Every query on revocations.

use crate::db::prelude::*;

use super::dto::RevocationFilter;
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::schema::revocations;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A revocation as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = revocations, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct RevocationRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Option<Id>,
    pub principal: Option<Name<500>>,
    pub reason: Text<500>,
    pub revoked_by: String,
    pub revoked_at: Timestamp,
    pub lifted_at: Option<Timestamp>,
    pub lifted_by: Option<String>,
    pub lifted_reason: Option<Text<500>>,
    pub version: i64,
}

fn selected(scope: &Scope, filter: &RevocationFilter) -> revocations::BoxedQuery<'static, Backend> {
    let query = revocations::table.filter(revocations::trust_id.eq(scope.trust())).into_boxed();
    match filter.in_force {
        Some(true) => query.filter(revocations::lifted_at.is_null()),
        Some(false) => query.filter(revocations::lifted_at.is_not_null()),
        None => query,
    }
}

/// The revocation of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<RevocationRow> {
    revocations::table
        .find((scope.trust(), id))
        .select(RevocationRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of revocations by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &RevocationFilter,
    paging: &Paging,
) -> ApiResult<Vec<RevocationRow>> {
    let mut query = selected(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(revocations::id.gt(after));
    }
    let query = query.order(revocations::id).limit(paging.rows());
    Ok(query.select(RevocationRow::as_select()).load(conn)?)
}

/// How many revocations there are.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &RevocationFilter) -> ApiResult<i64> {
    Ok(selected(scope, filter).count().get_result(conn)?)
}

/// Stores a new revocation.
pub fn insert(conn: &mut Conn, row: &RevocationRow) -> ApiResult<()> {
    diesel::insert_into(revocations::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the end of a revocation, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &RevocationRow) -> ApiResult<()> {
    let stored = diesel::update(revocations::table.find((row.trust_id, row.id)))
        .filter(revocations::version.eq(row.version - 1))
        .set((
            revocations::lifted_at.eq(row.lifted_at),
            revocations::lifted_by.eq(&row.lifted_by),
            revocations::lifted_reason.eq(&row.lifted_reason),
            revocations::version.eq(row.version),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
