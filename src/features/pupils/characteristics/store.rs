//! Every query on characteristics.

use crate::db::prelude::*;

use super::super::case::PupilKey;
use super::super::rules::Period;
use super::dto::CharacteristicFilter;
use super::rules::{Kind, PROTECTED};
use crate::access::Tx;
use crate::clock::{Date, Timestamp};
use crate::crypto::{Sealed, Vault};
use crate::db::schema::characteristics;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// A characteristic as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = characteristics, check_for_backend(Backend), treat_none_as_default_value = false)]
struct StoredRow {
    trust_id: Id,
    id: Id,
    pupil_id: Id,
    kind: Kind,
    /// Empty where it is sealed.
    value: String,
    starts_on: Date,
    ends_on: Option<Date>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The value of a protected kind, under the pupil's key.
    body: Option<Sealed>,
}

/// A characteristic with its value opened.
#[derive(Clone, Debug, PartialEq, Eq)]
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

const TABLE: &str = "characteristics";

impl StoredRow {
    fn opened(self, key: Option<&PupilKey>) -> ApiResult<CharacteristicRow> {
        let value = match (&self.body, key) {
            (None, _) => Name::new(&self.value).map_err(|_| {
                ApiError::internal(format!("the value of characteristic {} is none", self.id))
            })?,
            (Some(body), Some(key)) => key.unseal(TABLE, self.id, body)?,
            (Some(_), None) => return Err(ApiError::internal("a sealed value of a pupil without a key")),
        };
        Ok(CharacteristicRow {
            trust_id: self.trust_id,
            id: self.id,
            pupil_id: self.pupil_id,
            kind: self.kind,
            value,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Opens rows of one pupil.
fn opened(
    conn: &mut Conn,
    vault: &Vault,
    (trust, pupil): (Id, Id),
    rows: Vec<StoredRow>,
) -> ApiResult<Vec<CharacteristicRow>> {
    let is_any_sealed = rows.iter().any(|row| row.body.is_some());
    let key = if is_any_sealed { PupilKey::open(vault, conn, trust, pupil)? } else { None };
    rows.into_iter().map(|row| row.opened(key.as_ref())).collect()
}

/// A row as it is stored: what is protected is sealed under the key of its pupil.
fn sealed(tx: &mut Tx<'_>, row: &CharacteristicRow) -> ApiResult<StoredRow> {
    let (value, body) = if row.kind.is_protected() {
        let key = PupilKey::lock(tx, row.pupil_id)?;
        (String::new(), Some(key.seal(TABLE, row.id, &row.value)?))
    } else {
        (row.value.to_string(), None)
    };
    Ok(StoredRow {
        trust_id: row.trust_id,
        id: row.id,
        pupil_id: row.pupil_id,
        kind: row.kind,
        value,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        body,
    })
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
pub fn get(conn: &mut Conn, vault: &Vault, window: Window, id: Id) -> ApiResult<CharacteristicRow> {
    let row =
        visible(window).filter(characteristics::id.eq(id)).select(StoredRow::as_select()).first(conn)?;
    opened(conn, vault, (window.trust, window.pupil), vec![row])?.pop().ok_or_else(ApiError::not_found)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    window: Window,
    filter: &CharacteristicFilter,
    paging: &Paging,
) -> ApiResult<Vec<CharacteristicRow>> {
    let mut query = filtered(window, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(characteristics::id.gt(after));
    }
    let rows =
        query.order(characteristics::id).limit(paging.rows()).select(StoredRow::as_select()).load(conn)?;
    opened(conn, vault, (window.trust, window.pupil), rows)
}

/// How many the list has.
pub fn count(conn: &mut Conn, window: Window, filter: &CharacteristicFilter) -> ApiResult<i64> {
    Ok(filtered(window, filter).count().get_result(conn)?)
}

/// A pupil's values of one kind but the one of an identifier.
pub fn others(conn: &mut Conn, vault: &Vault, row: &CharacteristicRow) -> ApiResult<Vec<CharacteristicRow>> {
    let rows = characteristics::table
        .filter(characteristics::trust_id.eq(row.trust_id))
        .filter(characteristics::pupil_id.eq(row.pupil_id))
        .filter(characteristics::kind.eq(row.kind))
        .filter(characteristics::id.ne(row.id))
        .select(StoredRow::as_select())
        .load(conn)?;
    opened(conn, vault, (row.trust_id, row.pupil_id), rows)
}

/// All values of a pupil, whoever asks: never for an answer.
pub fn all_of(conn: &mut Conn, vault: &Vault, trust: Id, pupil: Id) -> ApiResult<Vec<CharacteristicRow>> {
    let rows = characteristics::table
        .filter(characteristics::trust_id.eq(trust))
        .filter(characteristics::pupil_id.eq(pupil))
        .select(StoredRow::as_select())
        .load(conn)?;
    opened(conn, vault, (trust, pupil), rows)
}

/// Gives a value to another pupil: stores its new values with the pupil, under that one's key.
pub fn give(tx: &mut Tx<'_>, row: &CharacteristicRow) -> ApiResult<()> {
    diesel::update(characteristics::table.find((row.trust_id, row.id)))
        .set(characteristics::pupil_id.eq(row.pupil_id))
        .execute(tx.conn)?;
    update(tx, row)
}

/// Takes a value away that another one says too.
pub fn delete(conn: &mut Conn, row: &CharacteristicRow) -> ApiResult<()> {
    diesel::delete(characteristics::table.find((row.trust_id, row.id))).execute(conn)?;
    Ok(())
}

/// Stores a new characteristic.
pub fn insert(tx: &mut Tx<'_>, row: &CharacteristicRow) -> ApiResult<()> {
    let row = sealed(tx, row)?;
    diesel::insert_into(characteristics::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Stores new values, where nobody has changed them since.
pub fn update(tx: &mut Tx<'_>, row: &CharacteristicRow) -> ApiResult<()> {
    let row = sealed(tx, row)?;
    let stored = diesel::update(characteristics::table.find((row.trust_id, row.id)))
        .filter(characteristics::version.eq(row.version - 1))
        .set((
            characteristics::value.eq(row.value),
            characteristics::body.eq(row.body),
            characteristics::starts_on.eq(row.starts_on),
            characteristics::ends_on.eq(row.ends_on),
            characteristics::version.eq(row.version),
            characteristics::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    crate::db::violations::expect_one(stored)
}
