//! Every query on hubs.

use crate::db::prelude::*;

use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::hubs;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A hub as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = hubs, check_for_backend(crate::db::Backend))]
pub struct HubRow {
    pub trust_id: Id,
    pub id: Id,
    pub name: Name<100>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(HubRow);

/// The hub of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<HubRow> {
    hubs::table.find((scope.trust(), id)).select(HubRow::as_select()).first(conn).map_err(ApiError::from)
}

/// A page of hubs by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Vec<HubRow>> {
    let mut query = hubs::table.filter(hubs::trust_id.eq(scope.trust())).into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(hubs::id.gt(after));
    }
    Ok(query.order(hubs::id).limit(paging.rows()).select(HubRow::as_select()).load(conn)?)
}

/// How many hubs there are.
pub fn count(conn: &mut Conn, scope: &Scope) -> ApiResult<i64> {
    Ok(hubs::table.filter(hubs::trust_id.eq(scope.trust())).count().get_result(conn)?)
}

/// Stores a new hub.
pub fn insert(conn: &mut Conn, row: &HubRow) -> ApiResult<()> {
    diesel::insert_into(hubs::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a hub's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &HubRow) -> ApiResult<()> {
    let stored = diesel::update(hubs::table.find((row.trust_id, row.id)))
        .filter(hubs::version.eq(row.version - 1))
        .set((hubs::name.eq(&row.name), hubs::version.eq(row.version), hubs::updated_at.eq(row.updated_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
