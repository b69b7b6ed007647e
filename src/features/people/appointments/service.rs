//! Use cases of appointments, and who holds a role.

use std::collections::{BTreeMap, BTreeSet};

use super::dto::{AppointmentCreate, AppointmentFilter, AppointmentPatch, AppointmentView};
use super::store::{self, AppointmentRow};
use crate::access::{Role, Scope, Tx, refer};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns;
use crate::features::people::{rules, service as people, store as people_store};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// The people who hold any of these roles on a day: the roles of a school at that school, the roles of the trust in
/// the trust (these alone where no school is given). Who has left or is shut out is left out.
pub fn holders(
    conn: &mut Conn,
    trust: Id,
    roles: &[Role],
    school: Option<Id>,
    on: Date,
) -> ApiResult<Vec<Id>> {
    let held = store::holders(conn, trust, roles, school.as_slice(), on)?;
    let mut people: Vec<Id> = held.into_iter().map(|(person, _)| person).collect();
    people.dedup();
    Ok(people)
}

/// Who holds which of the roles on a day, at these schools or in the trust; leavers and who is shut out are left out.
pub fn roles_held(
    conn: &mut Conn,
    trust: Id,
    roles: &[Role],
    schools: &[Id],
    on: Date,
) -> ApiResult<Vec<(Id, Role)>> {
    store::holders(conn, trust, roles, schools, on)
}

/// The people who hold any of these roles of a school on a day, school by school.
pub fn holders_by_school(
    conn: &mut Conn,
    trust: Id,
    roles: &[Role],
    on: Date,
) -> ApiResult<BTreeMap<Id, BTreeSet<Id>>> {
    let mut all: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for (school, person) in store::holders_by_school(conn, trust, roles, on)? {
        if let Some(school) = school {
            all.entry(school).or_default().insert(person);
        }
    }
    Ok(all)
}

/// The roles that a person is appointed to on a day, anywhere in the trust.
pub fn roles_on(conn: &mut Conn, trust: Id, person: Id, on: Date) -> ApiResult<Vec<Role>> {
    store::roles_on(conn, trust, person, on)
}

/// The roles that are on record of a person today: those appointed, or where there are none what they are engaged as.
/// Nothing for whoever has left or is shut out; none for whom nothing is on record: there the token says.
pub fn roles_on_record(conn: &mut Conn, trust: Id, person: Id, on: Date) -> ApiResult<Option<Vec<Role>>> {
    if store::is_out(conn, trust, person, on)? {
        return Ok(None);
    }
    let held = store::roles_on(conn, trust, person, on)?;
    if !held.is_empty() {
        return Ok(Some(held));
    }
    let engaged = store::engaged_as(conn, trust, person, on)?;
    Ok(Some(engaged.into_iter().map(rules::plain_role).collect()))
}

/// Where a person holds or held a role: schools, and none for the trust.
pub fn places_of_roles(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<Option<Id>>> {
    store::places(conn, trust, person)
}

/// Refuses what would shut out or rename somebody who leads, or redirect their mail, where the right does not reach the
/// whole trust: whoever keeps a school's records must not be able to switch off its DSL.
pub fn refuse_lead(conn: &mut Conn, scope: &Scope, person: Id, pointer: &str) -> ApiResult<()> {
    if scope.extent().trust {
        return Ok(());
    }
    let held = store::roles_on(conn, scope.trust(), person, scope.today())?;
    if held.into_iter().any(rules::is_lead) {
        let words = "the person holds a role today: this needs a right to the whole trust";
        return Err(ApiError::rule(pointer, "lead_role", words));
    }
    Ok(())
}

/// One appointment.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<AppointmentRow> {
    store::get(conn, scope, id)
}

/// A page of appointments.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AppointmentFilter,
    paging: &Paging,
) -> ApiResult<Page<AppointmentView>> {
    let rows = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), AppointmentView::from).with_count(count))
}

/// Appoints a person to a role.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: AppointmentCreate) -> ApiResult<AppointmentRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    people::require_person(tx.conn, scope, input.person_id, "/person_id")?;
    require_school(tx.conn, scope, input.school_id)?;
    refuse_own(scope, input.person_id)?;
    let row = AppointmentRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: input.person_id,
        school_id: input.school_id,
        role: input.role,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    refuse_overlap(tx, scope, &row)?;
    store::insert(tx.conn, &row)?;
    concerns::ensure_readers_at(tx, scope, row.school_id.as_ref().map(std::slice::from_ref))?;
    tx.created(row.id);
    tx.did("appointment.created", "appointment", row.id, row.school_id)?;
    Ok(row)
}

/// Appoints a person to a role in the trust from today on, within another use case.
pub fn add(tx: &mut Tx<'_>, scope: &Scope, person: Id, role: Role) -> ApiResult<()> {
    let row = AppointmentRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: person,
        school_id: None,
        role,
        starts_on: scope.today(),
        ends_on: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.did("appointment.created", "appointment", row.id, None)
}

/// Changes when an appointment ends.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: AppointmentPatch,
) -> ApiResult<AppointmentRow> {
    let old = store::get(tx.conn, scope, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    refuse_own(scope, old.person_id)?;
    let ends_on = patch.ends_on.apply(old.ends_on);
    if ends_on.is_some_and(|end| end < old.starts_on) {
        return Err(ApiError::rule("/ends_on", "before_start", "must not be before starts_on"));
    }
    let row = AppointmentRow { ends_on, ..old };
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    refuse_overlap(tx, scope, &row)?;
    store::update(tx.conn, &row)?;
    concerns::ensure_readers_at(tx, scope, row.school_id.as_ref().map(std::slice::from_ref))?;
    tx.did("appointment.changed", "appointment", id, row.school_id)?;
    Ok(row)
}

/// A role in the trust is appointed under a right to the whole trust only.
fn require_school(conn: &mut Conn, scope: &Scope, school: Option<Id>) -> ApiResult<()> {
    match school {
        Some(school) => refer::require_school(conn, scope, school, "/school_id"),
        None => scope.require_trust(),
    }
}

fn refuse_own(scope: &Scope, person: Id) -> ApiResult<()> {
    if scope.person() == Some(person) {
        return Err(ApiError::because(
            Code::StateConflict,
            "nobody makes or changes an appointment of their own",
        ));
    }
    Ok(())
}

/// The person is held first: two requests at once would both find the days free.
fn refuse_overlap(tx: &mut Tx<'_>, scope: &Scope, row: &AppointmentRow) -> ApiResult<()> {
    people_store::lock(tx.conn, row.trust_id, row.person_id)?;
    let taken = store::same(tx.conn, scope, row.person_id, row.role, row.school_id)?
        .iter()
        .filter(|other| other.id != row.id)
        .any(|other| rules::overlaps((row.starts_on, row.ends_on), (other.starts_on, other.ends_on)));
    if taken {
        return Err(ApiError::because(
            Code::AlreadyExists,
            "the person holds this role in part of that time",
        ));
    }
    Ok(())
}
