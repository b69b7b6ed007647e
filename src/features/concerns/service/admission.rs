//! Who can be let in by name: judged by the roles that are on record, since a share with somebody who can never read
//! would only look as if somebody knew.

use std::collections::BTreeSet;

use super::super::dto::ConcernLog;
use super::super::store::{self, ConcernRow};
use crate::access::matrix::{Reach, TrustLeadColumn, reach};
use crate::access::{Action, Role, Scope};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::people;
use crate::ids::Id;

/// Refuses a person who is not of the trust, or who is linked to the case: for who did something in it.
pub fn check_not_linked(
    conn: &mut Conn,
    scope: &Scope,
    row: &ConcernRow,
    person: Id,
    pointer: &'static str,
) -> ApiResult<()> {
    if !people::person_exists(conn, scope.trust(), person)? {
        return Err(ApiError::rule(pointer, "unknown_reference", "not a person of the trust"));
    }
    if store::is_linked(conn, scope.trust(), row.id, person)? {
        return Err(ApiError::of(Code::ConflictOfInterest));
    }
    Ok(())
}

/// Refuses such a person, and one who could never read the case: for who is to do something in it.
pub fn check(
    conn: &mut Conn,
    scope: &Scope,
    row: &ConcernRow,
    person: Id,
    pointer: &'static str,
) -> ApiResult<()> {
    check_not_linked(conn, scope, row, person, pointer)?;
    let is_restricted = row.log == ConcernLog::Restricted;
    if can_be_let_in(conn, scope, person, is_restricted)? {
        return Ok(());
    }
    let words = if is_restricted {
        "by the roles on record this person never reads the restricted log"
    } else {
        "by the roles on record this person never reads a case"
    };
    Err(ApiError::rule(pointer, "cannot_be_let_in", words))
}

/// Refuses what was reported alone to somebody whose roles read whole records: they would go on seeing no more of a
/// concern that is theirs to read.
pub fn check_part(conn: &mut Conn, scope: &Scope, row: &ConcernRow, person: Id) -> ApiResult<()> {
    let is_restricted = row.log == ConcernLog::Restricted;
    if holds(conn, scope, person, is_restricted, |reach| reach == Reach::Assigned)? {
        return Ok(());
    }
    let words = "no role on record of this person is one that reads named concerns alone: share the record";
    Err(ApiError::rule("/scope", "cannot_be_let_in", words))
}

/// Those of several concerns that a person reads whole today, by what is on record of them.
pub fn read_by(conn: &mut Conn, scope: &Scope, person: Id, concerns: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let Some(reading) = scope.of_another(conn, person, Action::ConcernRead)? else {
        return Ok(BTreeSet::new());
    };
    let ids: BTreeSet<Id> = concerns.iter().copied().collect();
    let rows = store::seen_whole(conn, &reading, &ids.into_iter().collect::<Vec<_>>(), None)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Whether a share with a person would show them anything. Of somebody of whom no role is on record the token says;
/// into the restricted log only roles on record lead.
fn can_be_let_in(conn: &mut Conn, scope: &Scope, person: Id, is_restricted: bool) -> ApiResult<bool> {
    holds(conn, scope, person, is_restricted, |reach| reach >= Reach::Assigned)
}

/// Whether a role on record of a person reads concerns of a log so far.
fn holds(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    is_restricted: bool,
    is_enough: impl Fn(Reach) -> bool,
) -> ApiResult<bool> {
    let Some(roles) = people::roles_on_record(conn, scope.trust(), person, scope.today())? else {
        return Ok(false);
    };
    let lead = if store::lead_works_cases(conn, scope.trust())? {
        TrustLeadColumn::Casework
    } else {
        TrustLeadColumn::Aggregate
    };
    let reads = |role: &Role, action| is_enough(reach(action, *role, lead));
    Ok(if is_restricted {
        roles.iter().any(|role| reads(role, Action::ConcernReadRestricted))
    } else {
        roles.is_empty() || roles.iter().any(|role| reads(role, Action::ConcernRead))
    })
}
