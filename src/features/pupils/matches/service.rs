//! Use cases of matches.

use std::collections::HashMap;

use super::super::enrolments;
use super::super::store::{self as pupils, PupilRow};
use super::dto::{PupilMatchFilter, PupilMatchState, PupilMatchView};
use super::merge;
use super::store::{self, MatchRow};
use crate::access::{Role, Scope, Tx};
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
    let mut told = Vec::new();
    for place in enrolments::schools_of(tx.conn, scope.trust(), pupil, scope.today())? {
        let leads = [Role::Dsl, Role::DeputyDsl];
        told.extend(people::holders(tx.conn, scope.trust(), &leads, Some(place), scope.today())?);
    }
    notify(tx.conn, scope.trust(), &told, NotificationKind::PupilMatched, row.id, scope.now())
}

/// Ends what a record claims, since its number was taken back or changed.
pub fn withdraw(tx: &mut Tx<'_>, scope: &Scope, claiming: Id) -> ApiResult<()> {
    for row in store::open_of(tx.conn, scope.trust(), claiming)? {
        store::update(tx.conn, &settled(row, scope, PupilMatchState::Withdrawn))?;
    }
    Ok(())
}

/// The pupil into whom a record has gone.
pub fn became(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Option<Id>> {
    store::became(conn, scope.trust(), id)
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
    if !merge::is_possible(tx.conn, &old)? {
        return Err(ApiError::because(
            Code::StateConflict,
            "the two records say different things of the same days: put the pupil's characteristics right first",
        ));
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

/// Settles what waits for a pupil who has left every school, where the day of birth is the same: nobody is left who
/// could be told more than they should. What stands in the way waits for a person.
pub fn settle_after_leaving(tx: &mut Tx<'_>, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let waiting = store::open_with(tx.conn, scope.trust(), pupil)?;
    if waiting.is_empty() || !enrolments::schools_of(tx.conn, scope.trust(), pupil, scope.today())?.is_empty()
    {
        return Ok(());
    }
    for row in waiting {
        let both = pupils::named(tx.conn, scope.trust(), &[row.claiming_id, pupil])?;
        let same = matches!(both.as_slice(), [one, other] if one.birth_date == other.birth_date);
        if same && merge::is_possible(tx.conn, &row)? {
            settle_as_one(tx, scope, row)?;
        }
    }
    Ok(())
}

/// An open match in scope, its version judged and both records held; none where the request was carried out before.
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

fn settle_as_one(tx: &mut Tx<'_>, scope: &Scope, old: MatchRow) -> ApiResult<()> {
    let mut both = [old.claiming_id, old.pupil_id];
    both.sort_unstable();
    both.into_iter().try_for_each(|pupil| pupils::lock(tx.conn, old.trust_id, pupil))?;
    let place = enrolments::schools_of(tx.conn, scope.trust(), old.pupil_id, scope.today())?.first().copied();
    let row = settled(old, scope, PupilMatchState::Confirmed);
    store::update(tx.conn, &row)?;
    tx.did("pupil-match.confirmed", "pupil_match", row.id, place)?;
    merge::carry_out(tx, scope, &row)
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
