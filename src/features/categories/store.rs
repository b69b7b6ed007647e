//! Every query on a trust's own categories.

use crate::db::prelude::*;

use super::code::CategoryCode;
use crate::clock::{Date, Timestamp};
use crate::db::schema::trust_categories;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A category of a trust as stored; the indicators are a JSON array.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_categories, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct CategoryRow {
    pub trust_id: Id,
    pub id: Id,
    pub code: CategoryCode,
    pub parent_code: CategoryCode,
    pub label: Name<150>,
    pub guidance: Text<2000>,
    pub indicators: String,
    pub retired_on: Option<Date>,
    pub retirement_reason: Option<Text<1000>>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(CategoryRow);

/// The trust's category of a code.
pub fn find(conn: &mut Conn, trust: Id, code: &CategoryCode) -> ApiResult<Option<CategoryRow>> {
    Ok(trust_categories::table
        .filter(trust_categories::trust_id.eq(trust))
        .filter(trust_categories::code.eq(code))
        .select(CategoryRow::as_select())
        .first(conn)
        .optional()?)
}

/// The trust's category of an identifier.
pub fn find_id(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<CategoryRow> {
    Ok(trust_categories::table.find((trust, id)).select(CategoryRow::as_select()).first(conn)?)
}

/// All of the trust's own categories.
pub fn all(conn: &mut Conn, trust: Id) -> ApiResult<Vec<CategoryRow>> {
    Ok(trust_categories::table
        .filter(trust_categories::trust_id.eq(trust))
        .order(trust_categories::code)
        .select(CategoryRow::as_select())
        .load(conn)?)
}

/// When the trust's own among these codes are retired.
pub fn retirements(
    conn: &mut Conn,
    trust: Id,
    codes: &[CategoryCode],
) -> ApiResult<Vec<(CategoryCode, Option<Date>)>> {
    Ok(trust_categories::table
        .filter(trust_categories::trust_id.eq(trust))
        .filter(trust_categories::code.eq_any(codes.to_vec()))
        .select((trust_categories::code, trust_categories::retired_on))
        .load(conn)?)
}

/// Stores a new category.
pub fn insert(conn: &mut Conn, row: &CategoryRow) -> ApiResult<()> {
    diesel::insert_into(trust_categories::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a category's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &CategoryRow) -> ApiResult<()> {
    let stored = diesel::update(trust_categories::table.find((row.trust_id, row.id)))
        .filter(trust_categories::version.eq(row.version - 1))
        .set((
            trust_categories::label.eq(&row.label),
            trust_categories::guidance.eq(&row.guidance),
            trust_categories::indicators.eq(&row.indicators),
            trust_categories::retired_on.eq(row.retired_on),
            trust_categories::retirement_reason.eq(&row.retirement_reason),
            trust_categories::version.eq(row.version),
            trust_categories::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
