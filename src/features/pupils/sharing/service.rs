//! Use cases of sharing of information.

use super::super::case;
use super::super::records::{self, Asked, New, RecordBody, RecordClass, RecordRow};
use super::super::{conflicts, matches};
use super::content::SharingBody;
use super::dto::{
    SharingBasisView, SharingDecision, SharingDecisionCorrection, SharingDecisionCreate,
    SharingDecisionFilter, SharingDecisionView, SharingDecisionWithdrawal,
};
use super::reference;
use crate::access::{Action, Scope, Tx, refer};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// A page of the legal bases in force on a day.
pub fn bases(on: Date, paging: &Paging) -> ApiResult<Page<SharingBasisView>> {
    let in_force = reference::in_force(on);
    let count = paging.wants_count().then(|| i64::try_from(in_force.len()).unwrap_or(i64::MAX));
    let after = paging.after_word()?;
    let rest = in_force
        .into_iter()
        .filter(|basis| after.as_deref().is_none_or(|after| basis.code.as_str() > after))
        .collect();
    Ok(paging.page(rest, |basis| Cursor::word(&basis.code), SharingBasisView::from).with_count(count))
}

/// One decision.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<SharingDecisionView> {
    let (row, body) = records::get(conn, vault, scope, id, as_of)?;
    Ok(SharingDecisionView::new(row, body))
}

/// A page of decisions, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &SharingDecisionFilter,
    paging: &Paging,
) -> ApiResult<Page<SharingDecisionView>> {
    let asked = Asked {
        classes: match filter.shared {
            None => SharingBody::CLASSES,
            Some(true) => &[RecordClass::InformationShared],
            Some(false) => &[RecordClass::InformationWithheld],
        },
        pupil: filter.pupil_id,
        school: filter.school_id,
        concern: filter.concern_id,
        from: filter.from,
        to: filter.to,
        ..Asked::default()
    };
    let page = records::list::<SharingBody>(conn, vault, scope, asked, paging)?;
    Ok(page.map(|(row, body)| SharingDecisionView::new(row, body)))
}

/// A page of the versions of a decision, the first one first.
pub fn list_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    paging: &Paging,
) -> ApiResult<Page<SharingDecisionView>> {
    let page = records::list_versions::<SharingBody>(conn, vault, scope, id, paging)?;
    Ok(page.map(|(row, body)| SharingDecisionView::new(row, body)))
}

/// Records a decision to share, or not to.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    input: SharingDecisionCreate,
) -> ApiResult<SharingDecisionView> {
    if let Some(id) = tx.replayed()? {
        return shown(tx, scope, id);
    }
    let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
    let school = records::school_of(tx.conn, scope, pupil)?;
    records::check_concern(tx.conn, scope, pupil, input.concern_id)?;
    let (class, day) = (class_of(&input.decision), input.decision.decided_on);
    let body = checked(tx.conn, scope, (pupil, None), input.decision)?;
    let new = New { concern: input.concern_id, ..New::of(class, pupil, school, day) };
    let id = records::add(tx, scope, new, &body)?;
    shown(tx, scope, id)
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: SharingDecisionCorrection,
) -> ApiResult<SharingDecisionView> {
    let Some(begun) = records::begin::<SharingBody>(tx, scope, id, if_match)? else {
        return shown(tx, scope, id);
    };
    let row =
        RecordRow { class: class_of(&input.decision), happened_on: input.decision.decided_on, ..begun.row };
    let before = Some(begun.body.decided_by_id);
    let decided_by_id = input.decision.decided_by_id.or(before);
    let decision = SharingDecision { decided_by_id, ..input.decision };
    let body = checked(tx.conn, scope, (row.pupil_id, before), decision)?.because(input.reason);
    let row = records::replace(tx, scope, &begun.key, row, &body, SharingBody::DONE.corrected)?;
    Ok(SharingDecisionView::new(row, body))
}

/// Withdraws what should never have been recorded.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: SharingDecisionWithdrawal,
) -> ApiResult<SharingDecisionView> {
    match records::withdraw::<SharingBody>(tx, scope, id, if_match, input.reason)? {
        Some((row, body)) => Ok(SharingDecisionView::new(row, body)),
        None => shown(tx, scope, id),
    }
}

fn shown(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<SharingDecisionView> {
    get(tx.conn, tx.vault, scope, id, None)
}

const fn class_of(decision: &SharingDecision) -> RecordClass {
    if decision.shared { RecordClass::InformationShared } else { RecordClass::InformationWithheld }
}

/// What was decided, where its day, its bases and who decided hold; whoever stood there before may stand there on.
fn checked(
    conn: &mut Conn,
    scope: &Scope,
    (pupil, before): (Id, Option<Id>),
    decision: SharingDecision,
) -> ApiResult<SharingBody> {
    case::check_day(scope.today(), "/decision/decided_on", decision.decided_on)?;
    check_bases(&decision)?;
    let decided_by_id = decision.decided_by_id.or(scope.person()).ok_or_else(ApiError::not_found)?;
    if before != Some(decided_by_id) {
        check_decider(conn, scope, pupil, decided_by_id)?;
    }
    Ok(SharingBody {
        agency: decision.agency,
        organisation: decision.organisation,
        recipient_name: decision.recipient_name,
        recipient_role: decision.recipient_role,
        information: decision.information,
        purpose: decision.purpose,
        reason: decision.reason,
        bases: decision.bases,
        consent: decision.consent,
        consent_reason: decision.consent_reason,
        decided_by_id,
        correction_reason: None,
    })
}

/// Refuses a basis that there is not, or that was not in force on the day of the decision.
fn check_bases(decision: &SharingDecision) -> ApiResult<()> {
    let fault = |(index, code): (usize, &crate::text::Name<60>)| {
        let (word, sentence) = match reference::is_in_force(code.as_str(), decision.decided_on) {
            Some(true) => return None,
            Some(false) => ("not_in_force", "not in force on the day of the decision"),
            None => ("unknown_reference", "there is no such basis"),
        };
        Some(FieldError::new(format!("/decision/bases/{index}"), word, sentence))
    };
    let errors: Vec<FieldError> = decision.bases.iter().enumerate().filter_map(fault).collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::rule_all(errors)) }
}

/// Refuses somebody whom the caller does not reach, or who is related to the pupil; the refusal does not tell which.
fn check_decider(conn: &mut Conn, scope: &Scope, pupil: Id, person: Id) -> ApiResult<()> {
    let pointer = "/decision/decided_by_id";
    if scope.person() != Some(person) {
        let reading = scope.under(Action::PersonRead).map_err(|_| refer::unknown(pointer))?;
        people::require_person(conn, &reading, person, pointer)?;
    }
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Err(refer::unknown(pointer));
    }
    Ok(())
}
