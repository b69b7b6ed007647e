//! Use cases of what concerns the caller.

use super::dto::{MeView, MyKey, MyRole, MyTrust, NotificationFilter, NotificationView, TaskView};
use super::store::{self, NotificationRow};
use crate::access::exclusions;
use crate::access::{Scope, Tx, Viewer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::access_rights;
use crate::features::concerns::{self, Task, TaskKind};
use crate::features::{break_glass, meetings, pupils};
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

/// A page of what the caller has to do, soonest due first; a service has nothing to do.
pub fn tasks(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<TaskView>> {
    let mut open = concerns::tasks_of(conn, scope)?;
    let asked = meetings::tasks_of(conn, scope)?;
    open.extend(asked.into_iter().map(|(record_id, concern_id)| Task {
        kind: TaskKind::Agreement,
        concern_id,
        record_id,
        due_on: None,
    }));
    let matched = pupils::matches_to_settle(conn, scope)?;
    open.extend(matched.into_iter().map(|id| Task {
        kind: TaskKind::PupilMatch,
        concern_id: id,
        record_id: id,
        due_on: None,
    }));
    let broken = break_glass::tasks_of(conn, scope)?;
    open.extend(broken.into_iter().map(|(id, due_on)| Task {
        kind: TaskKind::BreakGlassReview,
        concern_id: id,
        record_id: id,
        due_on,
    }));
    let supports = pupils::support_to_review(conn, scope)?;
    open.extend(supports.into_iter().map(|(id, due_on)| Task {
        kind: TaskKind::SupportReview,
        concern_id: id,
        record_id: id,
        due_on,
    }));
    let decided = meetings::decisions_to_do(conn, scope)?;
    open.extend(decided.into_iter().map(|decision| Task {
        kind: TaskKind::PanelDecision,
        concern_id: decision.panel_id,
        record_id: decision.id,
        due_on: Some(decision.due_on),
    }));
    open.sort_by_key(place);
    let count = i64::try_from(open.len()).unwrap_or(i64::MAX);
    let after = paging.after_text()?;
    let rows = open.into_iter().filter(|task| after.as_ref().is_none_or(|after| place(task) > *after));
    let rows = rows.take(paging.limit() + 1).collect();
    let today = scope.today();
    let page = paging.page(
        rows,
        |task| {
            let (due, id) = place(task);
            Cursor::text(&due, id)
        },
        |task| TaskView::on(task, today),
    );
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

/// Where a task stands in the list: by its day, those without one last; a record can be that of several tasks.
fn place(task: &Task) -> (String, Id) {
    let due = task.due_on.map_or_else(|| "undated".to_owned(), |due| due.to_string());
    (format!("{due} {} {}", task.kind, task.concern_id), task.record_id)
}
