//! Use cases of matches.

use std::collections::{BTreeSet, HashMap};

use super::super::store::{self as pupils, PupilRow};
use super::super::{Upn, conflicts, enrolments};
use super::dto::{PupilMatchFilter, PupilMatchState, PupilMatchView};
use super::merge;
use super::store::{self, MatchRow};
use crate::access::{Action, Role, Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Notes that a new record may be about a pupil who is known, and tells the leads of the schools that have the pupil.
/// Neither an audit entry nor an event says so: the school that made the record could read them.
pub fn open(tx: &mut Tx<'_>, scope: &Scope, claiming: Id, pupil: Id, school: Id) -> ApiResult<()> {
    let row = MatchRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        claiming_id: claiming,
        pupil_id: pupil,
        school_id: school,
        state: PupilMatchState::Open,
        settled_at: None,
        settled_by: None,
        version: 1,
        created_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    let told = told(tx.conn, scope, pupil)?;
    notify(tx.conn, scope.trust(), &told, NotificationKind::PupilMatched, row.id, scope.now())
}

/// Who is asked about a pupil: the leads of the schools that have the pupil, or had last where none has; where nobody is
/// one, the trust's lead. Whoever has a conflict of interest with the pupil is not.
fn told(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<Id>> {
    let (trust, today) = (scope.trust(), scope.today());
    let mut told = Vec::new();
    for place in enrolments::schools_now_or_last(conn, trust, pupil, today)? {
        told.extend(people::holders(conn, trust, &[Role::Dsl, Role::DeputyDsl], Some(place), today)?);
    }
    let linked = conflicts::persons_with(conn, trust, pupil)?;
    told.retain(|person| !linked.contains(person));
    if told.is_empty() {
        told = people::holders(conn, trust, &[Role::TrustSafeguardingLead], None, today)?;
        told.retain(|person| !linked.contains(person));
    }
    Ok(told)
}

/// What waits for the caller to settle it, for their list of tasks.
pub fn to_settle(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    match scope.under(Action::PupilSettleMatch) {
        Ok(settling) => store::to_settle(conn, &settling),
        Err(_) => Ok(Vec::new()),
    }
}

/// A pupil's number is another one now. The record that claimed the old one first holds it from now on, and what else
/// claims it may be about that one's child. Nobody's record shows it: each has the number that it had.
pub fn pass_on(tx: &mut Tx<'_>, scope: &Scope, holder: Id, upn: &Upn) -> ApiResult<()> {
    let trust = scope.trust();
    let claiming: Vec<Id> =
        pupils::claiming(tx.conn, trust, upn)?.into_iter().filter(|id| *id != holder).collect();
    let waiting = store::newest_of(tx.conn, trust, &claiming)?;
    let Some((first, others)) = waiting.split_first() else { return Ok(()) };
    withdraw(tx, scope, first.claiming_id)?;
    pupils::hold_what_is_claimed(tx.conn, trust, first.claiming_id)?;
    for other in others {
        withdraw(tx, scope, other.claiming_id)?;
        open(tx, scope, other.claiming_id, first.claiming_id, other.school_id)?;
    }
    Ok(())
}

/// Ends what a record claims, since its number was taken back or changed.
pub fn withdraw(tx: &mut Tx<'_>, scope: &Scope, claiming: Id) -> ApiResult<()> {
    for row in store::open_of(tx.conn, scope.trust(), claiming)? {
        store::update(tx.conn, &settled(row, scope, PupilMatchState::Withdrawn))?;
    }
    Ok(())
}

/// The record in which a pupil stands today: the one into which this has gone, else this itself, there or not. Nothing
/// is said of who may know of it.
pub fn present(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Id> {
    Ok(store::became(conn, trust, &[id])?.remove(&id).unwrap_or(id))
}

/// The same of several, in their order.
pub fn all_present(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<Id>> {
    let became = store::became(conn, trust, ids)?;
    Ok(ids.iter().map(|id| became.get(id).copied().unwrap_or(*id)).collect())
}

/// One match.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PupilMatchView> {
    let row = store::get(conn, scope, id)?;
    view(conn, row)
}

/// A page of matches.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &PupilMatchFilter,
    paging: &Paging,
) -> ApiResult<Page<PupilMatchView>> {
    let rows = store::list(conn, scope, filter.state, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter.state)).transpose()?;
    let views = rows.into_iter().map(|row| view(conn, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The two are one child: everything that belongs to the new record belongs to the pupil's from now on.
pub fn confirm(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<PupilMatchView> {
    let Some(old) = claim(tx, scope, id, if_match)? else { return get(tx.conn, scope, id) };
    hold_pupils(tx.conn, old.trust_id, [old.claiming_id, old.pupil_id])?;
    if let Some(obstacle) = merge::obstacle(tx.conn, tx.vault, &old)? {
        return Err(ApiError::because(Code::RecordsDiffer, obstacle));
    }
    settle_as_one(tx, scope, old)?;
    tx.created(id);
    get(tx.conn, scope, id)
}

/// The two are different children.
pub fn refuse(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<PupilMatchView> {
    let Some(old) = claim(tx, scope, id, if_match)? else { return get(tx.conn, scope, id) };
    let place = enrolments::schools_of(tx.conn, scope.trust(), old.pupil_id, scope.today())?.first().copied();
    let row = settled(old, scope, PupilMatchState::Refused);
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did("pupil-match.refused", "pupil_match", id, place)?;
    view(tx.conn, row)
}

/// Holds a pupil and the records that may be about the same child until the transaction ends, in the order in which
/// everybody takes them: for a change after which they may become one.
pub fn hold(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<()> {
    let waiting = store::open_with(conn, trust, pupil)?;
    hold_pupils(conn, trust, waiting.iter().map(|row| row.claiming_id).chain([pupil]))
}

fn hold_pupils(conn: &mut Conn, trust: Id, pupils: impl IntoIterator<Item = Id>) -> ApiResult<()> {
    let ordered: BTreeSet<Id> = pupils.into_iter().collect();
    ordered.into_iter().try_for_each(|pupil| pupils::lock(conn, trust, pupil))
}

/// Settles what waits for a pupil who has left every school, where the day of birth is the same: nobody is left who
/// could be told more than they should. What stands in the way waits for a person.
pub fn settle_after_leaving(tx: &mut Tx<'_>, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let waiting = store::open_with(tx.conn, scope.trust(), pupil)?;
    if waiting.is_empty() || !enrolments::schools_of(tx.conn, scope.trust(), pupil, scope.today())?.is_empty()
    {
        return Ok(());
    }
    for row in waiting {
        hold_pupils(tx.conn, row.trust_id, [row.claiming_id, pupil])?;
        let both = pupils::named(tx.conn, scope.trust(), &[row.claiming_id, pupil])?;
        let same = matches!(both.as_slice(), [one, other] if one.birth_date == other.birth_date);
        if same && merge::obstacle(tx.conn, tx.vault, &row)?.is_none() {
            settle_as_one(tx, scope, row)?;
        }
    }
    Ok(())
}

/// An open match in scope, its version judged; none where the request was carried out before.
fn claim(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<Option<MatchRow>> {
    let old = store::get(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return Ok(None);
    }
    if_match.check_exact(old.version)?;
    if old.state != PupilMatchState::Open {
        return Err(ApiError::because(Code::StateConflict, "the match is settled"));
    }
    Ok(Some(old))
}

/// Both records are held.
fn settle_as_one(tx: &mut Tx<'_>, scope: &Scope, old: MatchRow) -> ApiResult<()> {
    let place = enrolments::schools_of(tx.conn, scope.trust(), old.pupil_id, scope.today())?.first().copied();
    let row = settled(old, scope, PupilMatchState::Confirmed);
    store::update(tx.conn, &row)?;
    tx.did("pupil-match.confirmed", "pupil_match", row.id, place)?;
    merge::carry_out(tx, scope, &row, place)
}

fn settled(old: MatchRow, scope: &Scope, state: PupilMatchState) -> MatchRow {
    MatchRow {
        state,
        settled_at: Some(scope.now()),
        settled_by: Some(scope.principal().to_owned()),
        version: old.version + 1,
        ..old
    }
}

fn view(conn: &mut Conn, row: MatchRow) -> ApiResult<PupilMatchView> {
    let shown = row.state == PupilMatchState::Open;
    let named = if shown { pupils::named(conn, row.trust_id, &[row.claiming_id])? } else { Vec::new() };
    let sent: HashMap<Id, PupilRow> = named.into_iter().map(|pupil| (pupil.id, pupil)).collect();
    let sent = sent.get(&row.claiming_id);
    let starts_on = match sent {
        Some(_) => enrolments::latest_start(conn, row.trust_id, row.claiming_id)?,
        None => None,
    };
    Ok(PupilMatchView {
        id: row.id,
        pupil_id: row.pupil_id,
        school_id: row.school_id,
        state: row.state,
        given_name: sent.map(|pupil| pupil.given_name.clone()),
        family_name: sent.map(|pupil| pupil.family_name.clone()),
        birth_date: sent.map(|pupil| pupil.birth_date),
        starts_on,
        created_at: row.created_at,
        settled_at: row.settled_at,
        version: row.version,
    })
}
