//! Use cases of family support.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::super::case;
use super::super::records::{self, Asked, Begun, New, RecordBody, RecordClass, RecordDue, RecordRow};
use super::super::{conflicts, families, matches};
use super::content::{SupportBody, SupportReview};
use super::dto::{
    FamilySupportCorrection, FamilySupportCreate, FamilySupportEnding, FamilySupportFilter,
    FamilySupportReview, FamilySupportView, FamilySupportWithdrawal,
};
use crate::access::{Action, Role, Scope, Tx, refer};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Who can be allocated to a family.
const WORKERS: [Role; 4] = [Role::FamilyLiaison, Role::WelfareLap, Role::Dsl, Role::DeputyDsl];

/// One support.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<FamilySupportView> {
    let (row, body) = records::get(conn, vault, scope, id, as_of)?;
    Ok(FamilySupportView::new(row, body, scope.today()))
}

/// A page of support, the oldest first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &FamilySupportFilter,
    paging: &Paging,
) -> ApiResult<Page<FamilySupportView>> {
    let overdue = filter.review_overdue == Some(true);
    let asked = Asked {
        classes: SupportBody::CLASSES,
        pupil: filter.pupil_id,
        school: filter.school_id,
        owner: filter.allocated_to_id,
        due_to: overdue.then(|| scope.today().plus_days(-1)),
        open_only: filter.with_ended != Some(true),
        ..Asked::default()
    };
    let page = records::list::<SupportBody>(conn, vault, scope, asked, paging)?;
    Ok(page.map(|(row, body)| FamilySupportView::new(row, body, scope.today())))
}

/// A page of the versions of a support, the first one first.
pub fn list_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<FamilySupportView>> {
    let page = records::list_versions::<SupportBody>(conn, vault, scope, id, paging)?;
    Ok(page.map(|(row, body)| FamilySupportView::new(row, body, scope.today())))
}

/// Begins support of a pupil's family.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: FamilySupportCreate) -> ApiResult<FamilySupportView> {
    if let Some(id) = tx.replayed()? {
        return begun_view(tx, scope, id);
    }
    let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
    let school = records::school_of(tx.conn, scope, pupil)?;
    check_family(tx.conn, scope, pupil, input.family_id)?;
    check_allocated(tx.conn, scope, (pupil, school), input.allocated_to_id)?;
    check_free(tx.conn, scope, input.family_id, input.allocated_to_id)?;
    check_days(scope, input.started_on, input.next_review_on)?;
    let body = SupportBody {
        agreed: input.agreed,
        last_review: None,
        outcome: None,
        outcome_summary: None,
        reason: None,
    };
    let new = New {
        family: input.family_id,
        owner: Some(input.allocated_to_id),
        due_on: Some(input.next_review_on),
        ..New::of(RecordClass::FamilySupport, pupil, school, input.started_on)
    };
    let id = records::add(tx, scope, new, &body)?;
    tell(tx, scope, input.allocated_to_id, id)?;
    begun_view(tx, scope, id)
}

/// What whoever began support is answered with: what they read of it, and where it is somebody else's to see to, what
/// they gave themselves.
fn begun_view(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<FamilySupportView> {
    match shown(tx, scope, id) {
        Err(error) if error.code == Code::NotFound => {
            let (row, body) = records::as_begun(tx, scope, id)?;
            Ok(FamilySupportView::new(row, body, scope.today()))
        }
        other => other,
    }
}

/// Records a corrected version, or allocates somebody else.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: FamilySupportCorrection,
) -> ApiResult<FamilySupportView> {
    let Some(begun) = begin(tx, scope, id, if_match)? else { return shown(tx, scope, id) };
    let pupil = begun.row.pupil_id;
    check_days(scope, input.started_on, input.next_review_on)?;
    if input.family_id != begun.row.family_id {
        check_family(tx.conn, scope, pupil, input.family_id)?;
        check_free(tx.conn, scope, input.family_id, input.allocated_to_id)?;
    }
    let is_other = Some(input.allocated_to_id) != begun.row.owner_id;
    if is_other {
        let school = records::school_for(tx.conn, scope, &begun.row)?;
        check_allocated(tx.conn, scope, (pupil, school), input.allocated_to_id)?;
        check_free(tx.conn, scope, input.family_id, input.allocated_to_id)?;
    }
    let body = SupportBody { agreed: input.agreed, reason: Some(input.reason), ..begun.body };
    let row = RecordRow {
        family_id: input.family_id,
        owner_id: Some(input.allocated_to_id),
        happened_on: input.started_on,
        due_on: Some(input.next_review_on),
        ..begun.row
    };
    let kind = if is_other { "family-support.allocated" } else { SupportBody::DONE.corrected };
    let row = records::replace(tx, scope, &begun.key, row, &body, kind)?;
    if is_other {
        tell(tx, scope, input.allocated_to_id, id)?;
    }
    Ok(FamilySupportView::new(row, body, scope.today()))
}

