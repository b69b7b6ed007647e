//! Recording the actions of assessments.

use std::collections::HashSet;

use super::super::super::case::check_day;
use super::super::super::case_records::{
    self, CaseDue, CaseRecord, DueAsked, Line, check_person, newest_of_pupils, whole,
};
use super::super::store::AssessmentRow;
use super::dto::{
    RiskActionCorrection, RiskActionCreate, RiskActionFilter, RiskActionOutcome, RiskActionView,
    RiskActionWithdrawal,
};
use super::store::{ActionBody, ActionRow};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One action, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<RiskActionView> {
    Ok(case_records::get::<ActionRow>(conn, vault, scope, ids, as_of)?.into())
}

/// A page of the actions of a pupil's assessments, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &RiskActionFilter,
    paging: &Paging,
) -> ApiResult<Page<RiskActionView>> {
    let takes =
        |row: &ActionRow| filter.assessment_id.is_none_or(|assessment| row.assessment_id == assessment);
    case_records::list(conn, vault, scope, (pupil, filter.as_of), paging, takes, RiskActionView::from)
}

/// Records an action.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: RiskActionCreate,
) -> ApiResult<RiskActionView> {
    case_records::create::<ActionRow>(tx, scope, pupil, "risk_action.recorded", |tx, new| {
        check(tx.conn, scope, new.pupil, &input, "")?;
        let id = tx.new_id();
        let body = ActionBody { description: input.description, outcome: None, reason: None };
        let row = ActionRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            pupil_id: new.pupil,
            school_id: new.school,
            assessment_id: input.assessment_id,
            owner_id: input.owner_id,
            due_on: input.due_on,
            done_on: None,
            first_due_on: None,
            last_due_on: None,
            settled: false,
            withdrawn: false,
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: new.key.seal(ActionRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })
    .map(RiskActionView::from)
}

/// Records what came of an action, once.
pub fn outcome(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskActionOutcome,
) -> ApiResult<RiskActionView> {
    case_records::change::<ActionRow>(tx, scope, ids, if_match, "risk_action.done", |_, change| {
        if change.row.done_on.is_some() {
            return Err(ApiError::because(Code::StateConflict, "the action was done: correct the record"));
        }
        check_day(scope.today(), "/done_on", input.done_on)?;
        change.row.done_on = Some(input.done_on);
        change.body.outcome = Some(input);
        change.body.reason = None;
        Ok(())
    })
    .map(RiskActionView::from)
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskActionCorrection,
) -> ApiResult<RiskActionView> {
    case_records::change::<ActionRow>(tx, scope, ids, if_match, "risk_action.corrected", |tx, change| {
        let said = input.action;
        check(tx.conn, scope, change.row.pupil_id, &said, "/action")?;
        if let Some(outcome) = &input.outcome {
            check_day(scope.today(), "/outcome/done_on", outcome.done_on)?;
        }
        change.row.assessment_id = said.assessment_id;
        change.row.owner_id = said.owner_id;
        change.row.due_on = said.due_on;
        change.row.done_on = input.outcome.as_ref().map(|outcome| outcome.done_on);
        change.body =
            ActionBody { description: said.description, outcome: input.outcome, reason: Some(input.reason) };
        Ok(())
    })
    .map(RiskActionView::from)
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskActionWithdrawal,
) -> ApiResult<RiskActionView> {
    case_records::change::<ActionRow>(tx, scope, ids, if_match, "risk_action.withdrawn", |_, change| {
        change.row.withdrawn = true;
        change.body.reason = Some(input.reason);
        Ok(())
    })
    .map(RiskActionView::from)
}

/// The actions that are due; what is not done of an assessment that has ended is due no more.
pub fn actions_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let mut rows = case_records::due::<ActionRow>(conn, scope, asked)?;
    let open = open_assessments(conn, scope, rows.iter().map(|one| one.row.pupil_id).collect())?;
    rows.retain(|one| one.row.done_on.is_some() || open.contains(&one.row.assessment_id));
    let line =
        |row: &ActionRow| Some(Line { due_on: row.due_on, met_on: row.done_on, owner: Some(row.owner_id) });
    Ok(asked.lines(&rows, line))
}

/// The assessments of these pupils that stand and have not ended.
fn open_assessments(conn: &mut Conn, scope: &Scope, pupils: Vec<Id>) -> ApiResult<HashSet<Id>> {
    let known: Vec<AssessmentRow> = newest_of_pupils(conn, scope.trust(), pupils)?;
    let is_open = |row: &&AssessmentRow| !row.withdrawn && row.ended_on.is_none();
    Ok(known.iter().filter(is_open).map(|row| row.id).collect())
}

/// The assessment is the pupil's and stands, and whoever is named can do it.
fn check(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    input: &RiskActionCreate,
    at: &'static str,
) -> ApiResult<()> {
    let known: Vec<AssessmentRow> = case_records::standing(conn, &whole(scope.trust(), pupil))?;
    let open = known.iter().find(|row| row.id == input.assessment_id && row.ended_on.is_none());
    let Some(assessment) = open else {
        let words = "no such assessment of the pupil that has not ended";
        return Err(ApiError::rule(format!("{at}/assessment_id"), "unknown_reference", words));
    };
    if input.due_on < assessment.assessed_on {
        return Err(ApiError::rule(format!("{at}/due_on"), "range", "must not be before the assessment"));
    }
    let owner = if at.is_empty() { "/owner_id" } else { "/action/owner_id" };
    check_person(conn, scope, pupil, input.owner_id, owner)
}
