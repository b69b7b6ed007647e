//! Use cases of schools.

use super::dto::{SchoolCreate, SchoolFilter, SchoolPatch, SchoolView};
use super::rules::{self, Phase};
use super::store::{self, SchoolRow};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns;
use crate::features::organisation::{establishments, hubs};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging, Patch};
use crate::ids::Id;
use crate::text::Name;

/// Whether a trust has a school: for the references of other records. It does not ask how far a caller reaches.
pub fn school_exists_in(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    store::exists(conn, trust, id)
}

/// All schools of a trust, also those that have left it, oldest first.
pub fn schools(conn: &mut Conn, trust: Id) -> ApiResult<Vec<SchoolRow>> {
    store::all(conn, trust)
}

/// One school.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<SchoolRow> {
    store::get(conn, scope, id)
}

/// A page of schools.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &SchoolFilter,
    paging: &Paging,
) -> ApiResult<Page<SchoolView>> {
    let rows = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), SchoolView::from).with_count(count))
}

/// Makes the trust's school from the national register.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: SchoolCreate) -> ApiResult<SchoolRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    let new = check_new(tx.conn, scope, input)?;
    let row = SchoolRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        urn: new.urn,
        name: new.name,
        laestab: new.laestab,
        la_name: new.la_name,
        phase: new.phase,
        hub_id: new.hub_id,
        tas: new.tas,
        joined_on: new.joined_on,
        left_on: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("school.created", "school", row.id, Some(row.id))?;
    Ok(row)
}

/// What a new school would be.
#[derive(Clone, Debug)]
pub struct NewSchool {
    urn: i32,
    name: Name<200>,
    laestab: Option<String>,
    la_name: Option<String>,
    phase: Phase,
    hub_id: Option<Id>,
    tas: bool,
    joined_on: Option<Date>,
}

/// Fills in what the national register knows of a new school, or says what is against it.
pub fn check_new(conn: &mut Conn, scope: &Scope, input: SchoolCreate) -> ApiResult<NewSchool> {
    let known = establishments::in_register(conn, input.urn)?
        .ok_or_else(|| ApiError::rule("/urn", "unknown_reference", "the register has no such URN"))?;
    if let Some(hub) = input.hub_id {
        check_hub(conn, scope, hub)?;
    }
    let (phase, laestab) = rules::fill(
        (input.phase, rules::phase_of(known.phase_name.as_deref(), known.type_name.as_deref())),
        (
            input.laestab.map(|laestab| laestab.0),
            rules::laestab_of(known.la_code.as_deref(), known.establishment_number.as_deref()),
        ),
    )?;
    let name = match input.name {
        Some(name) => name,
        None => Name::new(known.name).map_err(ApiError::internal)?,
    };
    Ok(NewSchool {
        urn: input.urn,
        name,
        laestab,
        la_name: known.la_name,
        phase,
        hub_id: input.hub_id,
        tas: input.tas,
        joined_on: input.joined_on,
    })
}

/// The trust's schools of these URNs within reach of a scope.
pub fn with_urns(conn: &mut Conn, scope: &Scope, urns: &[i32]) -> ApiResult<Vec<SchoolRow>> {
    store::with_urns(conn, scope, urns)
}

/// Changes a school.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: SchoolPatch,
) -> ApiResult<SchoolRow> {
    let old = store::get(tx.conn, scope, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    if let Patch::Set(hub) = patch.hub_id {
        check_hub(tx.conn, scope, hub)?;
    }
    let row = SchoolRow {
        name: patch.name.unwrap_or(old.name),
        phase: patch.phase.unwrap_or(old.phase),
        hub_id: patch.hub_id.apply(old.hub_id),
        tas: patch.tas.unwrap_or(old.tas),
        joined_on: patch.joined_on.apply(old.joined_on),
        left_on: patch.left_on.apply(old.left_on),
        ..old
    };
    rules::check_dates(row.joined_on, row.left_on)?;
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    store::update(tx.conn, &row)?;
    if row.left_on != before.left_on {
        concerns::ensure_readers_at(tx, scope, Some(&[id]))?;
    }
    tx.did("school.changed", "school", id, Some(id))?;
    Ok(row)
}

fn check_hub(conn: &mut Conn, scope: &Scope, hub: Id) -> ApiResult<()> {
    match hubs::get(conn, scope, hub) {
        Ok(_) => Ok(()),
        Err(error) if error.code == Code::NotFound => {
            Err(ApiError::rule("/hub_id", "unknown_reference", "there is no such hub"))
        }
        Err(error) => Err(error),
    }
}
