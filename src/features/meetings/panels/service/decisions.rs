//! Decisions: entries in versions, read by who reads the panel and sees the concern, and by their owner.

use super::super::dto::{
    PanelDecisionCorrection, PanelDecisionCreate, PanelDecisionOutcome, PanelDecisionState,
    PanelDecisionView, PanelDecisionWithdrawal,
};
use super::super::store::{self, DecisionBody, DecisionRow, PanelRow};
use super::keys::Keys;
use super::panels::{self, Made};
use super::records;
use crate::access::versions::{self, InVersions};
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::concerns;
use crate::features::people;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// A decision that the caller may read, with the keys to it.
pub struct Reached {
    pub panel: PanelRow,
    pub row: DecisionRow,
    pub keys: Keys,
    /// Only as its owner: they read what they are to do, and not what was said about it.
    pub is_own: bool,
}

/// Records a decision, and tells its owner.
pub fn decide(
    tx: &mut Tx<'_>,
    scope: &Scope,
    panel: Id,
    if_match: &IfMatch,
    input: PanelDecisionCreate,
) -> ApiResult<Made<PanelDecisionView>> {
    let (panel, made) = panels::claim(tx, scope, panel, if_match, input.concern_id)?;
    if let Some(id) = made {
        let reached = reach(tx.conn, tx.vault, scope, (panel.id, id), Action::PanelManage)?;
        return Ok(Made {
            id,
            view: view(&reached.keys, reached.row, reached.is_own)?,
            version: panel.version,
        });
    }
    let keys = Keys::named(tx, scope, &panel, input.concern_id)?;
    check_owner(tx.conn, scope, input.owner_id, input.concern_id)?;
    let id = tx.new_id();
    let body =
        DecisionBody { text: input.text, outcome: None, called_off_reason: None, correction_reason: None };
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
        body: keys.seal(DecisionRow::TABLE, input.concern_id, id, &body)?,
        number: 1,
        superseded_at: None,
        state: PanelDecisionState::Open,
        done_on: None,
    };
    row.insert(tx.conn)?;
    tell_owner(tx, scope, None, &row)?;
    records::finish(tx, &panel, "panel.decided", id, &body)?;
    Ok(Made { id, view: view(&keys, row, false)?, version: panel.version })
}

/// Records a corrected version of a decision, and tells a new owner.
pub fn correct_decision(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: PanelDecisionCorrection,
) -> ApiResult<Made<PanelDecisionView>> {
    let did = ("panel.decision-corrected", Action::PanelManage);
    supersede(tx, scope, ids, if_match, did, |tx, old, before| {
        check_owner(tx.conn, scope, input.owner_id, old.concern_id)?;
        let owner_before = old.owner_id;
        let row = DecisionRow { owner_id: input.owner_id, due_on: input.due_on, ..old };
        tell_owner(tx, scope, Some(owner_before), &row)?;
        Ok((row, DecisionBody { text: input.text, correction_reason: Some(input.reason), ..before }))
    })
}

/// What has become of a decision.
pub enum End {
    /// It was done, on a day, with this outcome.
    Done(PanelDecisionOutcome),
    /// It was called off, for this reason.
    CalledOff(PanelDecisionWithdrawal),
}

/// Says that a decision was done, or calls it off, once: whoever runs the panel, and the decision's owner.
pub fn end_decision(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    end: End,
) -> ApiResult<Made<PanelDecisionView>> {
    let did = match end {
        End::Done(_) => "panel.decision-done",
        End::CalledOff(_) => "panel.decision-called-off",
    };
    supersede(tx, scope, ids, if_match, (did, Action::PanelManage), |_, old, before| {
        match old.state {
            PanelDecisionState::Open => {}
            PanelDecisionState::Done => {
                return Err(ApiError::because(Code::Superseded, "the decision is done already"));
            }
            PanelDecisionState::CalledOff => {
                return Err(ApiError::because(Code::Superseded, "the decision was called off"));
            }
        }
        let before = DecisionBody { correction_reason: None, ..before };
        Ok(match end {
            End::Done(done) => {
                concerns::panels::check_day(scope, "/done_on", done.done_on)?;
                let row = DecisionRow { state: PanelDecisionState::Done, done_on: Some(done.done_on), ..old };
                (row, DecisionBody { outcome: Some(done.outcome), ..before })
            }
            End::CalledOff(off) => {
                let row = DecisionRow { state: PanelDecisionState::CalledOff, ..old };
                (row, DecisionBody { called_off_reason: Some(off.reason), ..before })
            }
        })
    })
}

