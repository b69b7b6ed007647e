//! Who attended.

use super::super::dto::{AttendanceCorrection, AttendanceCreate, AttendanceView};
use super::super::rules::{self, Attendee, PanelRole};
use super::super::store::{self, AttendanceBody, AttendanceRow, PanelRow};
use super::content::PanelKey;
use super::panels::{self, Made};
use super::records;
use crate::access::versions::{self, InVersions};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::people;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records that somebody attended, or did not.
pub fn record_attendance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: Id,
    if_match: &IfMatch,
    input: AttendanceCreate,
) -> ApiResult<Made<AttendanceView>> {
    let (panel, made) = panels::claim(tx, scope, panel, if_match, None)?;
    let key = PanelKey::open(tx.vault, tx.conn, &panel)?;
    if let Some(id) = made {
        return again(tx, scope, &panel, &key, id);
    }
    let now = Attendee { person: input.person_id, role: input.role, is_present: input.present };
    check_person(tx.conn, scope, &panel, &now)?;
    let before = store::attendance(tx.conn, &panel)?
        .into_iter()
        .find(|row| row.person_id.is_some() && row.person_id == input.person_id);
    check_change(tx.conn, scope, &panel, before.as_ref(), &now)?;
    let body =
        AttendanceBody { guest: input.guest, absence_reason: input.absence_reason, correction_reason: None };
    let row = match before {
        Some(before) => next(tx, scope, &key, before, &now, &body)?,
        None => first(tx, scope, &panel, &key, &now, &body)?,
    };
    records::finish(tx, &panel, "panel.attendance-recorded", row.id, &body)?;
    Ok(Made { id: row.id, view: view(scope, &panel, &key, row)?, version: panel.version })
}

/// Records a corrected version of an attendance. What may be said of it once the panel was held is the same as when it is
/// said anew.
pub fn correct_attendance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (panel, entry): (Id, Id),
    if_match: &IfMatch,
    input: AttendanceCorrection,
) -> ApiResult<Made<AttendanceView>> {
    let found = store::load(tx.conn, scope, panel)?;
    let before = AttendanceRow::newest(tx.conn, &found, entry)?;
    let (panel, made) = panels::claim(tx, scope, panel, if_match, None)?;
    let key = PanelKey::open(tx.vault, tx.conn, &panel)?;
    if let Some(id) = made {
        return again(tx, scope, &panel, &key, id);
    }
    let now = Attendee { person: before.person_id, role: input.role, is_present: input.present };
    check_guest(&before, &input)?;
    check_person(tx.conn, scope, &panel, &now)?;
    check_change(tx.conn, scope, &panel, Some(&before), &now)?;
    let said: AttendanceBody = key.unseal(AttendanceRow::TABLE, entry, &before.body)?;
    let body = AttendanceBody {
        guest: input.guest.or(said.guest),
        absence_reason: input.absence_reason,
        correction_reason: Some(input.reason),
    };
    let row = next(tx, scope, &key, before, &now, &body)?;
    records::finish(tx, &panel, "panel.attendance-corrected", entry, &body)?;
    Ok(Made { id: entry, view: view(scope, &panel, &key, row)?, version: panel.version })
}

fn first(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: &PanelRow,
    key: &PanelKey,
    now: &Attendee,
    body: &AttendanceBody,
) -> ApiResult<AttendanceRow> {
    let id = tx.new_id();
    let row = AttendanceRow {
        trust_id: panel.trust_id,
        id,
        number: 1,
        panel_id: panel.id,
        person_id: now.person,
        role: now.role,
        is_present: now.is_present,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(AttendanceRow::TABLE, id, body)?,
    };
    row.insert(tx.conn)?;
    Ok(row)
}

fn next(
    tx: &mut Tx<'_>,
    scope: &Scope,
    key: &PanelKey,
    before: AttendanceRow,
    now: &Attendee,
    body: &AttendanceBody,
) -> ApiResult<AttendanceRow> {
    let sealed = key.seal(AttendanceRow::TABLE, before.id, body)?;
    let row = AttendanceRow { role: now.role, is_present: now.is_present, ..before };
    let row = row.next(scope.person(), tx.now(), sealed);
    row.replace(tx.conn)?;
    Ok(row)
}

