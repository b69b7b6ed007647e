//! Use cases of engagements.

use super::dto::{EngagementCreate, EngagementPatch, EngagementView};
use super::store::{self, EngagementRow};
use crate::access::{Scope, Tx, refer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::concerns;
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
    let row = add(tx, scope, person, input)?;
    tx.created(row.id);
    Ok(row)
}

/// Refuses a school that is not within reach, or none where the right reaches single schools; `pointer` is where it
/// stands in the request.
pub fn check_place(conn: &mut Conn, scope: &Scope, school: Option<Id>, pointer: &str) -> ApiResult<()> {
    match school {
        Some(school) => refer::require_school(conn, scope, school, pointer),
        None if scope.extent().trust => Ok(()),
        None => Err(ApiError::rule(pointer, "required", "your right reaches single schools: name one")),
    }
}

/// Adds engagements at places that have been checked, each of a person.
pub fn add_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    inputs: Vec<(Id, EngagementCreate)>,
) -> ApiResult<Vec<EngagementRow>> {
    let new = |(person, input): (Id, EngagementCreate)| EngagementRow {
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
    let rows: Vec<EngagementRow> = inputs.into_iter().map(new).collect();
    store::insert_all(tx.conn, &rows)?;
    for row in &rows {
        concerns::ensure_readers_after(tx, scope, row.person_id)?;
        tx.did("engagement.created", "engagement", row.id, row.school_id)?;
    }
    Ok(rows)
}

/// What is new about where a person works.
#[derive(Clone, Debug)]
pub enum Amendment {
    /// An engagement.
    New(EngagementCreate),
    /// Changes to one, of which this version was seen.
    Change(Id, i64, EngagementPatch),
}

/// Brings what is new about where a person works.
pub fn amend(tx: &mut Tx<'_>, scope: &Scope, person: Id, amendment: Amendment) -> ApiResult<()> {
    match amendment {
        Amendment::New(input) => {
            people::get(tx.conn, scope, person)?;
            add(tx, scope, person, input).map(drop)
        }
        Amendment::Change(id, version, patch) => {
            change(tx, scope, (person, id), &IfMatch::Versions(vec![version]), patch).map(drop)
        }
    }
}

/// The engagements within reach of several people, each with its version.
pub fn of_people(conn: &mut Conn, scope: &Scope, people: &[Id]) -> ApiResult<Vec<(EngagementView, i64)>> {
    let rows = store::of_people(conn, scope, people)?;
    Ok(rows.into_iter().map(|row| (EngagementView::from(row.clone()), row.version)).collect())
}

fn add(tx: &mut Tx<'_>, scope: &Scope, person: Id, input: EngagementCreate) -> ApiResult<EngagementRow> {
    if input.ends_on.is_some() {
        appointments::refuse_lead(tx.conn, scope, person, "/ends_on")?;
    }
    check_place(tx.conn, scope, input.school_id, "/school_id")?;
    let made = add_all(tx, scope, vec![(person, input)])?.pop();
    made.ok_or_else(|| ApiError::internal("nothing was made of an engagement"))
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
    concerns::ensure_readers_after(tx, scope, person)?;
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