/// Records a review after which support goes on.
pub fn review(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: FamilySupportReview,
) -> ApiResult<FamilySupportView> {
    let Some(begun) = begin(tx, scope, id, if_match)? else { return shown(tx, scope, id) };
    check_since(scope, "/held_on", input.held_on, begun.row.happened_on)?;
    if input.next_review_on <= input.held_on {
        return Err(ApiError::rule("/next_review_on", "range", "must be after this review"));
    }
    let held = SupportReview { held_on: input.held_on, summary: input.summary };
    let body = SupportBody { last_review: Some(held), reason: None, ..begun.body };
    let row = RecordRow { due_on: Some(input.next_review_on), ..begun.row };
    let row = records::replace(tx, scope, &begun.key, row, &body, "family-support.reviewed")?;
    Ok(FamilySupportView::new(row, body, scope.today()))
}

/// Ends support.
pub fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: FamilySupportEnding,
) -> ApiResult<FamilySupportView> {
    let Some(begun) = begin(tx, scope, id, if_match)? else { return shown(tx, scope, id) };
    check_since(scope, "/ended_on", input.ended_on, begun.row.happened_on)?;
    let body = SupportBody {
        outcome: Some(input.outcome),
        outcome_summary: Some(input.summary),
        reason: None,
        ..begun.body
    };
    let row = RecordRow { due_on: None, ended_on: Some(input.ended_on), ..begun.row };
    let row = records::replace(tx, scope, &begun.key, row, &body, "family-support.ended")?;
    Ok(FamilySupportView::new(row, body, scope.today()))
}

/// Withdraws what should never have been recorded.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: FamilySupportWithdrawal,
) -> ApiResult<FamilySupportView> {
    match records::withdraw::<SupportBody>(tx, scope, id, if_match, input.reason)? {
        Some((row, body)) => Ok(FamilySupportView::new(row, body, scope.today())),
        None => shown(tx, scope, id),
    }
}

/// Support whose review is due between two days, of what the caller sees; of one person, where that is asked for.
pub fn due(
    conn: &mut Conn,
    scope: &Scope,
    school: Option<Id>,
    owner: Option<Id>,
    (from, to): (Option<Date>, Date),
) -> ApiResult<Vec<RecordDue>> {
    let Ok(reading) = scope.under(Action::FamilySupportRead) else { return Ok(Vec::new()) };
    let classes = SupportBody::CLASSES;
    let asked = Asked { classes, school, owner, due_from: from, due_to: Some(to), ..Asked::default() };
    records::due(conn, &reading, asked)
}

/// The support that is allocated to the person behind the caller, with the day on which each is to be reviewed: for their
/// list of tasks. Of the team of a school, also that which nobody sees to: whoever it is allocated to cannot see it.
pub fn to_review(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<(Id, Option<Date>)>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    let ahead = scope.today().plus_days(TASK_AHEAD);
    let mut rows = due(conn, scope, None, Some(person), (None, ahead))?;
    rows.extend(given_back(conn, scope, person)?);
    Ok(rows.into_iter().map(|row| (row.id, row.due_on)).collect())
}

