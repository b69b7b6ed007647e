//! Every query on statuses. A version is never changed; the moment at which the next one took its place is the only
//! thing that is written to it afterwards.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case::Window;
use super::super::rules::Period;
use super::dto::StatusFilter;
use super::words::{HarmCategory, StatusKind};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::pupil_statuses;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Text;

/// A version of a status as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pupil_statuses, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct StatusRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub kind: StatusKind,
    pub category: Option<HarmCategory>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub start_decision_id: Option<Id>,
    pub end_decision_id: Option<Id>,
    pub follows_id: Option<Id>,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a status.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusBody {
    pub note: Option<Text<5000>>,
    /// Why this version took the place of the one before; none in the first.
    pub reason: Option<Text<2000>>,
}

impl StatusRow {
    /// Its days.
    pub const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

type Query<'a> = pupil_statuses::BoxedQuery<'a, Backend>;

/// The versions that held at a moment, as far as the window shows them.
fn visible<'a>(window: &Window, at: Timestamp) -> Query<'a> {
    let all = pupil_statuses::table
        .filter(pupil_statuses::trust_id.eq(window.trust))
        .filter(pupil_statuses::pupil_id.eq(window.pupil))
        .filter(pupil_statuses::recorded_at.le(at))
        .filter(
            pupil_statuses::superseded_at
                .is_null()
                .or(pupil_statuses::superseded_at.gt(at).assume_not_null()),
        )
        .into_boxed();
    match window.schools() {
        None => all,
        Some(schools) => all.filter(pupil_statuses::school_id.eq_any(schools.to_vec())),
    }
}

fn filtered<'a>(window: &Window, filter: &StatusFilter, at: Timestamp) -> Query<'a> {
    let mut query = visible(window, at);
    if let Some(kind) = filter.kind {
        query = query.filter(pupil_statuses::kind.eq(kind));
    }
    if let Some(day) = filter.on {
        query = query
            .filter(pupil_statuses::withdrawn.eq(false))
            .filter(pupil_statuses::starts_on.le(day))
            .filter(pupil_statuses::ends_on.is_null().or(pupil_statuses::ends_on.ge(day).assume_not_null()));
    }
    query
}

/// One status as it held at a moment.
pub fn get(conn: &mut Conn, window: &Window, id: Id, at: Timestamp) -> ApiResult<StatusRow> {
    visible(window, at)
        .filter(pupil_statuses::id.eq(id))
        .select(StatusRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    window: &Window,
    filter: &StatusFilter,
    at: Timestamp,
    paging: &Paging,
) -> ApiResult<Vec<StatusRow>> {
    let mut query = filtered(window, filter, at);
    if let Some(after) = paging.after_id()? {
        query = query.filter(pupil_statuses::id.gt(after));
    }
    Ok(query.order(pupil_statuses::id).limit(paging.rows()).select(StatusRow::as_select()).load(conn)?)
}

/// How many the list has.
pub fn count(conn: &mut Conn, window: &Window, filter: &StatusFilter, at: Timestamp) -> ApiResult<i64> {
    Ok(filtered(window, filter, at).count().get_result(conn)?)
}

/// The statuses of several pupils as they hold now, whoever recorded them, without those withdrawn.
pub fn current(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<StatusRow>> {
    Ok(pupil_statuses::table
        .filter(pupil_statuses::trust_id.eq(trust))
        .filter(pupil_statuses::pupil_id.eq_any(pupils.to_vec()))
        .filter(pupil_statuses::superseded_at.is_null())
        .filter(pupil_statuses::withdrawn.eq(false))
        .order(pupil_statuses::id)
        .select(StatusRow::as_select())
        .load(conn)?)
}

/// Stores a new status.
pub fn insert(conn: &mut Conn, row: &StatusRow) -> ApiResult<()> {
    diesel::insert_into(pupil_statuses::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the next version of a status, which takes the place of the one before.
pub fn replace(conn: &mut Conn, row: &StatusRow) -> ApiResult<()> {
    let ended = diesel::update(pupil_statuses::table)
        .filter(pupil_statuses::trust_id.eq(row.trust_id))
        .filter(pupil_statuses::id.eq(row.id))
        .filter(pupil_statuses::number.eq(row.number - 1))
        .filter(pupil_statuses::superseded_at.is_null())
        .set(pupil_statuses::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    insert(conn, row)
}
