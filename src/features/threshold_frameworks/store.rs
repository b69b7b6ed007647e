//! Every query on threshold frameworks. A trust has a few, so all of them are read at once.

use crate::db::prelude::*;

use crate::clock::{Date, Timestamp};
use crate::db::schema::threshold_frameworks;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::features::agencies::WebAddress;
use crate::features::organisation::establishments::LaCode;
use crate::ids::Id;
use crate::text::Name;

/// A version as it is stored; the levels are a JSON array.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = threshold_frameworks, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct FrameworkRow {
    pub trust_id: Id,
    pub id: Id,
    pub la_code: LaCode,
    pub name: Name<150>,
    pub starts_on: Date,
    pub web_address: Option<WebAddress>,
    pub levels: String,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(FrameworkRow);

/// All versions of a trust, by identifier.
pub fn all(conn: &mut Conn, trust: Id) -> ApiResult<Vec<FrameworkRow>> {
    Ok(threshold_frameworks::table
        .filter(threshold_frameworks::trust_id.eq(trust))
        .order(threshold_frameworks::id)
        .select(FrameworkRow::as_select())
        .load(conn)?)
}

/// Stores a new version.
pub fn insert(conn: &mut Conn, row: &FrameworkRow) -> ApiResult<()> {
    diesel::insert_into(threshold_frameworks::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a version's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &FrameworkRow) -> ApiResult<()> {
    let stored = diesel::update(threshold_frameworks::table.find((row.trust_id, row.id)))
        .filter(threshold_frameworks::version.eq(row.version - 1))
        .set((
            threshold_frameworks::name.eq(&row.name),
            threshold_frameworks::web_address.eq(&row.web_address),
            threshold_frameworks::version.eq(row.version),
            threshold_frameworks::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
