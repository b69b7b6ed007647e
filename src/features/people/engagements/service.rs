//! Use cases of engagements.

use super::dto::{EngagementCreate, EngagementPatch, EngagementView};
use super::store::{self, EngagementRow};
use crate::access::{Scope, Tx, refer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::people::{appointments, service as people};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One engagement of a person.
pub fn get(conn: &mut Conn, scope: &Scope, person: Id, id: Id) -> ApiResult<EngagementRow> {
    people::get(conn, scope, person)?;
    store::get(conn, scope, person, id)
}

/// A page of a person's engagements.
pub fn list(conn: &mut Conn, scope: &Scope, person: Id, paging: &Paging) -> ApiResult<Page<EngagementView>> {
    people::get(conn, scope, person)?;
    let rows = store::list(conn, scope, person, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, person)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), EngagementView::from).with_count(count))
}

/// Makes an engagement of a person.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: Id,
    input: EngagementCreate,
) -> ApiResult<EngagementRow> {
    people::get(tx.conn, scope, person)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, person, id);
    }
    if input.ends_on.is_some() {
        appointments::refuse_lead(tx.conn, scope, person, "/ends_on")?;
    }
    let row = add(tx, scope, person, input, "/school_id")?;
    tx.created(row.id);
    Ok(row)
}

/// Adds an engagement within another use case; `pointer` is where the school stands in the request.
pub fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: Id,
    input: EngagementCreate,
    pointer: &str,
) -> ApiResult<EngagementRow> {
    match input.school_id {
        Some(school) => refer::require_school(tx.conn, scope, school, pointer)?,
        None if scope.extent().trust => {}
        None => {
            return Err(ApiError::rule(pointer, "required", "your right reaches single schools: name one"));
        }
    }
    let row = EngagementRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: person,
        school_id: input.school_id,
        category: input.category,
        post: input.post,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.did("engagement.created", "engagement", row.id, row.school_id)?;
    Ok(row)
}

/// Changes when an engagement ends, or its post.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, id): (Id, Id),
    if_match: &IfMatch,
    patch: EngagementPatch,
) -> ApiResult<EngagementRow> {
    people::get(tx.conn, scope, person)?;
    let old = store::get(tx.conn, scope, person, id)?;
    require_reach(scope, old.school_id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let ends_on = patch.ends_on.apply(old.ends_on);
    if ends_on != old.ends_on {
        appointments::refuse_lead(tx.conn, scope, person, "/ends_on")?;
    }
    if ends_on.is_some_and(|end| end < old.starts_on) {
        return Err(ApiError::rule("/ends_on", "before_start", "must not be before starts_on"));
    }
    let row = EngagementRow { post: patch.post.apply(old.post), ends_on, ..old };
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    store::update(tx.conn, &row)?;
    tx.did("engagement.changed", "engagement", id, row.school_id)?;
    Ok(row)
}

/// One's own engagements can be read wherever they are, and changed only where the right reaches.
fn require_reach(scope: &Scope, school: Option<Id>) -> ApiResult<()> {
    match school {
        Some(school) => scope.require_school(school),
        None if scope.extent().trust => Ok(()),
        None => Err(ApiError::not_found()),
    }
}
