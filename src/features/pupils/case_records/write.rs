//! Writing: a new record, or the next version of one.

use super::super::case::{self, PupilKey, Window, committed};
use super::super::{conflicts, matches};
use super::CaseRecord;
use super::read::{Opened, one, whole};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::people;
use crate::http::IfMatch;
use crate::ids::Id;

/// Whether a request is carried out now, or was before.
pub enum Begun<T> {
    /// Now, with what it needs.
    First(T),
    /// It made this before.
    Again { pupil: Id, made: Id },
}

/// What a new record is made with.
pub struct New {
    pub pupil: Id,
    /// The school that records it.
    pub school: Id,
    pub key: PupilKey,
}

/// A record that is about to be another one: change its row and text, and [`put`] it.
pub struct Change<R: CaseRecord> {
    pub row: R,
    pub body: R::Body,
    pub key: PupilKey,
    school: Id,
}

/// Begins a record about a pupil: 404 where none within reach knows them, then whether this request was carried out before,
/// then 409 where another school had the child after it.
fn begin_new(tx: &mut Tx<'_>, scope: &Scope, pupil: Id) -> ApiResult<Begun<New>> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    case::known(tx.conn, scope, pupil)?;
    if let Some(made) = tx.replayed()? {
        return Ok(Begun::Again { pupil, made });
    }
    let school = case::recording_school(tx.conn, scope, pupil)?;
    let key = PupilKey::lock(tx, pupil)?;
    Ok(Begun::First(New { pupil, school, key }))
}

/// Begins the next version of a record: the record in scope, then whether this request was carried out before, then its
/// version, then who may still write.
pub fn begin<R: CaseRecord>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
) -> ApiResult<Begun<Change<R>>> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    case::known(tx.conn, scope, pupil)?;
    let window = case::window(tx.conn, scope, pupil)?;
    begin_in(tx, scope, &window, id, if_match)
}

/// The same of a record that a window shows; `scope` says who records it.
pub fn begin_in<R: CaseRecord>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    window: &Window,
    id: Id,
    if_match: &IfMatch,
) -> ApiResult<Begun<Change<R>>> {
    let row: R = one(tx.conn, window, id, None)?;
    if let Some(made) = tx.replayed()? {
        return Ok(Begun::Again { pupil: window.pupil, made });
    }
    if_match.check_exact(i64::from(row.head().number))?;
    let school = case::recording_school(tx.conn, scope, window.pupil)?;
    if row.head().withdrawn {
        return Err(ApiError::because(Code::StateConflict, "the record was withdrawn"));
    }
    let key = PupilKey::lock(tx, window.pupil)?;
    let Opened { row, body } = Opened::open_with(Some(&key), row)?;
    Ok(Begun::First(Change { row, body, key, school }))
}

/// A new record about a pupil, as `make` makes its row and its text.
pub fn create<R: CaseRecord>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    did: &'static str,
    make: impl FnOnce(&mut Tx<'_>, &New) -> ApiResult<(R, R::Body)>,
) -> ApiResult<Opened<R>> {
    match begin_new(tx, scope, pupil)? {
        Begun::First(new) => {
            let (row, body) = make(tx, &new)?;
            add(tx, row, body, did)
        }
        Begun::Again { pupil, made } => again(tx, pupil, made),
    }
}

/// Stores a new record.
fn add<R: CaseRecord>(tx: &mut Tx<'_>, row: R, body: R::Body, did: &'static str) -> ApiResult<Opened<R>> {
    let row = row.insert(tx.conn)?;
    let head = row.head();
    tx.created(head.id);
    tx.did_with(did, R::CLASS, head.id, Some(head.school), Some(&committed(&body)?))?;
    Ok(Opened { row, body })
}

/// Stores the next version of a record.
pub fn put<R: CaseRecord>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    change: Change<R>,
    did: &'static str,
) -> ApiResult<Opened<R>> {
    let Change { row, body, key, school } = change;
    let sealed = key.seal(R::TABLE, row.head().id, &body)?;
    let row = row.next(school, scope.person(), tx.now(), sealed).replace(tx.conn)?;
    tx.created(row.head().id);
    tx.did_with(did, R::CLASS, row.head().id, Some(school), Some(&committed(&body)?))?;
    Ok(Opened { row, body })
}

/// The next version of a record as `edit` makes it.
pub fn change<R: CaseRecord>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    edit: impl FnOnce(&mut Tx<'_>, &mut Change<R>) -> ApiResult<()>,
) -> ApiResult<Opened<R>> {
    let mut change = match begin::<R>(tx, scope, ids, if_match)? {
        Begun::First(change) => change,
        Begun::Again { pupil, made } => return again(tx, pupil, made),
    };
    edit(tx, &mut change)?;
    put(tx, scope, change, did)
}

/// What a repeated request made, as it is now.
pub fn again<R: CaseRecord>(tx: &mut Tx<'_>, pupil: Id, made: Id) -> ApiResult<Opened<R>> {
    let row = one(tx.conn, &whole(tx.trust(), pupil), made, None)?;
    Opened::open(tx.conn, tx.vault, row)
}

/// Refuses a person who is not of the trust, or who is related to the pupil: for who does something in the case.
pub fn check_person(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    person: Id,
    pointer: &'static str,
) -> ApiResult<()> {
    if !people::person_exists(conn, scope.trust(), person)? {
        return Err(ApiError::rule(pointer, "unknown_reference", "not a person of the trust"));
    }
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}
