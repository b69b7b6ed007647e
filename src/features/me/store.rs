//! Every query on what concerns the caller.

use std::collections::HashMap;

use diesel::prelude::*;

use super::dto::{NotificationFilter, NotificationKind};
use crate::access::Scope;
use crate::access::exclusions::Hidden;
use crate::clock::{Date, Timestamp};
use crate::db::schema::{concern_actions, notifications, schools};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::on_backend;

/// Rows in one insert.
const CHUNK: usize = 500;

/// A notification as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct NotificationRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub kind: NotificationKind,
    pub record_id: Id,
    pub at: Timestamp,
    pub read_at: Option<Timestamp>,
}

/// An open action that somebody owns.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = concern_actions, check_for_backend(crate::db::Backend))]
pub struct TaskRow {
    pub id: Id,
    pub concern_id: Id,
    pub due_on: Option<Date>,
}

/// The number and name of schools.
pub fn schools(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<HashMap<Id, (i32, String)>> {
    let rows: Vec<(Id, i32, String)> = schools::table
        .filter(schools::trust_id.eq(scope.trust()))
        .filter(schools::id.eq_any(ids))
        .select((schools::id, schools::urn, schools::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, urn, name)| (id, (urn, name))).collect())
}

/// A person's own notifications; not those about what is closed to them by now.
fn own(
    scope: &Scope,
    person: Id,
    hidden: &Hidden,
    filter: &NotificationFilter,
) -> notifications::BoxedQuery<'static, Backend> {
    let query = notifications::table
        .filter(notifications::trust_id.eq(scope.trust()))
        .filter(notifications::person_id.eq(person))
        .filter(notifications::record_id.ne_all(hidden.records.clone()))
        .into_boxed();
    match filter.unread {
        Some(true) => query.filter(notifications::read_at.is_null()),
        Some(false) => query.filter(notifications::read_at.is_not_null()),
        None => query,
    }
}

/// A page of notifications, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    hidden: &Hidden,
    filter: &NotificationFilter,
    paging: &Paging,
) -> ApiResult<Vec<NotificationRow>> {
    let mut query = own(scope, person, hidden, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(notifications::id.lt(after));
    }
    let query = query.order(notifications::id.desc()).limit(paging.rows());
    Ok(query.select(NotificationRow::as_select()).load(conn)?)
}

/// How many notifications there are.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    hidden: &Hidden,
    filter: &NotificationFilter,
) -> ApiResult<i64> {
    Ok(own(scope, person, hidden, filter).count().get_result(conn)?)
}

/// One notification of a person.
pub fn get(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    hidden: &Hidden,
    id: Id,
) -> ApiResult<NotificationRow> {
    own(scope, person, hidden, &NotificationFilter::default())
        .filter(notifications::id.eq(id))
        .select(NotificationRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// Notes that a notification was read, where that is not noted yet.
pub fn mark(conn: &mut Conn, row: &NotificationRow, at: Timestamp) -> ApiResult<()> {
    diesel::update(notifications::table.find((row.trust_id, row.id)))
        .filter(notifications::read_at.is_null())
        .set(notifications::read_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

/// Stores new notifications.
pub fn insert(conn: &mut Conn, rows: &[NotificationRow]) -> ApiResult<()> {
    for chunk in rows.chunks(CHUNK) {
        on_backend!(&mut *conn, conn => diesel::insert_into(notifications::table).values(chunk).execute(conn))?;
    }
    Ok(())
}

/// The open actions in concerns that a person owns; not in concerns that are closed to them by now.
fn open_actions(scope: &Scope, person: Id, hidden: &Hidden) -> concern_actions::BoxedQuery<'static, Backend> {
    concern_actions::table
        .filter(concern_actions::trust_id.eq(scope.trust()))
        .filter(concern_actions::owner_id.eq(Some(person)))
        .filter(concern_actions::done_on.is_null())
        .filter(concern_actions::superseded_at.is_null())
        .filter(concern_actions::concern_id.ne_all(hidden.concerns.clone()))
        .into_boxed()
}

/// A page of a person's open actions, oldest first.
pub fn tasks(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    hidden: &Hidden,
    paging: &Paging,
) -> ApiResult<Vec<TaskRow>> {
    let mut query = open_actions(scope, person, hidden);
    if let Some(after) = paging.after_id()? {
        query = query.filter(concern_actions::id.gt(after));
    }
    let query = query.order(concern_actions::id).limit(paging.rows());
    Ok(query.select(TaskRow::as_select()).load(conn)?)
}

/// How many open actions a person has.
pub fn count_tasks(conn: &mut Conn, scope: &Scope, person: Id, hidden: &Hidden) -> ApiResult<i64> {
    Ok(open_actions(scope, person, hidden).count().get_result(conn)?)
}