fn again(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: &PanelRow,
    key: &PanelKey,
    id: Id,
) -> ApiResult<Made<AttendanceView>> {
    let row = AttendanceRow::newest(tx.conn, panel, id)?;
    Ok(Made { id, view: view(scope, panel, key, row)?, version: panel.version })
}

/// One attendance, in the version that holds.
pub fn get_attendance(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    entry: Id,
) -> ApiResult<AttendanceView> {
    let panel = store::load(conn, scope, panel)?;
    let row = AttendanceRow::newest(conn, &panel, entry)?;
    view(scope, &panel, &PanelKey::open(vault, conn, &panel)?, row)
}

/// A page of what was said of attendance up to a moment, the oldest entry first.
pub fn list_attendance(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<AttendanceView>> {
    let panel = store::load(conn, scope, panel)?;
    let key = PanelKey::open(vault, conn, &panel)?;
    let rows: Vec<AttendanceRow> = records::at(conn, &panel, as_of)?;
    records::page(rows, paging, |row| view(scope, &panel, &key, row))
}

/// A page of the versions of an attendance.
pub fn attendance_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (panel, entry): (Id, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<AttendanceView>> {
    let panel = store::load(conn, scope, panel)?;
    AttendanceRow::newest(conn, &panel, entry)?;
    let key = PanelKey::open(vault, conn, &panel)?;
    versions::page_of_versions(conn, (&panel, entry), as_of, paging, |row| view(scope, &panel, &key, row))
}

/// Whoever is from outside stays so, as a guest; a person of the trust has no other name.
fn check_guest(before: &AttendanceRow, input: &AttendanceCorrection) -> ApiResult<()> {
    match before.person_id {
        Some(_) if input.guest.is_some() => {
            Err(ApiError::rule("/guest", "not_allowed", "the entry is of a person of the trust"))
        }
        None if input.role != PanelRole::Guest => {
            Err(ApiError::rule("/role", "not_allowed", "whoever is from outside attends as a guest"))
        }
        _ => Ok(()),
    }
}

/// A person of the trust; in a role with a vote, one who is appointed to it on that day.
fn check_person(conn: &mut Conn, scope: &Scope, panel: &PanelRow, now: &Attendee) -> ApiResult<()> {
    let Some(person) = now.person else { return Ok(()) };
    if !people::person_exists(conn, scope.trust(), person)? {
        return Err(ApiError::rule("/person_id", "unknown_reference", "not a person of the trust"));
    }
    let holds = now.role.appointment().is_none() || panels::holders(conn, panel, now.role)?.contains(&person);
    if holds {
        return Ok(());
    }
    let words = format!("the person is not {} of this school on the day of the panel", now.role);
    Err(ApiError::rule("/role", "not_appointed", words))
}

fn check_change(
    conn: &mut Conn,
    scope: &Scope,
    panel: &PanelRow,
    before: Option<&AttendanceRow>,
    now: &Attendee,
) -> ApiResult<()> {
    let is_self = now.person.is_some() && now.person == scope.person();
    let has_answered =
        store::answers(conn, panel, None)?.iter().any(|answer| Some(answer.person_id) == now.person);
    let before = before.map(AttendanceRow::attendee);
    match rules::attendance_refusal(panel.held_at.is_some(), before.as_ref(), now, is_self, has_answered) {
        Some(code) => {
            Err(ApiError::because(code, "nobody with a vote is taken out of a panel that was held"))
        }
        None => Ok(()),
    }
}

fn view(scope: &Scope, panel: &PanelRow, key: &PanelKey, row: AttendanceRow) -> ApiResult<AttendanceView> {
    let body: AttendanceBody = key.unseal(AttendanceRow::TABLE, row.id, &row.body)?;
    let is_own = row.person_id.is_some() && row.person_id == scope.person();
    let knows = is_own || panels::runs(scope, panel);
    Ok(AttendanceView {
        id: row.id,
        number: row.number,
        person_id: row.person_id,
        guest: body.guest,
        role: row.role,
        present: row.is_present,
        has_vote: row.role.has_vote(),
        absence_reason: body.absence_reason.filter(|_| knows),
        correction_reason: body.correction_reason.filter(|_| knows),
        author_id: row.author_id,
        recorded_at: row.recorded_at,
    })
}