/// Records the next version of a decision. Its version is the one that is judged, since its owner reads no other of the
/// panel; the panel's row is locked for it all the same.
fn supersede(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    (did, of_panel): (&'static str, Action),
    change: impl FnOnce(&mut Tx<'_>, DecisionRow, DecisionBody) -> ApiResult<(DecisionRow, DecisionBody)>,
) -> ApiResult<Made<PanelDecisionView>> {
    let reached = reach(tx.conn, tx.vault, scope, ids, of_panel)?;
    let Reached { panel, row: old, keys, is_own } = reached;
    if tx.replayed()?.is_some() {
        return Ok(Made { id: old.id, version: old.number.into(), view: view(&keys, old, is_own)? });
    }
    if_match.check_exact(old.number.into())?;
    let panel = panels::touch(tx, &panel, old.concern_id)?;
    let before: DecisionBody = keys.unseal(DecisionRow::TABLE, old.concern_id, old.id, &old.body)?;
    let (row, body) = change(tx, old, before)?;
    let sealed = keys.seal(DecisionRow::TABLE, row.concern_id, row.id, &body)?;
    let row = row.next(scope.person(), tx.now(), sealed);
    row.replace(tx.conn)?;
    records::finish(tx, &panel, did, row.id, &body)?;
    Ok(Made { id: row.id, version: row.number.into(), view: view(&keys, row, is_own)? })
}

/// One decision, in the version that holds.
pub fn get_decision(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
) -> ApiResult<Made<PanelDecisionView>> {
    let Reached { row, keys, is_own, .. } = reach(conn, vault, scope, ids, Action::PanelRead)?;
    Ok(Made { id: row.id, version: row.number.into(), view: view(&keys, row, is_own)? })
}

/// A page of the decisions that the caller may read, as they stood at a moment, the oldest first.
pub fn list_decisions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<PanelDecisionView>> {
    let panel = store::load(conn, scope, panel)?;
    let mut rows: Vec<DecisionRow> = records::at(conn, &panel, as_of)?;
    let keys = Keys::open(vault, conn, scope, &panel, rows.iter().filter_map(|row| row.concern_id))?;
    let now: Vec<DecisionRow> = records::at(conn, &panel, None)?;
    let keys = keys.with_owned(vault, conn, scope, &now)?;
    rows.retain(|row| {
        let is_still_theirs = || now.iter().any(|one| one.id == row.id && keys.shows(scope, one));
        keys.sees(row.concern_id) || (keys.shows(scope, row) && is_still_theirs())
    });
    records::page(rows, paging, |row| view(&keys, row, false))
}

/// A page of the versions of a decision, for who reads the panel and sees the concern: what another owner was to do is
/// not the present one's.
pub fn decision_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (panel, decision): (Id, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<PanelDecisionView>> {
    let panel = store::load(conn, scope, panel)?;
    let row = DecisionRow::newest(conn, &panel, decision)?;
    let keys = Keys::open(vault, conn, scope, &panel, row.concern_id.into_iter())?;
    if !keys.sees(row.concern_id) {
        return Err(ApiError::not_found());
    }
    versions::page_of_versions(conn, (&panel, decision), as_of, paging, |row| view(&keys, row, false))
}

/// A decision of a panel that the caller reaches under an action and about no concern that they do not see, or one of
/// their own, to read it or to say what became of it; 404 otherwise. Whoever has a conflict of interest in its concern does not find it, whatever they own.
fn reach(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (panel, decision): (Id, Id),
    of_panel: Action,
) -> ApiResult<Reached> {
    if let Ok(working) = scope.under(of_panel)
        && let Some(panel) = found(store::load(conn, &working, panel))?
    {
        let row = DecisionRow::newest(conn, &panel, decision)?;
        let keys = Keys::open(vault, conn, scope, &panel, row.concern_id.into_iter())?;
        if keys.sees(row.concern_id) {
            return Ok(Reached { panel, row, keys, is_own: false });
        }
    }
    if !matches!(scope.action(), Action::PanelReadDecision | Action::PanelSettleDecision) {
        return Err(ApiError::not_found());
    }
    let panel = store::panel_of(conn, scope.trust(), panel)?;
    let row = DecisionRow::newest(conn, &panel, decision)?;
    let is_within_key = scope.key_schools().is_none_or(|schools| schools.contains(&panel.school_id));
    let keys = Keys::open(vault, conn, scope, &panel, std::iter::empty())?;
    let keys = keys.with_owned(vault, conn, scope, std::slice::from_ref(&row))?;
    if !is_within_key || Some(row.owner_id) != scope.person() || !keys.shows(scope, &row) {
        return Err(ApiError::not_found());
    }
    scope.reached("own", Some(panel.school_id));
    Ok(Reached { panel, row, keys, is_own: true })
}

fn found<T>(result: ApiResult<T>) -> ApiResult<Option<T>> {
    match result {
        Err(error) if error.code == Code::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// The owner is a person of the trust, without a conflict of interest in the concern.
fn check_owner(conn: &mut Conn, scope: &Scope, owner: Id, concern: Option<Id>) -> ApiResult<()> {
    if !people::person_exists(conn, scope.trust(), owner)? {
        return Err(ApiError::rule("/owner_id", "unknown_reference", "not a person of the trust"));
    }
    match concern {
        Some(concern) if concerns::panels::is_linked(conn, scope.trust(), concern, owner)? => {
            Err(ApiError::of(Code::ConflictOfInterest))
        }
        _ => Ok(()),
    }
}

/// A new owner is told; not the one who gives themselves the decision.
fn tell_owner(tx: &mut Tx<'_>, scope: &Scope, before: Option<Id>, row: &DecisionRow) -> ApiResult<()> {
    let is_new = Some(row.owner_id) != before && Some(row.owner_id) != scope.person();
    let owner: Vec<Id> = Some(row.owner_id).filter(|_| is_new).into_iter().collect();
    let now = tx.now();
    notify(tx.conn, row.trust_id, &owner, NotificationKind::PanelDecisionAssigned, row.id, now)
}

fn view(keys: &Keys, row: DecisionRow, is_own: bool) -> ApiResult<PanelDecisionView> {
    let is_told = !is_own && keys.sees(row.concern_id);
    let body: DecisionBody = keys.unseal(DecisionRow::TABLE, row.concern_id, row.id, &row.body)?;
    Ok(PanelDecisionView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        concern_id: row.concern_id.filter(|concern| keys.sees(Some(*concern))),
        text: body.text,
        owner_id: row.owner_id,
        due_on: row.due_on,
        state: row.state,
        done_on: row.done_on,
        outcome: body.outcome,
        called_off_reason: body.called_off_reason,
        author_id: row.author_id.filter(|_| is_told),
        recorded_at: row.recorded_at,
        correction_reason: body.correction_reason.filter(|_| is_told),
    })
}
