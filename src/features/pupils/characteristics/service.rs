//! Use cases of characteristics.

use super::super::rules::Period;
use super::super::{conflicts, enrolments, matches, store as pupils};
use super::dto::{CharacteristicCreate, CharacteristicFilter, CharacteristicPatch, CharacteristicView};
use super::rules::{self, Follows};
use super::store::{self, CharacteristicRow, Sight, Window};
use crate::access::{Action, Scope, Tx, Versioned};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// What the caller may know of a pupil whom a school within reach has.
fn window(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Window> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    pupils::get_current(conn, scope, pupil)?;
    let look = |sight| Window { trust: scope.trust(), pupil, sight };
    let Some(person) = scope.person() else { return Ok(look(Sight::Plain)) };
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Ok(look(Sight::Nothing));
    }
    let schools = enrolments::of_pupils(conn, scope, &[pupil])?;
    let is_open = |known: &&enrolments::EnrolmentView| known.ends_on.is_none_or(|end| end >= scope.today());
    let covers = |school: Id| scope.also_covers(Action::PupilReadProtected, school);
    let whole = scope.also_covers_trust(Action::PupilReadProtected)
        || schools.iter().filter(is_open).any(|known| covers(known.school_id));
    Ok(look(if whole { Sight::Whole } else { Sight::Plain }))
}

/// The school at which the caller works on a pupil: one within reach that has the pupil today.
fn place(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Option<Id>> {
    let known = enrolments::of_pupils(conn, scope, &[pupil])?;
    let is_open = |known: &&enrolments::EnrolmentView| known.ends_on.is_none_or(|end| end >= scope.today());
    let here = |known: &&enrolments::EnrolmentView| scope.extent().covers(known.school_id);
    Ok(known.iter().filter(is_open).find(here).map(|known| known.school_id))
}

/// One characteristic.
pub fn get(conn: &mut Conn, vault: &Vault, scope: &Scope, pupil: Id, id: Id) -> ApiResult<CharacteristicRow> {
    let window = window(conn, scope, pupil)?;
    store::get(conn, vault, window, id)
}

/// A page of a pupil's characteristics.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &CharacteristicFilter,
    paging: &Paging,
) -> ApiResult<Page<CharacteristicView>> {
    let window = window(conn, scope, pupil)?;
    let rows = store::list(conn, vault, window, filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, window, filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), CharacteristicView::from).with_count(count))
}

/// Records a value; an open one of the same kind that began earlier ends on the day before.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: CharacteristicCreate,
) -> ApiResult<CharacteristicRow> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let window = window(tx.conn, scope, pupil)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, tx.vault, window, id);
    }
    match window.sight {
        Sight::Nothing => return Err(ApiError::of(Code::ConflictOfInterest)),
        Sight::Plain if input.kind.is_protected() => {
            return Err(ApiError::rule("/kind", "not_allowed", "your roles do not allow this kind"));
        }
        _ => {}
    }
    let row = CharacteristicRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        pupil_id: pupil,
        kind: input.kind,
        value: input.value,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    pupils::lock(tx.conn, row.trust_id, pupil)?;
    let school = place(tx.conn, scope, pupil)?;
    make_room(tx, &row, school)?;
    store::insert(tx, &row)?;
    tx.created(row.id);
    tx.did("characteristic.created", "characteristic", row.id, school)?;
    Ok(row)
}

/// Ends the value that a new one follows, and refuses one that would hold beside another.
fn make_room(tx: &mut Tx<'_>, row: &CharacteristicRow, school: Option<Id>) -> ApiResult<()> {
    let others = store::others(tx.conn, tx.vault, row)?;
    let periods: Vec<(Id, Period)> = others.iter().map(|other| (other.id, other.period())).collect();
    let open = match rules::follow(&periods, row.period()) {
        Follows::Freely => return Ok(()),
        Follows::Overlapping => return Err(overlap()),
        Follows::Closing(id) => others.into_iter().find(|other| other.id == id),
    };
    let Some(open) = open else { return Ok(()) };
    let closed = CharacteristicRow {
        ends_on: Some(row.starts_on.plus_days(-1)),
        version: open.version + 1,
        updated_at: tx.now(),
        ..open
    };
    store::update(tx, &closed)?;
    tx.did("characteristic.changed", "characteristic", closed.id, school)
}

/// Puts a value or its days right.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    patch: CharacteristicPatch,
) -> ApiResult<CharacteristicRow> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let old = get(tx.conn, tx.vault, scope, pupil, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let row = CharacteristicRow {
        value: patch.value.unwrap_or(old.value),
        starts_on: patch.starts_on.unwrap_or(old.starts_on),
        ends_on: patch.ends_on.apply(old.ends_on),
        ..old
    };
    if !row.period().is_ordered() {
        return Err(ApiError::rule("/ends_on", "range", "must not be before starts_on"));
    }
    if !row.kind.takes(&row.value) {
        return Err(ApiError::rule("/value", "not_allowed", "not a value of this kind"));
    }
    pupils::lock(tx.conn, row.trust_id, pupil)?;
    if store::others(tx.conn, tx.vault, &row)?.iter().any(|other| other.period().overlaps(row.period())) {
        return Err(overlap());
    }
    let school = place(tx.conn, scope, pupil)?;
    let Some(row) = tx.renew(&before, row) else {
        tx.showed("characteristic", id, school)?;
        return Ok(before);
    };
    store::update(tx, &row)?;
    tx.did("characteristic.changed", "characteristic", id, school)?;
    Ok(row)
}

fn overlap() -> ApiError {
    ApiError::because(Code::StateConflict, "another value of this kind holds in that time")
}

/// Whether two pupils' values could stand in one record: none of one kind differs on one day.
pub fn agree(conn: &mut Conn, vault: &Vault, trust: Id, one: Id, other: Id) -> ApiResult<bool> {
    let theirs = store::all_of(conn, vault, trust, other)?;
    let differ = |row: &CharacteristicRow| theirs.iter().any(|own| row.meets(own) && own.value != row.value);
    Ok(!store::all_of(conn, vault, trust, one)?.iter().any(differ))
}

/// Gives one pupil's values to another, with whom they agree: every day says afterwards what it said before. What both
/// say of a day stands once; of a value that both say in part, the part that only this one says.
pub fn hand_over(tx: &mut Tx<'_>, from: Id, to: Id, school: Id) -> ApiResult<()> {
    let trust = tx.trust();
    let theirs = store::all_of(tx.conn, tx.vault, trust, to)?;
    for row in store::all_of(tx.conn, tx.vault, trust, from)? {
        let said = theirs.iter().filter(|own| row.meets(own)).map(CharacteristicRow::period);
        let mut parts = row.period().without(said).into_iter();
        let Some(first) = parts.next() else {
            store::delete(tx.conn, &row)?;
            tx.did("characteristic.joined", "characteristic", row.id, Some(school))?;
            continue;
        };
        let given = row.clone().renewed(tx.now()).of(to, first);
        store::give(tx, &given)?;
        tx.did("characteristic.changed", "characteristic", row.id, Some(school))?;
        for part in parts {
            let new =
                CharacteristicRow { id: tx.new_id(), version: 1, created_at: tx.now(), ..given.clone() };
            store::insert(tx, &new.of(to, part))?;
        }
    }
    Ok(())
}

impl CharacteristicRow {
    fn of(self, pupil: Id, period: Period) -> Self {
        Self { pupil_id: pupil, starts_on: period.starts_on, ends_on: period.ends_on, ..self }
    }
}
