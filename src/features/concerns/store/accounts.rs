//! Accounts of what happened: numbered, never changed.

use crate::db::prelude::*;

use super::super::dto::{CategoryGiven, ConcernPlace, ConcernSource, PupilNamed, PupilRole, TimeSlot};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_accounts, concern_adults, concern_categories, concern_pupils};
use crate::error::{ApiError, ApiResult};
use crate::features::categories::CategoryCode;
use crate::ids::Id;
use crate::insert_rows;

/// An account as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_accounts, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AccountRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub number: i32,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub occurred_at: Option<Timestamp>,
    pub occurred_approximately: bool,
    pub place: ConcernPlace,
    pub time_slot: TimeSlot,
    pub source: ConcernSource,
    pub content: Sealed,
}

/// Whom and what an account names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub pupils: Vec<PupilNamed>,
    pub categories: Vec<CategoryGiven>,
    pub adults: Vec<Id>,
}

#[derive(Insertable)]
#[diesel(table_name = concern_pupils)]
struct PupilRow {
    trust_id: Id,
    concern_id: Id,
    number: i32,
    pupil_id: Id,
    role: PupilRole,
}

#[derive(Insertable)]
#[diesel(table_name = concern_categories)]
struct CategoryRow<'a> {
    trust_id: Id,
    concern_id: Id,
    number: i32,
    code: &'a str,
    is_primary: bool,
}

#[derive(Insertable)]
#[diesel(table_name = concern_adults)]
struct AdultRow {
    trust_id: Id,
    concern_id: Id,
    number: i32,
    person_id: Id,
}

/// Stores an account with whom and what it names.
pub fn insert_account(conn: &mut Conn, row: &AccountRow, named: &Named) -> ApiResult<()> {
    diesel::insert_into(concern_accounts::table).values(row).execute(conn)?;
    let (trust_id, concern_id, number) = (row.trust_id, row.concern_id, row.number);
    let pupils: Vec<PupilRow> = named
        .pupils
        .iter()
        .map(|p| PupilRow { trust_id, concern_id, number, pupil_id: p.pupil_id, role: p.role })
        .collect();
    let categories: Vec<CategoryRow<'_>> = named
        .categories
        .iter()
        .map(|c| CategoryRow {
            trust_id,
            concern_id,
            number,
            code: c.code.as_str(),
            is_primary: c.is_primary,
        })
        .collect();
    let adults: Vec<AdultRow> =
        named.adults.iter().map(|id| AdultRow { trust_id, concern_id, number, person_id: *id }).collect();
    insert_rows!(conn, concern_pupils::table, &pupils);
    insert_rows!(conn, concern_categories::table, &categories);
    insert_rows!(conn, concern_adults::table, &adults);
    Ok(())
}

