//! Who may write about a pupil whom they know. Each refusal comes after what tells the caller less: whether the record is
//! there, was made by this very request, and is the version that they have seen.

use super::upn::Upn;
use super::{conflicts, enrolments, store};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// Refuses whoever may not change what stands about a pupil: a relative, and a school that had the child before another
/// one. The school that had the child last puts right what it recorded.
pub fn check(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    refuse_conflicted(conn, scope, pupil)?;
    refuse_moved_on(conn, scope, pupil)
}

/// The same for the pupil's own fields: only a school that has the child, or is to have them, changes those. What it has
/// left it sees as on its last day, and would neither see what it writes over nor what it wrote.
pub fn check_own_fields(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    refuse_conflicted(conn, scope, pupil)?;
    let has = |schools: &Vec<Id>| schools.iter().any(|school| scope.extent().covers(*school));
    if scope.school_limit().is_none()
        || enrolments::on_roll(conn, scope, &[pupil])?.get(&pupil).is_some_and(has)
    {
        return Ok(());
    }
    Err(ApiError::because(Code::StateConflict, "a school that the pupil has left changes the record no more"))
}

/// The same for a child who comes back by a file: whoever names them by the number that the trust knows them by has them
/// back where no other school has them, as when the pupil is made by that number.
pub fn check_return(conn: &mut Conn, scope: &Scope, pupil: Id, upn: Option<&Upn>) -> ApiResult<()> {
    let present = store::named(conn, scope.trust(), &[pupil])?.pop().and_then(|row| row.upn);
    if upn.is_none() || present.as_ref() != upn {
        return refuse_moved_on(conn, scope, pupil);
    }
    if enrolments::held_elsewhere(conn, scope, &[pupil])?.contains(&pupil) {
        return Err(moved_on());
    }
    Ok(())
}

/// Refuses a person who is related to the child, whatever their roles.
pub fn refuse_conflicted(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let Some(person) = scope.person() else { return Ok(()) };
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}

/// Refuses a school that another one of the trust had the child after: the record is that one's now.
pub fn refuse_moved_on(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    if enrolments::has_moved_on(conn, scope, pupil)? {
        return Err(moved_on());
    }
    Ok(())
}

/// The refusal of a school that another one had the child after.
pub fn moved_on() -> ApiError {
    ApiError::because(Code::StateConflict, "the school that had the pupil last changes the record")
}
