//! Every query on panels. Whoever wants a panel, or a part of one, comes through [`load`].

mod answers;
mod records;
mod texts;

use std::collections::BTreeSet;

use crate::db::prelude::*;
use diesel::dsl::exists;
use diesel::sql_types::Bool;

pub use answers::*;
pub use records::*;
pub use texts::*;

use super::dto::PanelFilter;
use crate::access::{Action, Scope};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::{panel_attendance, panel_items, panels};
use crate::db::violations::expect_one;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::insert_rows;

/// A panel as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panels, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct PanelRow {
    pub trust_id: Id,
    pub id: Id,
    pub school_id: Id,
    /// The Monday of its week.
    pub week: Date,
    pub meets_on: Date,
    pub held_at: Option<Timestamp>,
    pub held_by: Option<Id>,
    pub data_key: Sealed,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(PanelRow);

#[derive(Insertable)]
#[diesel(table_name = panel_items, treat_none_as_default_value = false)]
#[expect(clippy::struct_field_names, reason = "they are the columns' names")]
struct ItemRow {
    trust_id: Id,
    panel_id: Id,
    concern_id: Id,
}

type Condition = Box<dyn BoxableExpression<panels::table, Backend, SqlType = Bool>>;

/// The panels that a scope reaches: those of its schools, and with a right to one's own those that one attended.
fn visible(scope: &Scope) -> Condition {
    let here = panels::trust_id.eq(scope.trust());
    let Some(schools) = scope.school_limit() else { return Box::new(here) };
    let at_schools = panels::school_id.eq_any(schools.to_vec());
    let attends = scope.action() != Action::PanelManage && scope.key_schools().is_none();
    let Some(person) = scope.person().filter(|_| attends) else {
        return Box::new(here.and(at_schools));
    };
    let attended = exists(
        panel_attendance::table
            .filter(panel_attendance::trust_id.eq(scope.trust()))
            .filter(panel_attendance::panel_id.eq(panels::id))
            .filter(panel_attendance::person_id.eq(Some(person)).assume_not_null())
            .filter(panel_attendance::superseded_at.is_null())
            .filter(panel_attendance::is_present),
    );
    Box::new(here.and(at_schools.or(attended)))
}

/// The panel of an identifier.
pub fn load(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PanelRow> {
    panels::table
        .filter(panels::id.eq(id))
        .filter(visible(scope))
        .select(PanelRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// Which of these panels a scope reaches.
pub fn readable(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let mut found = BTreeSet::new();
    for some in ids.chunks(500) {
        let query = panels::table.filter(panels::id.eq_any(some.to_vec())).filter(visible(scope));
        found.extend(query.select(panels::id).load::<Id>(conn)?);
    }
    Ok(found)
}

fn selected(scope: &Scope, filter: &PanelFilter) -> panels::BoxedQuery<'static, Backend> {
    let mut query = panels::table.filter(visible(scope)).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(panels::school_id.eq(school));
    }
    if let Some(from) = filter.from {
        query = query.filter(panels::meets_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(panels::meets_on.le(to));
    }
    match filter.held {
        Some(true) => query.filter(panels::held_at.is_not_null()),
        Some(false) => query.filter(panels::held_at.is_null()),
        None => query,
    }
}

/// A page of panels, the newest record first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &PanelFilter,
    paging: &Paging,
) -> ApiResult<Vec<PanelRow>> {
    let mut query = selected(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(panels::id.lt(after));
    }
    Ok(query.order(panels::id.desc()).limit(paging.rows()).select(PanelRow::as_select()).load(conn)?)
}

/// How many panels there are.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &PanelFilter) -> ApiResult<i64> {
    Ok(selected(scope, filter).count().get_result(conn)?)
}

