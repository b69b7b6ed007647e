//! Who may write about a pupil whom they know.

use super::store::{self, PupilRow};
use super::{conflicts, enrolments};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// The pupil, where the caller may change what stands about them: 404 where they know no such pupil. A school that the
/// child has left puts right what it recorded as long as no other school of the trust has the child.
pub fn writable(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<PupilRow> {
    store::get(conn, scope, pupil)?;
    refuse_conflicted(conn, scope, pupil)?;
    refuse_moved_on(conn, scope, pupil)?;
    store::named(conn, scope.trust(), &[pupil])?.pop().ok_or_else(ApiError::not_found)
}

/// Refuses a person who is related to the child, whatever their roles.
pub fn refuse_conflicted(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let Some(person) = scope.person() else { return Ok(()) };
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}

/// Refuses a school that the child has left for another one of the trust: the record is that one's now.
pub fn refuse_moved_on(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    if enrolments::held_elsewhere(conn, scope, &[pupil])?.contains(&pupil) {
        return Err(ApiError::because(
            Code::StateConflict,
            "the school that has the pupil changes the record",
        ));
    }
    Ok(())
}
