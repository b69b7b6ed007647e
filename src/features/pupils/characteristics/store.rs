//! Every query on characteristics.

use diesel::prelude::*;

use super::super::rules::Period;
use super::dto::CharacteristicFilter;
use super::rules::{Kind, PROTECTED};
use crate::clock::{Date, Timestamp};
use crate::db::schema::characteristics;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A characteristic as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = characteristics, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct CharacteristicRow {
    pub trust_id: Id,
    pub id: Id,
    pub pupil_id: Id,
    pub kind: Kind,
    pub value: Name<120>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(CharacteristicRow);

impl CharacteristicRow {
    pub const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }

    /// Whether another value is of the same kind and for some of the same days.
    pub fn meets(&self, other: &Self) -> bool {
        self.kind == other.kind && self.period().overlaps(other.period())
    }
}

/// What a caller may know of one pupil's characteristics; the service decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// None: the caller has a conflict of interest.
    Nothing,
    /// All but the protected ones.
    Plain,
    /// All.
    Whole,
}

/// One pupil, and what may be known.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub trust: Id,
    pub pupil: Id,
    pub sight: Sight,
}

type Query<'a> = characteristics::BoxedQuery<'a, Backend>;

fn visible<'a>(window: Window) -> Query<'a> {
    let all = characteristics::table
        .filter(characteristics::trust_id.eq(window.trust))
        .filter(characteristics::pupil_id.eq(window.pupil))
        .into_boxed();
    match window.sight {
        Sight::Nothing => all.filter(characteristics::kind.eq_any(Vec::<Kind>::new())),
        Sight::Plain => all.filter(characteristics::kind.ne_all(PROTECTED.to_vec())),
        Sight::Whole => all,
    }
}

fn filtered<'a>(window: Window, filter: &CharacteristicFilter) -> Query<'a> {
    let mut query = visible(window);
    if let Some(kind) = filter.kind {
        query = query.filter(characteristics::kind.eq(kind));
    }
    if let Some(day) = filter.on {
        query = query
            .filter(characteristics::starts_on.le(day))
            .filter(characteristics::ends_on.is_null().or(characteristics::ends_on.ge(day)));
    }
    query
}

/// One characteristic.
pub fn get(conn: &mut Conn, window: Window, id: Id) -> ApiResult<CharacteristicRow> {
    visible(window)
        .filter(characteristics::id.eq(id))
        .select(CharacteristicRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    window: Window,
    filter: &CharacteristicFilter,
    paging: &Paging,
) -> ApiResult<Vec<CharacteristicRow>> {
    let mut query = filtered(window, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(characteristics::id.gt(after));
    }
    Ok(query
        .order(characteristics::id)
        .limit(paging.rows())
        .select(CharacteristicRow::as_select())
        .load(conn)?)
}

/// How many the list has.
pub fn count(conn: &mut Conn, window: Window, filter: &CharacteristicFilter) -> ApiResult<i64> {
    Ok(filtered(window, filter).count().get_result(conn)?)
}

/// A pupil's values of one kind but the one of an identifier.
pub fn others(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<Vec<CharacteristicRow>> {
    Ok(characteristics::table
        .filter(characteristics::trust_id.eq(row.trust_id))
        .filter(characteristics::pupil_id.eq(row.pupil_id))
        .filter(characteristics::kind.eq(row.kind))
        .filter(characteristics::id.ne(row.id))
        .select(CharacteristicRow::as_select())
        .load(conn)?)
}

/// All values of a pupil, whoever asks: never for an answer.
pub fn all_of(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<CharacteristicRow>> {
    Ok(characteristics::table
        .filter(characteristics::trust_id.eq(trust))
        .filter(characteristics::pupil_id.eq(pupil))
        .select(CharacteristicRow::as_select())
        .load(conn)?)
}

/// Gives a value to another pupil: stores its new values with the pupil.
pub fn give(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<()> {
    diesel::update(characteristics::table.find((row.trust_id, row.id)))
        .set(characteristics::pupil_id.eq(row.pupil_id))
        .execute(conn)?;
    update(conn, row)
}

/// Takes a value away that another one says too.
pub fn delete(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<()> {
    diesel::delete(characteristics::table.find((row.trust_id, row.id))).execute(conn)?;
    Ok(())
}

/// Stores a new characteristic.
pub fn insert(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<()> {
    diesel::insert_into(characteristics::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores new values, where nobody has changed them since.
pub fn update(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<()> {
    let stored = diesel::update(characteristics::table.find((row.trust_id, row.id)))
        .filter(characteristics::version.eq(row.version - 1))
        .set((
            characteristics::value.eq(&row.value),
            characteristics::starts_on.eq(row.starts_on),
            characteristics::ends_on.eq(row.ends_on),
            characteristics::version.eq(row.version),
            characteristics::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
