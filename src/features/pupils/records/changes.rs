//! How records are made, corrected and withdrawn.

use super::super::case::{self, PupilKey, committed};
use super::reading::{Opened, find, find_entry};
use super::store::{self, RecordRow};
use super::{RecordBody, RecordClass, TABLE};
use crate::access::{Action, Scope, Tx, refer};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::Cases;
use crate::http::IfMatch;
use crate::ids::Id;
use crate::text::Text;

/// What is known of a record beside its text when it is made.
#[derive(Clone, Copy, Debug)]
pub struct New {
    pub class: RecordClass,
    pub pupil: Id,
    pub school: Id,
    pub parent: Option<Id>,
    pub concern: Option<Id>,
    pub family: Option<Id>,
    pub owner: Option<Id>,
    pub happened_on: Date,
    pub due_on: Option<Date>,
}

impl New {
    /// Of a pupil at a school, on a day.
    pub const fn of(class: RecordClass, pupil: Id, school: Id, happened_on: Date) -> Self {
        let (parent, concern, family, owner, due_on) = (None, None, None, None, None);
        Self { class, pupil, school, parent, concern, family, owner, happened_on, due_on }
    }
}

/// A record whose next version is being written.
pub struct Begun<B> {
    /// The version that holds.
    pub row: RecordRow,
    /// Its text.
    pub body: B,
    /// The key of the pupil, who stays locked until the transaction ends.
    pub key: PupilKey,
}

/// The school for which somebody records something about a pupil whom they name in a body: 409 at the field where no
/// school within reach has the pupil, or where they have a conflict of interest with them.
pub fn school_of(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Id> {
    match case::recording_school(conn, scope, pupil) {
        Err(error) if matches!(error.code, Code::NotFound | Code::StateConflict) => {
            Err(refer::unknown("/pupil_id"))
        }
        other => other,
    }
}

/// Refuses a concern that is not about the pupil, or that the caller does not read in full: 409 at the field.
pub fn check_concern(conn: &mut Conn, scope: &Scope, pupil: Id, concern: Option<Id>) -> ApiResult<()> {
    let Some(concern) = concern else { return Ok(()) };
    if let Ok(reading) = scope.under(Action::ConcernRead).map(Scope::without_glass)
        && Cases::about(conn, &reading, pupil)?.school(concern).is_some()
    {
        return Ok(());
    }
    Err(refer::unknown("/concern_id"))
}

/// Records something new.
pub fn add<B: RecordBody>(tx: &mut Tx<'_>, scope: &Scope, new: New, body: &B) -> ApiResult<Id> {
    let key = PupilKey::lock(tx, new.pupil)?;
    let id = tx.new_id();
    let row = RecordRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        class: new.class,
        pupil_id: new.pupil,
        school_id: new.school,
        parent_id: new.parent,
        concern_id: new.concern,
        family_id: new.family,
        owner_id: new.owner,
        opened_by: scope.person(),
        happened_on: new.happened_on,
        due_on: new.due_on,
        ended_on: None,
        withdrawn: false,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, id, body)?,
    };
    store::insert(tx.conn, &row)?;
    tx.created(id);
    tx.did_with(B::DONE.recorded, B::CLASS, id, Some(new.school), Some(&committed(body)?))?;
    Ok(id)
}

/// Begins the next version of a record: found in scope, then whether this request was carried out before, then its
/// version; none for a repetition. A school that the pupil has left for another one changes nothing, nor does anybody who
/// is named in it.
pub fn begin<B: RecordBody>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
) -> ApiResult<Option<Begun<B>>> {
    let found = find::<B>(tx.conn, scope, id, None)?;
    let (is_own, has_moved_on) = (found.is_own(), found.sight.former.is_some());
    let begun = opened_for(tx, found.row, if_match)?;
    if begun.is_some() && is_own {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    if begun.is_some() && has_moved_on {
        return Err(ApiError::because(
            Code::StateConflict,
            "the school that had the pupil last changes the record",
        ));
    }
    Ok(begun)
}

/// The same of an entry of a record of the class of `P`.
pub fn begin_entry<P: RecordBody, B: RecordBody>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (parent, id): (Id, Id),
    if_match: &IfMatch,
) -> ApiResult<Option<Begun<B>>> {
    let row = find_entry::<P>(tx.conn, scope, (parent, id), None)?;
    let parent = parent_of::<P>(tx.conn, scope, parent)?;
    let begun = opened_for(tx, row, if_match)?;
    if begun.is_some() {
        parent.refuse_closed()?;
    }
    Ok(begun)
}

