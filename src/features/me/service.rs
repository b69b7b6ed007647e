//! Use cases of what concerns the caller.

use super::dto::{
    MeView, MyKey, MyRole, MyTrust, NotificationFilter, NotificationKind, NotificationView, TaskView,
};
use super::store::{self, NotificationRow};
use crate::access::exclusions;
use crate::access::{Scope, Tx, Viewer};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::access_rights;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// Who the caller is and what they may do.
pub fn me(conn: &mut Conn, scope: &Scope, viewer: &Viewer) -> ApiResult<MeView> {
    let ids: Vec<Id> = viewer.grants.iter().filter_map(|grant| grant.school).collect();
    let schools = store::schools(conn, scope, &ids)?;
    let roles = viewer.grants.iter().map(|grant| {
        let school = grant.school.and_then(|id| schools.get(&id));
        MyRole {
            role: grant.role,
            school_id: grant.school,
            urn: school.map(|(urn, _)| *urn),
            school_name: school.map(|(_, name)| name.clone()),
        }
    });
    let key = viewer.key.as_ref().map(|key| MyKey {
        id: key.id,
        scopes: key.scopes.clone(),
        school_ids: key.schools.clone(),
    });
    Ok(MeView {
        person_id: viewer.person,
        principal: viewer.principal.clone(),
        trust: MyTrust { id: viewer.trust, slug: viewer.trust_slug.clone() },
        roles: roles.collect(),
        key,
        rights: access_rights::rights(viewer),
    })
}

/// A page of the caller's notifications; a service has none.
pub fn notifications(
    conn: &mut Conn,
    scope: &Scope,
    filter: &NotificationFilter,
    paging: &Paging,
) -> ApiResult<Page<NotificationView>> {
    let (mut rows, mut count) = (Vec::new(), 0);
    if let Some(person) = scope.person() {
        let hidden = exclusions::hidden(conn, scope)?;
        rows = store::list(conn, scope, person, &hidden, filter, paging)?;
        if paging.wants_count() {
            count = store::count(conn, scope, person, &hidden, filter)?;
        }
    }
    let count = paging.wants_count().then_some(count);
    Ok(paging.page(rows, |row| Cursor::id(row.id), NotificationView::from).with_count(count))
}

/// Marks a notification as read; doing it again changes nothing.
pub fn read_notification(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<NotificationRow> {
    let person = scope.person().ok_or_else(ApiError::not_found)?;
    let hidden = exclusions::hidden(tx.conn, scope)?;
    let row = store::get(tx.conn, scope, person, &hidden, id)?;
    if tx.replayed()?.is_some() {
        return Ok(row);
    }
    store::mark(tx.conn, &row, tx.now())?;
    tx.created(id);
    tx.did("notification.read", "notification", id, None)?;
    Ok(NotificationRow { read_at: row.read_at.or(Some(tx.now())), ..row })
}

/// A page of what the caller has to do; a service has nothing to do.
pub fn tasks(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<TaskView>> {
    let (mut rows, mut count) = (Vec::new(), 0);
    if let Some(person) = scope.person() {
        let hidden = exclusions::hidden(conn, scope)?;
        rows = store::tasks(conn, scope, person, &hidden, paging)?;
        if paging.wants_count() {
            count = store::count_tasks(conn, scope, person, &hidden)?;
        }
    }
    let (count, today) = (paging.wants_count().then_some(count), scope.today());
    Ok(paging.page(rows, |row| Cursor::id(row.id), |row| TaskView::on(row, today)).with_count(count))
}

/// Tells people of something, in the transaction of the act. Each is told once; who must not know of the record is
/// for the caller to leave out.
pub fn notify(
    conn: &mut Conn,
    trust: Id,
    persons: &[Id],
    kind: NotificationKind,
    record: Id,
    now: Timestamp,
) -> ApiResult<()> {
    let mut persons = persons.to_vec();
    persons.sort_unstable();
    persons.dedup();
    let row = |person_id: Id| NotificationRow {
        trust_id: trust,
        id: Id::new(now),
        person_id,
        kind,
        record_id: record,
        at: now,
        read_at: None,
    };
    let rows: Vec<NotificationRow> = persons.into_iter().map(row).collect();
    store::insert(conn, &rows)
}
