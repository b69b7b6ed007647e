//! Use cases of restrictive interventions.

use super::super::case;
use super::super::matches;
use super::super::records::{self, Asked, New, RecordBody, RecordClass, RecordDue, RecordRow};
use super::content::{InterventionBody, InterventionFacts};
use super::dto::{
    InterventionCorrection, InterventionCreate, InterventionFilter, InterventionFollowUp, InterventionView,
    InterventionWithdrawal,
};
use crate::access::{Action, Scope, Tx, refer};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One intervention.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<InterventionView> {
    let (row, body) = records::get(conn, vault, scope, id, as_of)?;
    Ok(InterventionView::new(row, body))
}

/// A page of interventions, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &InterventionFilter,
    paging: &Paging,
) -> ApiResult<Page<InterventionView>> {
    let asked = Asked {
        classes: InterventionBody::CLASSES,
        pupil: filter.pupil_id,
        school: filter.school_id,
        from: filter.from,
        to: filter.to,
        ..Asked::default()
    };
    let page = records::list::<InterventionBody>(conn, vault, scope, asked, paging)?;
    Ok(page.map(|(row, body)| InterventionView::new(row, body)))
}

/// A page of the versions of an intervention, the first one first.
pub fn list_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<InterventionView>> {
    let page = records::list_versions::<InterventionBody>(conn, vault, scope, id, paging)?;
    Ok(page.map(|(row, body)| InterventionView::new(row, body)))
}

/// Records an intervention.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: InterventionCreate) -> ApiResult<InterventionView> {
    if let Some(id) = tx.replayed()? {
        return shown(tx, scope, id);
    }
    let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
    let school = records::school_of(tx.conn, scope, pupil)?;
    records::check_concern(tx.conn, scope, pupil, input.concern_id)?;
    check(tx.conn, scope, &input.facts, &[])?;
    let staff = staff_of(&input.facts);
    let day = input.facts.occurred_at.london_date();
    let new = New {
        concern: input.concern_id,
        due_on: Some(day),
        ..New::of(RecordClass::Intervention, pupil, school, day)
    };
    let body = InterventionBody {
        facts: input.facts,
        parent: None,
        medical_check: None,
        pupil_debrief: None,
        staff_debrief: None,
        review: None,
        reason: None,
    };
    let id = records::add(tx, scope, new, &body)?;
    records::name_people(tx, id, &staff)?;
    let mut told = records::receivers(tx.conn, scope, (pupil, school), input.concern_id, &staff)?;
    told.retain(|person| scope.person() != Some(*person));
    notify(tx.conn, scope.trust(), &told, NotificationKind::InterventionRecorded, id, scope.now())?;
    shown(tx, scope, id)
}

/// Records a corrected version of what happened.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: InterventionCorrection,
) -> ApiResult<InterventionView> {
    let Some(begun) = records::begin::<InterventionBody>(tx, scope, id, if_match)? else {
        return shown(tx, scope, id);
    };
    if input.concern_id != begun.row.concern_id {
        records::check_concern(tx.conn, scope, begun.row.pupil_id, input.concern_id)?;
    }
    check(tx.conn, scope, &input.facts, &staff_of(&begun.body.facts))?;
    let staff = staff_of(&input.facts);
    if scope.person().is_some_and(|person| staff.contains(&person)) {
        return Err(ApiError::because(
            Code::ConflictOfInterest,
            "that you took part is for somebody else to record",
        ));
    }
    let day = input.facts.occurred_at.london_date();
    let row = RecordRow {
        concern_id: input.concern_id,
        happened_on: day,
        due_on: begun.row.due_on.map(|_| day),
        ..begun.row
    };
    let body = InterventionBody { facts: input.facts, ..begun.body }.because(input.reason);
    let row = records::replace(tx, scope, &begun.key, row, &body, InterventionBody::DONE.corrected)?;
    records::name_people(tx, id, &staff)?;
    Ok(InterventionView::new(row, body))
}

