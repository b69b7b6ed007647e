//! Adults who were named by mistake, and whose name was lifted.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::ConcernRow;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_accounts, concern_adults, concern_naming_liftings};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// The lifting of a name as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_naming_liftings, check_for_backend(crate::db::Backend))]
pub struct NamingLiftingRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub person_id: Id,
    pub lifted_by: Id,
    pub lifted_at: Timestamp,
    pub body: Sealed,
}

/// Its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamingLiftingBody {
    pub reason: Text<2000>,
}

/// The numbers of the accounts that name an adult, where the name holds.
pub fn naming_accounts(conn: &mut Conn, concern: &ConcernRow, person: Id) -> ApiResult<Vec<i32>> {
    Ok(concern_adults::table
        .filter(concern_adults::trust_id.eq(concern.trust_id))
        .filter(concern_adults::concern_id.eq(concern.id))
        .filter(concern_adults::person_id.eq(person))
        .filter(concern_adults::lifted_at.is_null())
        .select(concern_adults::number)
        .load(conn)?)
}

/// Who recorded these accounts.
pub fn authors(conn: &mut Conn, concern: &ConcernRow, numbers: &[i32]) -> ApiResult<Vec<Id>> {
    let authors: Vec<Option<Id>> = concern_accounts::table
        .filter(concern_accounts::trust_id.eq(concern.trust_id))
        .filter(concern_accounts::concern_id.eq(concern.id))
        .filter(concern_accounts::number.eq_any(numbers.to_vec()))
        .select(concern_accounts::author_id)
        .load(conn)?;
    Ok(authors.into_iter().flatten().collect())
}

/// Lifts the names that an adult was given so far, and keeps why.
pub fn lift_naming(conn: &mut Conn, row: &NamingLiftingRow) -> ApiResult<()> {
    diesel::update(concern_adults::table)
        .filter(concern_adults::trust_id.eq(row.trust_id))
        .filter(concern_adults::concern_id.eq(row.concern_id))
        .filter(concern_adults::person_id.eq(row.person_id))
        .filter(concern_adults::lifted_at.is_null())
        .set(concern_adults::lifted_at.eq(Some(row.lifted_at)))
        .execute(conn)?;
    diesel::insert_into(concern_naming_liftings::table).values(row).execute(conn)?;
    Ok(())
}

/// The lifted names of a concern, the oldest first.
pub fn naming_liftings(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<NamingLiftingRow>> {
    Ok(concern_naming_liftings::table
        .filter(concern_naming_liftings::trust_id.eq(concern.trust_id))
        .filter(concern_naming_liftings::concern_id.eq(concern.id))
        .order(concern_naming_liftings::id)
        .select(NamingLiftingRow::as_select())
        .load(conn)?)
}

/// One of them.
pub fn naming_lifting(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<NamingLiftingRow> {
    Ok(concern_naming_liftings::table
        .find((concern.trust_id, id))
        .filter(concern_naming_liftings::concern_id.eq(concern.id))
        .select(NamingLiftingRow::as_select())
        .first(conn)?)
}
