//! Every query on what concerns the caller.

use std::collections::HashMap;

use crate::db::prelude::*;

use super::dto::NotificationFilter;
use crate::access::Scope;
use crate::access::exclusions::Hidden;
use crate::clock::Timestamp;
use crate::db::schema::{notifications, schools};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::events::NotificationKind;
use crate::http::Paging;
use crate::ids::Id;

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
