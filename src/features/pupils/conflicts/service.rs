//! Use cases of conflicts of interest.

use super::super::{enrolments, matches, store as pupils};
use super::dto::{ConflictCreate, ConflictEnd, ConflictFilter, ConflictView};
use super::store::{self, ConflictRow};
use crate::access::{Action, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::text::Text;

/// One conflict.
pub fn get(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<ConflictRow> {
    store::get(conn, vault, scope, id)
}

/// A page of conflicts.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &ConflictFilter,
    paging: &Paging,
) -> ApiResult<Page<ConflictView>> {
    let mut filter = filter.clone();
    filter.pupil_id = filter.pupil_id.map(|id| matches::present(conn, scope.trust(), id)).transpose()?;
    let rows = store::list(conn, vault, scope, &filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, &filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), ConflictView::from).with_count(count))
}

/// Records that an adult must not read of a pupil's case.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: ConflictCreate) -> ApiResult<ConflictRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, tx.vault, scope, id);
    }
    let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
    check_pupil(tx.conn, scope, pupil)?;
    check_person(tx.conn, scope, input.person_id)?;
    pupils::lock(tx.conn, scope.trust(), pupil)?;
    let is_own = scope.person() == Some(input.person_id);
    let is_conflicted = match scope.person() {
        Some(person) => store::has_conflict(tx.conn, scope.trust(), person, pupil)?,
        None => false,
    };
    if is_conflicted && !is_own {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    if store::has_conflict(tx.conn, scope.trust(), input.person_id, pupil)? {
        return Err(ApiError::because(Code::AlreadyExists, "this conflict of interest is recorded already"));
    }
    let row = ConflictRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: input.person_id,
        pupil_id: pupil,
        relationship: input.relationship,
        recorded_by: scope.principal().to_owned(),
        ended_at: None,
        ended_by: None,
        end_reason: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        body: None,
    };
    store::insert(tx.conn, &row)?;
    concerns::ensure_readers(tx, scope, row.pupil_id)?;
    let school = school_of(tx.conn, scope, row.pupil_id)?;
    tx.created(row.id);
    tx.did("conflict.created", "conflict", row.id, school)?;
    Ok(row)
}

/// A pupil is within reach by any enrolment, also one that has ended, and by a concern at a school within reach: the
/// records of a pupil who has left are still read.
fn check_pupil(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    match pupils::get(conn, scope, pupil) {
        Err(error) if error.code == Code::NotFound => {
            let schools = scope.school_limit().unwrap_or_default();
            if store::is_named_at(conn, scope.trust(), pupil, schools)? {
                return Ok(());
            }
            Err(ApiError::rule("/pupil_id", "unknown_reference", "no such pupil within your reach"))
        }
        other => other.map(|_| ()),
    }
}

/// A conflict is ended where the pupil is: a school that the pupil has left for another does not open that one's records.
fn check_ends_here(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let is_here = pupils::get_current(conn, scope, pupil).is_ok();
    if is_here || !store::is_enrolled(conn, scope.trust(), pupil, scope.today())? {
        return Ok(());
    }
    Err(ApiError::because(Code::StateConflict, "the school where the pupil is now ends it"))
}

/// A person is within reach by a place of work that the caller reads people of, and everybody by those who read the
/// whole trust's people; staff of the trust itself work with every school.
fn check_person(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<()> {
    let places = store::places_of(conn, scope.trust(), person)?;
    let is_reached = places.is_some_and(|places| {
        scope.person() == Some(person)
            || scope.also_covers_trust(Action::PersonRead)
            || places
                .iter()
                .any(|place| place.is_none_or(|school| scope.also_covers(Action::PersonRead, school)))
    });
    if is_reached {
        return Ok(());
    }
    Err(ApiError::rule("/person_id", "unknown_reference", "no such person within your reach"))
}

/// Ends a conflict; nobody ends one about themselves.
pub fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: ConflictEnd,
) -> ApiResult<ConflictRow> {
    let old = store::get(tx.conn, tx.vault, scope, id)?;
    if tx.replayed()?.is_some() {
        return Ok(old);
    }
    if_match.check(old.version)?;
    if scope.person() == Some(old.person_id) {
        return Err(ApiError::because(
            Code::ConflictOfInterest,
            "nobody ends a conflict of interest of their own",
        ));
    }
    if old.ended_at.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the conflict of interest has ended already"));
    }
    check_ends_here(tx.conn, scope, old.pupil_id)?;
    let row = ConflictRow {
        ended_at: Some(tx.now()),
        ended_by: Some(scope.principal().to_owned()),
        end_reason: Some(input.reason),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old
    };
    store::update(tx, &row)?;
    concerns::ensure_readers(tx, scope, row.pupil_id)?;
    let school = school_of(tx.conn, scope, row.pupil_id)?;
    tx.created(id);
    tx.did("conflict.ended", "conflict", id, school)?;
    Ok(row)
}

/// Gives one pupil's conflicts to another. A person who has one with each keeps one: the other pupil's stands, and this
/// one's ends.
pub fn hand_over(tx: &mut Tx<'_>, scope: &Scope, (from, to): (Id, Id), school: Id) -> ApiResult<()> {
    let trust = tx.trust();
    store::seal_anew(tx, from, to)?;
    let theirs = store::standing(tx.conn, trust, to)?;
    for old in store::standing(tx.conn, trust, from)? {
        if theirs.iter().any(|own| own.person_id == old.person_id) {
            let row = ConflictRow {
                pupil_id: to,
                ended_at: Some(tx.now()),
                ended_by: Some(scope.principal().to_owned()),
                end_reason: Text::new(JOINED).ok(),
                version: old.version + 1,
                updated_at: tx.now(),
                ..old
            };
            store::update(tx, &row)?;
            tx.did("conflict.ended", "conflict", row.id, Some(school))?;
        }
    }
    store::give(tx.conn, trust, from, to)
}

/// Why the second conflict of a person ends.
const JOINED: &str =
    "Two records were one child: the conflict of interest stands in the record that is left.";

/// The school by which the caller knows the pupil: that of the latest enrolment within reach.
pub fn school_of(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Option<Id>> {
    Ok(enrolments::of_pupils(conn, scope, &[pupil])?.last().map(|enrolment| enrolment.school_id))
}
