//! Who attended.

use super::super::dto::{AttendanceCreate, AttendanceView};
use super::super::rules::{self, Attendee};
use super::super::store::{self, AttendanceBody, AttendanceRow, PanelRow};
use super::content::PanelKey;
use super::panels::{self, Made};
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::{concerns, people};
use crate::http::page::{Cursor, Page};
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
    let (panel, made) = panels::claim(tx, scope, panel, if_match)?;
    let key = PanelKey::open(tx.vault, tx.conn, &panel)?;
    if let Some(id) = made {
        let row = store::attendance_entry(tx.conn, &panel, id)?;
        return Ok(Made { view: view(scope, &panel, &key, row)?, version: panel.version });
    }
    check_person(tx.conn, scope, &panel, &input)?;
    let before = store::attendance(tx.conn, &panel)?
        .into_iter()
        .find(|row| row.person_id.is_some() && row.person_id == input.person_id);
    check_change(tx.conn, scope, &panel, before.as_ref(), &input)?;
    let (id, number) = before.map_or_else(|| (tx.new_id(), 1), |row| (row.id, row.number + 1));
    let body = AttendanceBody { guest: input.guest, absence_reason: input.absence_reason };
    let row = AttendanceRow {
        trust_id: panel.trust_id,
        id,
        number,
        panel_id: panel.id,
        person_id: input.person_id,
        role: input.role,
        is_present: input.present,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal("panel_attendance", id, &body)?,
    };
    store::insert_attendance(tx.conn, &row)?;
    tx.created(id);
    let content = concerns::committed(&body)?;
    tx.did_with("panel.attendance-recorded", "panel", panel.id, Some(panel.school_id), Some(&content))?;
    Ok(Made { view: view(scope, &panel, &key, row)?, version: panel.version })
}

/// A page of what is said of attendance, the oldest entry first.
pub fn list_attendance(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    paging: &Paging,
) -> ApiResult<Page<AttendanceView>> {
    let panel = store::load(conn, scope, panel)?;
    let key = PanelKey::open(vault, conn, &panel)?;
    let after = paging.after_id()?;
    let rows = store::attendance(conn, &panel)?;
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let rows = rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after));
    let rows = rows.take(paging.limit() + 1);
    let views = rows.map(|row| view(scope, &panel, &key, row)).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |view| Cursor::id(view.id), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

/// A person of the trust; in a role with a vote, one who is appointed to it on that day.
fn check_person(conn: &mut Conn, scope: &Scope, panel: &PanelRow, input: &AttendanceCreate) -> ApiResult<()> {
    let Some(person) = input.person_id else { return Ok(()) };
    if !people::person_exists(conn, scope.trust(), person)? {
        return Err(ApiError::rule("/person_id", "unknown_reference", "not a person of the trust"));
    }
    let holds =
        input.role.appointment().is_none() || panels::holders(conn, panel, input.role)?.contains(&person);
    if holds {
        return Ok(());
    }
    let words = format!("the person is not {} of this school on the day of the panel", input.role);
    Err(ApiError::rule("/role", "not_appointed", words))
}

fn check_change(
    conn: &mut Conn,
    scope: &Scope,
    panel: &PanelRow,
    before: Option<&AttendanceRow>,
    input: &AttendanceCreate,
) -> ApiResult<()> {
    let now = Attendee { person: input.person_id, role: input.role, is_present: input.present };
    let is_self = input.person_id.is_some() && input.person_id == scope.person();
    let has_answered =
        store::answers(conn, panel, None)?.iter().any(|answer| Some(answer.person_id) == input.person_id);
    let before = before.map(AttendanceRow::attendee);
    match rules::attendance_refusal(panel.held_at.is_some(), before.as_ref(), &now, is_self, has_answered) {
        Some(code) => {
            Err(ApiError::because(code, "nobody with a vote is taken out of a panel that was held"))
        }
        None => Ok(()),
    }
}

fn view(scope: &Scope, panel: &PanelRow, key: &PanelKey, row: AttendanceRow) -> ApiResult<AttendanceView> {
    let body: AttendanceBody = key.unseal("panel_attendance", row.id, &row.body)?;
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
        author_id: row.author_id,
        recorded_at: row.recorded_at,
    })
}