/// A record to which something is added.
pub struct Parent {
    /// The version that the caller sees.
    pub row: RecordRow,
    has_moved_on: bool,
}

impl Parent {
    /// Refuses to add to what has ended, or what the school that has the pupil now adds to.
    pub fn refuse_closed(&self) -> ApiResult<()> {
        let sentence = if self.has_moved_on {
            "the school that had the pupil last changes the record"
        } else if self.row.ended_on.is_some() || self.row.withdrawn {
            "the record has ended"
        } else {
            return Ok(());
        };
        Err(ApiError::because(Code::StateConflict, sentence))
    }
}

/// A record of the class of `P` in scope, to which something is to be added.
pub fn parent_of<P: RecordBody>(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Parent> {
    let found = find::<P>(conn, scope, id, None)?;
    Ok(Parent { has_moved_on: found.sight.former.is_some(), row: found.row })
}

fn opened_for<B: RecordBody>(
    tx: &mut Tx<'_>,
    row: RecordRow,
    if_match: &IfMatch,
) -> ApiResult<Option<Begun<B>>> {
    if tx.replayed()?.is_some() {
        return Ok(None);
    }
    if_match.check_exact(i64::from(row.number))?;
    if row.withdrawn {
        return Err(ApiError::because(Code::StateConflict, "the record was withdrawn"));
    }
    let key = PupilKey::lock(tx, row.pupil_id)?;
    let body = key.unseal(TABLE, row.id, &row.body)?;
    Ok(Some(Begun { row, body, key }))
}

/// The school for which the next version of a record is recorded: the one at which its writer knows the pupil.
pub fn school_for(conn: &mut Conn, scope: &Scope, row: &RecordRow) -> ApiResult<Id> {
    if !scope.extent().is_whole() {
        return Ok(row.school_id);
    }
    match case::recording_school(conn, scope, row.pupil_id) {
        Err(error) if error.code == Code::NotFound => Ok(row.school_id),
        other => other,
    }
}

/// Stores the next version of a record.
pub fn replace<B: RecordBody>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    key: &PupilKey,
    changed: RecordRow,
    body: &B,
    kind: &'static str,
) -> ApiResult<RecordRow> {
    let school = school_for(tx.conn, scope, &changed)?;
    let row = RecordRow {
        number: changed.number + 1,
        school_id: school,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, changed.id, body)?,
        ..changed
    };
    store::replace(tx.conn, &row)?;
    tx.created(row.id);
    tx.did_with(kind, B::CLASS, row.id, Some(school), Some(&committed(body)?))?;
    Ok(row)
}

/// Withdraws a record that should never have been made: it stays, marked so. None where this request was carried out
/// before.
pub fn withdraw<B: RecordBody>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    reason: Text<2000>,
) -> ApiResult<Option<Opened<B>>> {
    let Some(begun) = begin::<B>(tx, scope, id, if_match)? else { return Ok(None) };
    let body = begun.body.because(reason);
    let row = RecordRow { withdrawn: true, ..begun.row };
    let row = replace(tx, scope, &begun.key, row, &body, B::DONE.withdrawn)?;
    Ok(Some((row, body)))
}

/// Says who is named in a record; whoever was and is not any longer is taken out of it.
pub fn name_people(tx: &mut Tx<'_>, record: Id, people: &[Id]) -> ApiResult<()> {
    let (trust, now) = (tx.trust(), tx.now());
    for before in store::people_in(tx.conn, trust, record)? {
        if !people.contains(&before) {
            store::name_person(tx.conn, trust, (record, before), Some(now))?;
        }
    }
    for person in people {
        store::name_person(tx.conn, trust, (record, *person), None)?;
    }
    Ok(())
}
