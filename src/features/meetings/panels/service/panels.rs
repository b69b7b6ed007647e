//! Calling a panel, changing its day, and holding it.

use super::super::dto::{ExpectedAttendance, ExpectedView, PanelCreate, PanelFilter, PanelPatch, PanelView};
use super::super::rules::{self, PanelRole};
use super::super::store::{self, PanelRow};
use super::content::PanelKey;
use crate::access::{Action, Scope, Tx, Versioned, refer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::{self, panels::OnAgenda};
use crate::features::organisation::trust;
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// What a change made or a read found, with the version by which the next change is judged.
#[derive(Clone, Debug)]
pub struct Made<T> {
    pub id: Id,
    pub view: T,
    pub version: i64,
}

/// One panel.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Made<PanelView>> {
    let row = store::load(conn, scope, id)?;
    shown(conn, row)
}

/// A page of panels, the newest record first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &PanelFilter,
    paging: &Paging,
) -> ApiResult<Page<PanelView>> {
    let rows = store::list(conn, scope, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter)).transpose()?;
    let views = rows.into_iter().map(|row| view(conn, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// Calls a panel: one a school and week.
pub fn call(tx: &mut Tx<'_>, scope: &Scope, input: PanelCreate) -> ApiResult<Made<PanelView>> {
    refer::require_school(tx.conn, scope, input.school_id, "/school_id")?;
    if let Some(id) = tx.replayed()? {
        let row = store::load(tx.conn, scope, id)?;
        return shown(tx.conn, row);
    }
    let id = tx.new_id();
    let row = PanelRow {
        trust_id: scope.trust(),
        id,
        school_id: input.school_id,
        week: rules::monday(input.meets_on),
        meets_on: input.meets_on,
        held_at: None,
        held_by: None,
        data_key: PanelKey::create(tx.vault, tx.conn, scope.trust(), id)?,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    refuse_second(tx.conn, &row)?;
    store::insert(tx.conn, &row)?;
    tx.created(id);
    tx.did("panel.called", "panel", id, Some(row.school_id))?;
    shown(tx.conn, row)
}

/// Changes the day of a panel that has not been held.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: &PanelPatch,
) -> ApiResult<Made<PanelView>> {
    let old = store::load(tx.conn, scope, id)?;
    if_match.check_exact(old.version)?;
    if old.held_at.is_some() {
        return Err(ApiError::of(Code::PanelHeld));
    }
    let meets_on = patch.meets_on.unwrap_or(old.meets_on);
    let row = PanelRow { meets_on, week: rules::monday(meets_on), ..old.clone() };
    let Some(row) = tx.renew(&old, row) else {
        tx.showed("panel", id, Some(old.school_id))?;
        return shown(tx.conn, old);
    };
    if row.week != old.week {
        refuse_second(tx.conn, &row)?;
    }
    store::update(tx.conn, &row)?;
    tx.did("panel.changed", "panel", id, Some(row.school_id))?;
    shown(tx.conn, row)
}

/// Holds a panel: its agenda is what stands open at the school now.
pub fn hold(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<Made<PanelView>> {
    let old = store::load(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return shown(tx.conn, old);
    }
    if_match.check_exact(old.version)?;
    if old.held_at.is_some() {
        return Err(ApiError::of(Code::PanelHeld));
    }
    if old.meets_on > scope.today() {
        return Err(ApiError::because(Code::StateConflict, "the panel meets on a later day"));
    }
    let row = PanelRow { held_at: Some(tx.now()), held_by: scope.person(), ..claimed(tx, old) };
    store::update(tx.conn, &row)?;
    if !store::attendance(tx.conn, &row)?.iter().any(|attendance| attendance.is_present) {
        return Err(ApiError::because(Code::StateConflict, "nobody is recorded as present"));
    }
    let open = concerns::panels::open_at(tx.conn, row.trust_id, row.school_id)?;
    store::insert_items(tx.conn, &row, &open)?;
    tx.created(id);
    tx.did("panel.held", "panel", id, Some(row.school_id))?;
    shown(tx.conn, row)
}

/// A panel in scope whose version is judged, and taken for an entry about a concern or about none: the row stays locked
/// until the change is stored.
pub fn claim(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    about: Option<Id>,
) -> ApiResult<(PanelRow, Option<Id>)> {
    let row = store::load(tx.conn, scope, id)?;
    if let Some(made) = tx.replayed()? {
        return Ok((row, Some(made)));
    }
    if_match.check_exact(row.version)?;
    let locked = store::lock(tx.conn, &row)?;
    if_match.check_exact(locked.version)?;
    Ok((taken(tx, locked, about)?, None))
}

/// The same for somebody who is judged by the version of a part of the panel.
pub fn touch(tx: &mut Tx<'_>, row: &PanelRow, about: Option<Id>) -> ApiResult<PanelRow> {
    let locked = store::lock(tx.conn, row)?;
    taken(tx, locked, about)
}

/// Takes the next version of a panel that is locked; not for what is about a concern of the restricted log, since whoever
/// reads the panel and not that log would learn from its tag that something was recorded.
fn taken(tx: &mut Tx<'_>, locked: PanelRow, about: Option<Id>) -> ApiResult<PanelRow> {
    let about = concerns::panels::on_agenda(tx.conn, locked.trust_id, about.as_slice())?;
    if about.iter().any(OnAgenda::is_restricted) {
        return Ok(locked);
    }
    let row = claimed(tx, locked);
    store::update(tx.conn, &row)?;
    Ok(row)
}

fn claimed(tx: &Tx<'_>, row: PanelRow) -> PanelRow {
    row.renewed(tx.now())
}

fn refuse_second(conn: &mut Conn, row: &PanelRow) -> ApiResult<()> {
    if store::has_week(conn, row.trust_id, row.school_id, row.week)? {
        return Err(ApiError::because(Code::AlreadyExists, "the school has a panel in that week"));
    }
    Ok(())
}

fn shown(conn: &mut Conn, row: PanelRow) -> ApiResult<Made<PanelView>> {
    Ok(Made { id: row.id, version: row.version, view: view(conn, row)? })
}

fn view(conn: &mut Conn, row: PanelRow) -> ApiResult<PanelView> {
    let expected = expected(conn, &row)?;
    Ok(PanelView {
        id: row.id,
        school_id: row.school_id,
        week_starts_on: row.week,
        meets_on: row.meets_on,
        is_held: row.held_at.is_some(),
        held_at: row.held_at,
        held_by: row.held_by,
        expected,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Who is expected: by the trust's setting, and whom that day's appointments name.
fn expected(conn: &mut Conn, row: &PanelRow) -> ApiResult<Vec<ExpectedView>> {
    let settings = trust::settings(conn, row.trust_id)?;
    let attendance = store::attendance(conn, row)?;
    let mut out: Vec<ExpectedView> = Vec::new();
    for role in rules::expected(settings.panel_expected, settings.closure_rule) {
        for person_id in holders(conn, row, role)? {
            if out.iter().any(|known| known.person_id == person_id) {
                continue;
            }
            let known = attendance.iter().find(|row| row.person_id == Some(person_id));
            let attendance = match known.map(|row| row.is_present) {
                Some(true) => ExpectedAttendance::Present,
                Some(false) => ExpectedAttendance::Absent,
                None => ExpectedAttendance::NotRecorded,
            };
            out.push(ExpectedView { person_id, role, attendance });
        }
    }
    Ok(out)
}

/// Who holds the appointment of a role on the day of the panel.
pub fn holders(conn: &mut Conn, row: &PanelRow, role: PanelRole) -> ApiResult<Vec<Id>> {
    match role.appointment() {
        Some(role) => people::holders(conn, row.trust_id, &[role], Some(row.school_id), row.meets_on),
        None => Ok(Vec::new()),
    }
}

/// Whether the caller sees the panels of its school, and not only those that they attended.
pub fn runs(scope: &Scope, row: &PanelRow) -> bool {
    scope.also_covers(Action::PanelRead, row.school_id)
}
