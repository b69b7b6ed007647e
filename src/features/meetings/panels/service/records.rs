//! Minutes and decisions. What is about a concern is sealed under the concern's key, and shown to who sees the concern.

use std::collections::BTreeMap;

use super::super::dto::{PanelDecisionCreate, PanelDecisionView, PanelMinutesCreate, PanelMinutesView};
use super::super::store::{self, DecisionRow, MinutesRow, PanelRow, TextBody};
use super::content::PanelKey;
use super::panels::{self, Made};
use crate::access::matrix::{self, Reach};
use crate::access::{Action, Role, Scope, Tx};
use crate::crypto::{Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::concerns::{self, CaseKey};
use crate::features::organisation::trust;
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Keys by which the records of a panel are read by one caller: of the panel, and of the concerns that they see.
struct Keys {
    panel: PanelKey,
    concerns: BTreeMap<Id, CaseKey>,
}

impl Keys {
    /// The keys for these concerns, as far as the caller sees them in full.
    fn open(
        vault: &Vault,
        conn: &mut Conn,
        scope: &Scope,
        panel: &PanelRow,
        about: impl Iterator<Item = Id>,
    ) -> ApiResult<Self> {
        let mut ids: Vec<Id> = about.collect();
        ids.sort_unstable();
        ids.dedup();
        let mut keys = BTreeMap::new();
        for id in ids {
            if let Some(concern) = concerns::panels::seen(conn, scope, id)? {
                keys.insert(id, concern.key(conn, vault)?);
            }
        }
        Ok(Self { panel: PanelKey::open(vault, conn, panel)?, concerns: keys })
    }

    fn sees(&self, concern: Option<Id>) -> bool {
        concern.is_none_or(|concern| self.concerns.contains_key(&concern))
    }

    fn unseal<const MAX: usize>(
        &self,
        table: &'static str,
        concern: Option<Id>,
        row: Id,
        body: &Sealed,
    ) -> ApiResult<TextBody<MAX>> {
        match concern.and_then(|concern| self.concerns.get(&concern)) {
            Some(key) => key.unseal(table, row, body),
            None => self.panel.unseal(table, row, body),
        }
    }

    fn seal<const MAX: usize>(
        &self,
        table: &'static str,
        concern: Option<Id>,
        row: Id,
        body: &TextBody<MAX>,
    ) -> ApiResult<Sealed> {
        match concern.and_then(|concern| self.concerns.get(&concern)) {
            Some(key) => key.seal(table, row, body),
            None => self.panel.seal(table, row, body),
        }
    }
}

/// Keys for one concern that the request names: one of the panel's school that the caller sees in full.
fn keys_for(tx: &mut Tx<'_>, scope: &Scope, panel: &PanelRow, concern: Option<Id>) -> ApiResult<Keys> {
    if let Some(id) = concern {
        let seen = concerns::panels::seen(tx.conn, scope, id)?;
        if seen.is_none_or(|concern| concern.school() != panel.school_id) {
            let words = "not a concern of the school that you see in full";
            return Err(ApiError::rule("/concern_id", "unknown_reference", words));
        }
    }
    Keys::open(tx.vault, tx.conn, scope, panel, concern.into_iter())
}

/// Adds an entry to the minutes.
pub fn record_minutes(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: Id,
    if_match: &IfMatch,
    input: PanelMinutesCreate,
) -> ApiResult<Made<PanelMinutesView>> {
    let (panel, made) = panels::claim(tx, scope, panel, if_match)?;
    if let Some(id) = made {
        let row = store::minutes(tx.conn, &panel)?.into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(ApiError::not_found)?;
        let keys = Keys::open(tx.vault, tx.conn, scope, &panel, row.concern_id.into_iter())?;
        let view = minutes_view(&keys, row)?.ok_or_else(ApiError::not_found)?;
        return Ok(Made { view, version: panel.version });
    }
    let keys = keys_for(tx, scope, &panel, input.concern_id)?;
    let id = tx.new_id();
    let body = TextBody { text: input.text };
    let row = MinutesRow {
        trust_id: panel.trust_id,
        id,
        panel_id: panel.id,
        concern_id: input.concern_id,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: keys.seal("panel_minutes", input.concern_id, id, &body)?,
    };
    store::insert_minutes(tx.conn, &row)?;
    tx.created(id);
    let content = concerns::committed(&body)?;
    tx.did_with("panel.minuted", "panel", panel.id, Some(panel.school_id), Some(&content))?;
    let view = minutes_view(&keys, row)?.ok_or_else(ApiError::not_found)?;
    Ok(Made { view, version: panel.version })
}

/// A page of the minutes that the caller may read, the oldest entry first.
pub fn list_minutes(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    paging: &Paging,
) -> ApiResult<Page<PanelMinutesView>> {
    let panel = store::load(conn, scope, panel)?;
    let rows = store::minutes(conn, &panel)?;
    let keys = Keys::open(vault, conn, scope, &panel, rows.iter().filter_map(|row| row.concern_id))?;
    let after = paging.after_id()?;
    let rows: Vec<_> = rows.into_iter().filter(|row| keys.sees(row.concern_id)).collect();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let mut views = Vec::new();
    for row in rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after)) {
        views.extend(minutes_view(&keys, row)?);
        if views.len() > paging.limit() {
            break;
        }
    }
    let page = paging.page(views, |view| Cursor::id(view.id), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

fn minutes_view(keys: &Keys, row: MinutesRow) -> ApiResult<Option<PanelMinutesView>> {
    if !keys.sees(row.concern_id) {
        return Ok(None);
    }
    let body: TextBody<10000> = keys.unseal("panel_minutes", row.concern_id, row.id, &row.body)?;
    Ok(Some(PanelMinutesView {
        id: row.id,
        concern_id: row.concern_id,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        text: body.text,
    }))
}

/// Records a decision, and tells its owner.
pub fn decide(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: Id,
    if_match: &IfMatch,
    input: PanelDecisionCreate,
) -> ApiResult<Made<PanelDecisionView>> {
    let (panel, made) = panels::claim(tx, scope, panel, if_match)?;
    if let Some(id) = made {
        let row = store::decisions(tx.conn, &panel)?.into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(ApiError::not_found)?;
        let keys = Keys::open(tx.vault, tx.conn, scope, &panel, row.concern_id.into_iter())?;
        let view = decision_view(&keys, row)?.ok_or_else(ApiError::not_found)?;
        return Ok(Made { view, version: panel.version });
    }
    let keys = keys_for(tx, scope, &panel, input.concern_id)?;
    check_owner(tx.conn, scope, &panel, &input)?;
    let id = tx.new_id();
    let body = TextBody { text: input.text };
    let row = DecisionRow {
        trust_id: panel.trust_id,
        id,
        panel_id: panel.id,
        kind: input.kind,
        concern_id: input.concern_id,
        owner_id: input.owner_id,
        due_on: input.due_on,
        author_id: scope.person(),
        recorded_at: tx.now(),
        body: keys.seal("panel_decisions", input.concern_id, id, &body)?,
    };
    store::insert_decision(tx.conn, &row)?;
    let owner: Vec<Id> =
        Some(row.owner_id).filter(|owner| Some(*owner) != scope.person()).into_iter().collect();
    let now = tx.now();
    notify(tx.conn, panel.trust_id, &owner, NotificationKind::PanelDecisionAssigned, panel.id, now)?;
    tx.created(id);
    let content = concerns::committed(&body)?;
    tx.did_with("panel.decided", "panel", panel.id, Some(panel.school_id), Some(&content))?;
    let view = decision_view(&keys, row)?.ok_or_else(ApiError::not_found)?;
    Ok(Made { view, version: panel.version })
}

/// A page of the decisions that the caller may read, the oldest first.
pub fn list_decisions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    paging: &Paging,
) -> ApiResult<Page<PanelDecisionView>> {
    let panel = store::load(conn, scope, panel)?;
    let rows = store::decisions(conn, &panel)?;
    let keys = Keys::open(vault, conn, scope, &panel, rows.iter().filter_map(|row| row.concern_id))?;
    let after = paging.after_id()?;
    let rows: Vec<_> = rows.into_iter().filter(|row| keys.sees(row.concern_id)).collect();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let mut views = Vec::new();
    for row in rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after)) {
        views.extend(decision_view(&keys, row)?);
        if views.len() > paging.limit() {
            break;
        }
    }
    let page = paging.page(views, |view| Cursor::id(view.id), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

fn decision_view(keys: &Keys, row: DecisionRow) -> ApiResult<Option<PanelDecisionView>> {
    if !keys.sees(row.concern_id) {
        return Ok(None);
    }
    let body: TextBody<5000> = keys.unseal("panel_decisions", row.concern_id, row.id, &row.body)?;
    Ok(Some(PanelDecisionView {
        id: row.id,
        kind: row.kind,
        concern_id: row.concern_id,
        text: body.text,
        owner_id: row.owner_id,
        due_on: row.due_on,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
    }))
}

/// The owner is a person of the trust who reads the panel, without a conflict of interest in the concern.
fn check_owner(
    conn: &mut Conn,
    scope: &Scope,
    panel: &PanelRow,
    input: &PanelDecisionCreate,
) -> ApiResult<()> {
    if !people::person_exists(conn, scope.trust(), input.owner_id)? {
        return Err(ApiError::rule("/owner_id", "unknown_reference", "not a person of the trust"));
    }
    if scope.person() != Some(input.owner_id) && !reads(conn, scope, panel, input.owner_id)? {
        let words = "does not read this panel, so could not learn what was decided";
        return Err(ApiError::rule("/owner_id", "cannot_read", words));
    }
    let Some(concern) = input.concern_id else { return Ok(()) };
    let concern = concerns::panels::seen(conn, scope, concern)?.ok_or_else(ApiError::not_found)?;
    if concern.linked(conn)?.contains(&input.owner_id) {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}

/// Whether a person reads a panel: by a role that reads the panels of its school, or because they attended it.
fn reads(conn: &mut Conn, scope: &Scope, panel: &PanelRow, person: Id) -> ApiResult<bool> {
    let lead = trust::settings(conn, scope.trust())?.trust_lead_column;
    let reach = |role: &Role| matrix::reach(Action::PanelRead, *role, lead);
    let whole: Vec<Role> = Role::ALL.iter().filter(|role| reach(role) >= Reach::School).copied().collect();
    let school = Some(panel.school_id);
    if people::holders(conn, scope.trust(), &whole, school, scope.today())?.contains(&person) {
        return Ok(true);
    }
    let attended =
        store::attendance(conn, panel)?.iter().any(|one| one.person_id == Some(person) && one.is_present);
    Ok(attended
        && people::roles_on(conn, scope.trust(), person, scope.today())?
            .iter()
            .any(|role| reach(role) >= Reach::Own))
}
