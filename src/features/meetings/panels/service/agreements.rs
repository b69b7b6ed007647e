//! What attendees answer: each for themself, and nobody for another.

use std::collections::BTreeSet;

use super::super::dto::{AgreementCreate, AgreementView};
use super::super::rules::{self, Answer, Attendee, Matter, PanelRole};
use super::super::store::{self, AnswerBody, AnswerRow, AttendanceRow, PanelRow};
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::concerns::{self, CaseKey, panels::OnAgenda};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// Records the caller's answer. The concern's row is locked first, then the panel's: closing takes them in the same
/// order, so an answer comes before a closure and counts, or after it and is refused.
pub fn answer(tx: &mut Tx<'_>, scope: &Scope, panel: Id, input: AgreementCreate) -> ApiResult<AgreementView> {
    let found = store::load(tx.conn, scope, panel)?;
    let person = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    if let Some(id) = tx.replayed()? {
        return answered(tx, scope, &found, id);
    }
    let concern = concerns::panels::lock_for_answer(tx, scope, input.concern_id)?;
    let panel = store::lock(tx.conn, &found)?;
    let attendees = attendees(tx.conn, &panel)?;
    let has_vote = |one: &&Attendee| one.person == Some(person) && one.is_present && one.role.has_vote();
    if !attendees.iter().any(|one| has_vote(&one)) {
        return Err(ApiError::of(Code::NotAsked));
    }
    refuse_not_in_session(tx.conn, &panel)?;
    let concern = asked_on(tx.conn, scope, &panel, &attendees, concern)?;
    concerns::panels::check_seen(&concern, input.concern_version)?;
    let id = tx.new_id();
    let key = concern.key(tx.conn, tx.vault)?;
    let body = AnswerBody { comment: input.comment };
    let before = store::answers(tx.conn, &panel, Some(concern.id()))?;
    let row = AnswerRow {
        trust_id: panel.trust_id,
        id,
        panel_id: panel.id,
        concern_id: concern.id(),
        round: concern.round(),
        person_id: person,
        number: number_after(&before, person),
        answer: input.answer,
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal("panel_agreements", id, &body)?,
    };
    store::insert_answer(tx.conn, &row)?;
    let voters = rules::voters(&attendees, &matter(tx.conn, scope, &panel, &concern)?);
    ask_others(tx, scope, voters, &concern, &before, person)?;
    tx.created(id);
    let content = concerns::committed(&(row.answer, &body))?;
    tx.did_with("concern.closure-answered", "concern", concern.id(), Some(panel.school_id), Some(&content))?;
    concerns::panels::settle_answer(tx, concern)?;
    view(&key, row)
}

/// An answer that was given before, as far as the caller may see it by now.
fn answered(tx: &mut Tx<'_>, scope: &Scope, panel: &PanelRow, id: Id) -> ApiResult<AgreementView> {
    let row = store::answer(tx.conn, panel, id)?;
    let concern = concerns::panels::on_agenda(tx.conn, scope.trust(), &[row.concern_id])?;
    let concern = concern.first().ok_or_else(ApiError::not_found)?;
    let matter = matter(tx.conn, scope, panel, concern)?;
    let is_seen =
        concerns::panels::seen_in_full(tx.conn, scope, &[row.concern_id])?.contains_key(&concern.id());
    if !is_seen && !is_own(scope, &attendees(tx.conn, panel)?, &matter, &row) {
        return Err(ApiError::not_found());
    }
    view(&concern.key(tx.conn, tx.vault)?, row)
}

/// Whether an answer is the caller's, on a concern that is open to them.
fn is_own(scope: &Scope, attendees: &[Attendee], matter: &Matter, row: &AnswerRow) -> bool {
    let attendee = attendees.iter().find(|one| one.person == Some(row.person_id));
    Some(row.person_id) == scope.person()
        && !matter.linked.contains(&row.person_id)
        && attendee.is_some_and(|one| matter.is_open_to(one.role))
}

/// Who is there now.
pub fn attendees(conn: &mut Conn, panel: &PanelRow) -> ApiResult<Vec<Attendee>> {
    Ok(store::attendance(conn, panel)?.iter().map(AttendanceRow::attendee).collect())
}

/// What matters of a concern in a panel.
pub fn matter(conn: &mut Conn, scope: &Scope, panel: &PanelRow, concern: &OnAgenda) -> ApiResult<Matter> {
    Ok(Matter {
        is_elsewhere: concern.school() != panel.school_id,
        is_restricted: concern.is_restricted(),
        linked: concern.linked(conn)?,
        deputy: concern.deputy(conn, scope)?,
    })
}