/// Records what was done afterwards.
pub fn follow_up(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: InterventionFollowUp,
) -> ApiResult<InterventionView> {
    let Some(begun) = records::begin::<InterventionBody>(tx, scope, id, if_match)? else {
        return shown(tx, scope, id);
    };
    let began = begun.body.facts.occurred_at;
    if input.parent.as_ref().is_some_and(|parent| parent.at > scope.now() || parent.at < began) {
        return Err(ApiError::rule(
            "/parent/at",
            "range",
            "must be after it happened, and not in the future",
        ));
    }
    for (pointer, step) in input.steps() {
        if step.done_on > scope.today() || step.done_on < began.london_date() {
            return Err(ApiError::rule(pointer, "range", "must be after it happened, and not in the future"));
        }
    }
    let due_on = if input.parent.is_some() { None } else { begun.row.due_on };
    let row = RecordRow { due_on, ..begun.row };
    let before = begun.body;
    let body = InterventionBody {
        parent: input.parent.or(before.parent),
        medical_check: input.medical_check.or(before.medical_check),
        pupil_debrief: input.pupil_debrief.or(before.pupil_debrief),
        staff_debrief: input.staff_debrief.or(before.staff_debrief),
        review: input.review.or(before.review),
        reason: None,
        facts: before.facts,
    };
    let row = records::replace(tx, scope, &begun.key, row, &body, "restrictive-intervention.followed-up")?;
    Ok(InterventionView::new(row, body))
}

/// Withdraws what should never have been recorded.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: InterventionWithdrawal,
) -> ApiResult<InterventionView> {
    match records::withdraw::<InterventionBody>(tx, scope, id, if_match, input.reason)? {
        Some((row, body)) => Ok(InterventionView::new(row, body)),
        None => shown(tx, scope, id),
    }
}

/// Interventions of which no parent has been told yet, of what the caller sees.
pub fn due(
    conn: &mut Conn,
    scope: &Scope,
    school: Option<Id>,
    (from, to): (Option<Date>, Date),
) -> ApiResult<Vec<RecordDue>> {
    let Ok(reading) = scope.under(Action::InterventionRead) else { return Ok(Vec::new()) };
    let classes = InterventionBody::CLASSES;
    // What somebody only submitted is not theirs to see to, and is not among it.
    let asked = Asked { classes, school, due_from: from, due_to: Some(to), ..Asked::default() };
    records::due(conn, &reading, asked)
}

/// What whoever changed it is shown of it: as much as they read.
fn shown(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<InterventionView> {
    let reading = scope.under(Action::InterventionRead)?;
    get(tx.conn, tx.vault, &reading, id, None)
}

fn staff_of(facts: &InterventionFacts) -> Vec<Id> {
    let mut staff: Vec<Id> = facts.staff.iter().map(|one| one.person_id).collect();
    staff.sort_unstable();
    staff.dedup();
    staff
}

/// Refuses a moment at which it cannot have happened, and people whom the caller does not reach; whoever is named already
/// may stand there on.
fn check(conn: &mut Conn, scope: &Scope, facts: &InterventionFacts, named: &[Id]) -> ApiResult<()> {
    if facts.occurred_at > scope.now() {
        return Err(ApiError::rule("/facts/occurred_at", "range", "must not be in the future"));
    }
    case::check_day(scope.today(), "/facts/occurred_at", facts.occurred_at.london_date())?;
    for (index, one) in facts.staff.iter().enumerate() {
        if scope.person() == Some(one.person_id) || named.contains(&one.person_id) {
            continue;
        }
        let pointer = format!("/facts/staff/{index}/person_id");
        let reading = scope.under(Action::PersonRead).map_err(|_| refer::unknown(&pointer))?;
        people::require_person(conn, &reading, one.person_id, &pointer)?;
    }
    Ok(())
}