/// Support at schools of the caller's team that is allocated to somebody who is not appointed there for it any longer, or
/// is related to the pupil, or to anybody in the family, by now.
fn given_back(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<RecordDue>> {
    let team = scope.schools_held(&[Role::Dsl, Role::DeputyDsl]);
    if team.is_empty() {
        return Ok(Vec::new());
    }
    let (trust, today) = (scope.trust(), scope.today());
    let mut rows = due(conn, scope, None, None, (None, today.plus_days(A_LIFETIME)))?;
    rows.retain(|row| team.contains(&row.school_id) && row.owner_id != Some(person));
    let held = people::holders_by_school(conn, trust, &WORKERS, today)?;
    let mut closed: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    let mut back = Vec::new();
    for row in rows {
        let Some(owner) = row.owner_id else { continue };
        if let Entry::Vacant(entry) = closed.entry(owner) {
            let mut records = families::closed(conn, trust, Some(owner))?;
            records.extend(conflicts::conflicted_pupils(conn, trust, Some(owner))?);
            entry.insert(records);
        }
        let is_closed = |record: Id| closed.get(&owner).is_some_and(|closed| closed.contains(&record));
        let is_appointed = held.get(&row.school_id).is_some_and(|held| held.contains(&owner));
        if !is_appointed || is_closed(row.pupil_id) || row.family_id.is_some_and(is_closed) {
            back.push(row);
        }
    }
    Ok(back)
}

/// Support is reviewed within these days, whenever that is.
const A_LIFETIME: i64 = 36_500;

/// A review is a task this many days before it is due.
const TASK_AHEAD: i64 = 14;

/// Support that goes on, in scope and in the version that the caller knows.
fn begin(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
) -> ApiResult<Option<Begun<SupportBody>>> {
    let begun = records::begin::<SupportBody>(tx, scope, id, if_match)?;
    if begun.as_ref().is_some_and(|begun| begun.row.ended_on.is_some()) {
        return Err(ApiError::because(Code::StateConflict, "the support has ended"));
    }
    Ok(begun)
}

/// Tells somebody that support is theirs, where it is not they who say so.
fn tell(tx: &mut Tx<'_>, scope: &Scope, person: Id, support: Id) -> ApiResult<()> {
    let others: Vec<Id> = Some(person).into_iter().filter(|person| scope.person() != Some(*person)).collect();
    notify(tx.conn, scope.trust(), &others, NotificationKind::SupportAllocated, support, scope.now())
}

/// What whoever changed it is shown of it: as much as they read.
fn shown(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<FamilySupportView> {
    let reading = scope.under(Action::FamilySupportRead)?;
    get(tx.conn, tx.vault, &reading, id, None)
}

/// Refuses a family that the caller does not see, or to which the pupil does not belong.
fn check_family(conn: &mut Conn, scope: &Scope, pupil: Id, family: Option<Id>) -> ApiResult<()> {
    let Some(family) = family else { return Ok(()) };
    if let Ok(reading) = scope.under(Action::FamilyRead)
        && families::has(conn, &reading, family, pupil)?
    {
        return Ok(());
    }
    Err(refer::unknown("/family_id"))
}

/// Refuses somebody who is not appointed for it at the school, or is related to the pupil; the refusal does not tell which.
fn check_allocated(conn: &mut Conn, scope: &Scope, (pupil, school): (Id, Id), person: Id) -> ApiResult<()> {
    let held = people::roles_held(conn, scope.trust(), &WORKERS, &[school], scope.today())?;
    let is_appointed = held.iter().any(|(holder, _)| *holder == person);
    if is_appointed && !conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Ok(());
    }
    Err(refer::unknown("/allocated_to_id"))
}

/// Refuses somebody to whom the family is closed: they would not see what is theirs to do.
fn check_free(conn: &mut Conn, scope: &Scope, family: Option<Id>, person: Id) -> ApiResult<()> {
    let Some(family) = family else { return Ok(()) };
    if families::closed(conn, scope.trust(), Some(person))?.contains(&family) {
        return Err(refer::unknown("/allocated_to_id"));
    }
    Ok(())
}

fn check_days(scope: &Scope, started_on: Date, next_review_on: Date) -> ApiResult<()> {
    case::check_day(scope.today(), "/started_on", started_on)?;
    if next_review_on < started_on {
        return Err(ApiError::rule("/next_review_on", "range", "must not be before started_on"));
    }
    Ok(())
}

fn check_since(scope: &Scope, pointer: &'static str, day: Date, started_on: Date) -> ApiResult<()> {
    case::check_day(scope.today(), pointer, day)?;
    if day < started_on {
        return Err(ApiError::rule(pointer, "range", "must not be before the support began"));
    }
    Ok(())
}