/// The account of a number.
pub fn account(conn: &mut Conn, trust: Id, concern: Id, number: i32) -> ApiResult<AccountRow> {
    concern_accounts::table
        .filter(concern_accounts::trust_id.eq(trust))
        .filter(concern_accounts::concern_id.eq(concern))
        .filter(concern_accounts::number.eq(number))
        .select(AccountRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// The number of the account that was the newest at a moment.
pub fn account_number_at(conn: &mut Conn, trust: Id, concern: Id, at: Timestamp) -> ApiResult<Option<i32>> {
    Ok(concern_accounts::table
        .filter(concern_accounts::trust_id.eq(trust))
        .filter(concern_accounts::concern_id.eq(concern))
        .filter(concern_accounts::recorded_at.le(at))
        .order(concern_accounts::number.desc())
        .select(concern_accounts::number)
        .first(conn)
        .optional()?)
}

/// Accounts of several concerns, each of its number.
pub fn accounts(conn: &mut Conn, trust: Id, wanted: &[(Id, i32)]) -> ApiResult<Vec<AccountRow>> {
    let ids: Vec<Id> = wanted.iter().map(|(id, _)| *id).collect();
    let mut rows: Vec<AccountRow> = concern_accounts::table
        .filter(concern_accounts::trust_id.eq(trust))
        .filter(concern_accounts::concern_id.eq_any(ids))
        .select(AccountRow::as_select())
        .load(conn)?;
    rows.retain(|row| wanted.contains(&(row.concern_id, row.number)));
    Ok(rows)
}

/// Whom and what an account names.
pub fn named(conn: &mut Conn, trust: Id, concern: Id, number: i32) -> ApiResult<Named> {
    let pupils: Vec<(Id, PupilRole)> = concern_pupils::table
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::concern_id.eq(concern))
        .filter(concern_pupils::number.eq(number))
        .order(concern_pupils::pupil_id)
        .select((concern_pupils::pupil_id, concern_pupils::role))
        .load(conn)?;
    let categories: Vec<(CategoryCode, bool)> = concern_categories::table
        .filter(concern_categories::trust_id.eq(trust))
        .filter(concern_categories::concern_id.eq(concern))
        .filter(concern_categories::number.eq(number))
        .order((concern_categories::is_primary.desc(), concern_categories::code))
        .select((concern_categories::code, concern_categories::is_primary))
        .load(conn)?;
    let adults = concern_adults::table
        .filter(concern_adults::trust_id.eq(trust))
        .filter(concern_adults::concern_id.eq(concern))
        .filter(concern_adults::number.eq(number))
        .order(concern_adults::person_id)
        .select(concern_adults::person_id)
        .load(conn)?;
    Ok(Named {
        pupils: pupils.into_iter().map(|(pupil_id, role)| PupilNamed { pupil_id, role }).collect(),
        categories: categories
            .into_iter()
            .map(|(code, is_primary)| CategoryGiven { code, is_primary })
            .collect(),
        adults,
    })
}

/// The same as it was known at a moment: a record that has gone into another one since stands by itself.
pub fn named_at(
    conn: &mut Conn,
    trust: Id,
    concern: Id,
    number: i32,
    at: Option<Timestamp>,
) -> ApiResult<Named> {
    let now = named(conn, trust, concern, number)?;
    let Some(at) = at else { return Ok(now) };
    Ok(Named { pupils: super::joins::before(conn, (trust, concern, number), now.pupils, at)?, ..now })
}

/// The pupils who were ever named in a concern.
pub fn ever_named(conn: &mut Conn, trust: Id, concern: Id) -> ApiResult<Vec<Id>> {
    Ok(concern_pupils::table
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::concern_id.eq(concern))
        .select(concern_pupils::pupil_id)
        .distinct()
        .load(conn)?)
}

/// Pupils named in accounts of several concerns: concern, number, pupil.
pub fn pupils_named(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<(Id, i32, Id)>> {
    let mut named: Vec<(Id, i32, Id)> = concern_pupils::table
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::concern_id.eq_any(concerns.to_vec()))
        .select((concern_pupils::concern_id, concern_pupils::number, concern_pupils::pupil_id))
        .load(conn)?;
    // Sorted here: for an order that an index has, SQLite reads that index from end to end.
    named.sort_unstable_by_key(|(_, _, pupil)| *pupil);
    Ok(named)
}

/// Primary categories in accounts of several concerns: concern, number, code.
pub fn primary_categories(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
) -> ApiResult<Vec<(Id, i32, CategoryCode)>> {
    Ok(concern_categories::table
        .filter(concern_categories::trust_id.eq(trust))
        .filter(concern_categories::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_categories::is_primary)
        .select((concern_categories::concern_id, concern_categories::number, concern_categories::code))
        .load(conn)?)
}

/// When it happened, in accounts of several concerns: concern, number, moment.
pub fn account_times(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
) -> ApiResult<Vec<(Id, i32, Option<Timestamp>)>> {
    Ok(concern_accounts::table
        .filter(concern_accounts::trust_id.eq(trust))
        .filter(concern_accounts::concern_id.eq_any(concerns.to_vec()))
        .select((concern_accounts::concern_id, concern_accounts::number, concern_accounts::occurred_at))
        .load(conn)?)
}