/// Stores a new panel.
pub fn insert(conn: &mut Conn, row: &PanelRow) -> ApiResult<()> {
    diesel::insert_into(panels::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a panel's new values, where nobody has changed it since; the row stays locked until the change is stored.
pub fn update(conn: &mut Conn, row: &PanelRow) -> ApiResult<()> {
    let stored = diesel::update(panels::table.find((row.trust_id, row.id)))
        .filter(panels::version.eq(row.version - 1))
        .set((
            panels::week.eq(row.week),
            panels::meets_on.eq(row.meets_on),
            panels::held_at.eq(row.held_at),
            panels::held_by.eq(row.held_by),
            panels::version.eq(row.version),
            panels::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    expect_one(stored)
}

/// Locks a panel's row until the transaction ends: what is read of it from here on is what everybody before has left,
/// and whoever comes after waits.
pub fn lock(conn: &mut Conn, row: &PanelRow) -> ApiResult<PanelRow> {
    let place = panels::table.find((row.trust_id, row.id));
    diesel::update(place).set(panels::version.eq(panels::version)).execute(conn)?;
    Ok(panels::table.find((row.trust_id, row.id)).select(PanelRow::as_select()).first(conn)?)
}

/// Whether a school has a panel in a week already.
pub fn has_week(conn: &mut Conn, trust: Id, school: Id, week: Date) -> ApiResult<bool> {
    let known: Option<Id> = panels::table
        .filter(panels::trust_id.eq(trust))
        .filter(panels::school_id.eq(school))
        .filter(panels::week.eq(week))
        .select(panels::id)
        .first(conn)
        .optional()?;
    Ok(known.is_some())
}

/// Whether a school has held a panel of a later week.
pub fn has_later(conn: &mut Conn, panel: &PanelRow) -> ApiResult<bool> {
    let later: Option<Id> = panels::table
        .filter(panels::trust_id.eq(panel.trust_id))
        .filter(panels::school_id.eq(panel.school_id))
        .filter(panels::week.gt(panel.week))
        .filter(panels::held_at.is_not_null())
        .select(panels::id)
        .first(conn)
        .optional()?;
    Ok(later.is_some())
}

/// The weeks in which schools held a panel: school, Monday.
pub fn held_weeks(
    conn: &mut Conn,
    trust: Id,
    schools: &[Id],
    from: Date,
    to: Date,
) -> ApiResult<Vec<(Id, Date)>> {
    Ok(panels::table
        .filter(panels::trust_id.eq(trust))
        .filter(panels::school_id.eq_any(schools.to_vec()))
        .filter(panels::held_at.is_not_null())
        .filter(panels::week.between(from, to))
        .select((panels::school_id, panels::week))
        .load(conn)?)
}

/// The panels that were held in these weeks: school, week, when.
pub fn held(
    conn: &mut Conn,
    trust: Id,
    schools: &[Id],
    from: Date,
    to: Date,
) -> ApiResult<Vec<(Id, Date, Timestamp)>> {
    Ok(panels::table
        .filter(panels::trust_id.eq(trust))
        .filter(panels::school_id.eq_any(schools.to_vec()))
        .filter(panels::held_at.is_not_null())
        .filter(panels::week.between(from, to))
        .select((panels::school_id, panels::week, panels::held_at.assume_not_null()))
        .load(conn)?)
}

/// Stores what stood open when a panel was held.
pub fn insert_items(conn: &mut Conn, panel: &PanelRow, concerns: &[Id]) -> ApiResult<()> {
    let rows: Vec<ItemRow> = concerns
        .iter()
        .map(|concern| ItemRow { trust_id: panel.trust_id, panel_id: panel.id, concern_id: *concern })
        .collect();
    insert_rows!(conn, panel_items::table, &rows);
    Ok(())
}

/// What stood open when a panel was held, by identifier.
pub fn items(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<Id>> {
    Ok(panel_items::table
        .filter(panel_items::trust_id.eq(panel.trust_id))
        .filter(panel_items::panel_id.eq(panel.id))
        .order(panel_items::concern_id)
        .select(panel_items::concern_id)
        .load(conn)?)
}

/// Whether a concern stood open when a panel was held.
pub fn has_item(conn: &mut Conn, panel: &PanelRow, concern: Id) -> ApiResult<bool> {
    let known: Option<Id> = panel_items::table
        .find((panel.trust_id, panel.id, concern))
        .select(panel_items::concern_id)
        .first(conn)
        .optional()?;
    Ok(known.is_some())
}