fn refuse_not_in_session(conn: &mut Conn, panel: &PanelRow) -> ApiResult<()> {
    if panel.held_at.is_none() {
        return Err(ApiError::of(Code::PanelNotHeld));
    }
    if store::has_later(conn, panel)? {
        return Err(ApiError::of(Code::PanelOver));
    }
    Ok(())
}

/// The concern, where the caller is asked on it. Whoever has a conflict of interest in it, and whoever asks about a
/// concern that was not on the agenda or does not exist, gets the same answer.
fn asked_on(
    conn: &mut Conn,
    scope: &Scope,
    panel: &PanelRow,
    attendees: &[Attendee],
    concern: Option<OnAgenda>,
) -> ApiResult<OnAgenda> {
    let unknown = || {
        let words = "not a concern on the agenda on which you are asked";
        ApiError::rule("/concern_id", "unknown_reference", words)
    };
    let concern = concern.ok_or_else(unknown)?;
    if !store::has_item(conn, panel, concern.id())? {
        return Err(unknown());
    }
    let matter = matter(conn, scope, panel, &concern)?;
    let is_asked =
        rules::voters(attendees, &matter).iter().any(|(person, _)| Some(*person) == scope.person());
    if is_asked { Ok(concern) } else { Err(unknown()) }
}

fn number_after(before: &[AnswerRow], person: Id) -> i32 {
    let last = before.iter().filter(|row| row.person_id == person).map(|row| row.number).max();
    last.unwrap_or_default() + 1
}

/// Whoever answers first proposes the closing: the others who are asked hear of it.
fn ask_others(
    tx: &mut Tx<'_>,
    scope: &Scope,
    voters: Vec<(Id, PanelRole)>,
    concern: &OnAgenda,
    before: &[AnswerRow],
    person: Id,
) -> ApiResult<()> {
    if before.iter().any(|row| row.superseded_at.is_none()) {
        return Ok(());
    }
    let others: Vec<Id> =
        voters.into_iter().map(|(voter, _)| voter).filter(|voter| *voter != person).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &others, NotificationKind::AgreementAsked, concern.id(), now)
}

/// A page of answers on the concerns that the caller sees in full, and of the caller's own; also those that no longer
/// stand, the oldest first.
pub fn list_answers(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    panel: Id,
    concern: Option<Id>,
    paging: &Paging,
) -> ApiResult<Page<AgreementView>> {
    let panel = store::load(conn, scope, panel)?;
    let after = paging.after_id()?;
    let rows = store::answers(conn, &panel, concern)?;
    let about: Vec<Id> = rows.iter().map(|row| row.concern_id).collect::<BTreeSet<_>>().into_iter().collect();
    let seen = concerns::panels::seen_in_full(conn, scope, &about)?;
    let attendees = attendees(conn, &panel)?;
    let mut views = Vec::new();
    for concern in concerns::panels::on_agenda(conn, scope.trust(), &about)? {
        let is_seen = seen.contains_key(&concern.id());
        let matter = matter(conn, scope, &panel, &concern)?;
        let is_shown = |row: &&AnswerRow| {
            row.concern_id == concern.id() && (is_seen || is_own(scope, &attendees, &matter, row))
        };
        let key = concern.key(conn, vault)?;
        let shown = rows.iter().filter(is_shown);
        views.extend(shown.map(|row| view(&key, row.clone())).collect::<ApiResult<Vec<_>>>()?);
    }
    let count = i64::try_from(views.len()).unwrap_or(i64::MAX);
    views.retain(|view| after.is_none_or(|after| view.id > after));
    views.sort_by_key(|view| view.id);
    views.truncate(paging.limit() + 1);
    let page = paging.page(views, |view| Cursor::id(view.id), |view| view);
    Ok(page.with_count(paging.wants_count().then_some(count)))
}

fn view(key: &CaseKey, row: AnswerRow) -> ApiResult<AgreementView> {
    let body: AnswerBody = key.unseal("panel_agreements", row.id, &row.body)?;
    Ok(AgreementView {
        id: row.id,
        concern_id: row.concern_id,
        round: row.round,
        person_id: row.person_id,
        number: row.number,
        answer: row.answer,
        comment: body.comment,
        recorded_at: row.recorded_at,
        lapsed_at: row.superseded_at,
    })
}

/// The answers on a concern that stand, by attendee.
pub fn standing(
    conn: &mut Conn,
    panel: &PanelRow,
    concern: Id,
) -> ApiResult<std::collections::BTreeMap<Id, Answer>> {
    let rows = store::answers(conn, panel, Some(concern))?;
    Ok(rows
        .into_iter()
        .filter(|row| row.superseded_at.is_none())
        .map(|row| (row.person_id, row.answer))
        .collect())
}
