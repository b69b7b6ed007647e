//! Recording checks of placements.

use std::collections::HashMap;

use super::super::super::case::check_day;
use super::super::super::case_records::{self, CaseRecord, newest_of_pupils, whole};
use super::super::store::PlacementRow;
use super::dto::{
    ApCheckCorrection, ApCheckCreate, ApCheckFilter, ApCheckKind, ApCheckView, ApCheckWithdrawal,
};
use super::store::{CheckBody, CheckRow};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One check, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<ApCheckView> {
    Ok(case_records::get::<CheckRow>(conn, vault, scope, ids, as_of)?.into())
}

/// A page of the checks of a pupil's placements, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &ApCheckFilter,
    paging: &Paging,
) -> ApiResult<Page<ApCheckView>> {
    let takes = |row: &CheckRow| {
        filter.kind.is_none_or(|kind| row.kind == kind)
            && filter.placement_id.is_none_or(|placement| row.placement_id == placement)
    };
    case_records::list(conn, vault, scope, (pupil, filter.as_of), paging, takes, ApCheckView::from)
}

/// Records a check.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, input: ApCheckCreate) -> ApiResult<ApCheckView> {
    case_records::create::<CheckRow>(tx, scope, pupil, "ap_check.recorded", |tx, new| {
        check(tx.conn, scope, new.pupil, &input, "")?;
        let id = tx.new_id();
        let body = CheckBody {
            child_seen: input.child_seen,
            sessions_possible: input.sessions_possible,
            sessions_attended: input.sessions_attended,
            summary: input.summary,
            reason: None,
        };
        let row = CheckRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            pupil_id: new.pupil,
            school_id: new.school,
            placement_id: input.placement_id,
            kind: input.kind,
            done_on: input.done_on,
            outcome: input.outcome,
            first_due_on: None,
            last_due_on: None,
            settled: true,
            withdrawn: false,
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: new.key.seal(CheckRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })
    .map(ApCheckView::from)
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApCheckCorrection,
) -> ApiResult<ApCheckView> {
    case_records::change::<CheckRow>(tx, scope, ids, if_match, "ap_check.corrected", |tx, change| {
        let said = input.check;
        check(tx.conn, scope, change.row.pupil_id, &said, "/check")?;
        change.row.placement_id = said.placement_id;
        change.row.kind = said.kind;
        change.row.done_on = said.done_on;
        change.row.outcome = said.outcome;
        change.body = CheckBody {
            child_seen: said.child_seen,
            sessions_possible: said.sessions_possible,
            sessions_attended: said.sessions_attended,
            summary: said.summary,
            reason: Some(input.reason),
        };
        Ok(())
    })
    .map(ApCheckView::from)
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApCheckWithdrawal,
) -> ApiResult<ApCheckView> {
    case_records::change::<CheckRow>(tx, scope, ids, if_match, "ap_check.withdrawn", |_, change| {
        change.row.withdrawn = true;
        change.body.reason = Some(input.reason);
        Ok(())
    })
    .map(ApCheckView::from)
}

/// When placements were reviewed.
pub struct ReviewsOf(HashMap<Id, Vec<Date>>);

impl ReviewsOf {
    /// Of these pupils' placements.
    pub fn pupils(conn: &mut Conn, trust: Id, pupils: Vec<Id>) -> ApiResult<Self> {
        let mut days: HashMap<Id, Vec<Date>> = HashMap::new();
        for row in newest_of_pupils::<CheckRow>(conn, trust, pupils)? {
            if row.kind == ApCheckKind::Review && !row.withdrawn {
                days.entry(row.placement_id).or_default().push(row.done_on);
            }
        }
        for days in days.values_mut() {
            days.sort_unstable();
        }
        Ok(Self(days))
    }

    /// Of one placement, in order.
    pub fn of(&self, placement: Id) -> Vec<Date> {
        self.0.get(&placement).cloned().unwrap_or_default()
    }
}

/// The placement is the pupil's and stands, and the day lies in it.
fn check(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    input: &ApCheckCreate,
    at: &'static str,
) -> ApiResult<()> {
    let placements: Vec<PlacementRow> = case_records::standing(conn, &whole(scope.trust(), pupil))?;
    let Some(placement) = placements.iter().find(|row| row.id == input.placement_id) else {
        let words = "no such placement of the pupil";
        return Err(ApiError::rule(format!("{at}/placement_id"), "unknown_reference", words));
    };
    let done_on = if at.is_empty() { "/done_on" } else { "/check/done_on" };
    check_day(scope.today(), done_on, input.done_on)?;
    let is_after = placement.ends_on.is_some_and(|end| input.done_on > end);
    if input.done_on < placement.starts_on || is_after {
        return Err(ApiError::rule(done_on, "range", "must lie within the placement"));
    }
    Ok(())
}
