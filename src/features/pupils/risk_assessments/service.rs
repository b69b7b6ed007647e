//! Recording assessments.

use super::super::case::check_day;
use super::super::case_records::{self, CaseDue, CaseRecord, Change, DueAsked, Line};
use super::dto::{
    RiskAssessmentCorrection, RiskAssessmentCreate, RiskAssessmentEnding, RiskAssessmentFilter,
    RiskAssessmentReview, RiskAssessmentView, RiskAssessmentWithdrawal,
};
use super::store::{AssessmentBody, AssessmentRow};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One assessment, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<RiskAssessmentView> {
    Ok(case_records::get::<AssessmentRow>(conn, vault, scope, ids, as_of)?.into())
}

/// A page of a pupil's assessments, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &RiskAssessmentFilter,
    paging: &Paging,
) -> ApiResult<Page<RiskAssessmentView>> {
    let takes = |row: &AssessmentRow| filter.kind.is_none_or(|kind| row.kind == kind);
    case_records::list(conn, vault, scope, (pupil, filter.as_of), paging, takes, RiskAssessmentView::from)
}

/// Records an assessment.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: RiskAssessmentCreate,
) -> ApiResult<RiskAssessmentView> {
    case_records::create::<AssessmentRow>(tx, scope, pupil, "risk_assessment.recorded", |tx, new| {
        check_day(scope.today(), "/assessed_on", input.assessed_on)?;
        let id = tx.new_id();
        let (kind, assessed_on, review_on) = (input.kind, input.assessed_on, Some(input.review_on));
        let body = AssessmentBody::of(input);
        let row = AssessmentRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            pupil_id: new.pupil,
            school_id: new.school,
            kind,
            assessed_on,
            review_on,
            ended_on: None,
            first_due_on: None,
            last_due_on: None,
            settled: false,
            withdrawn: false,
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: new.key.seal(AssessmentRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })
    .map(RiskAssessmentView::from)
}

/// Records a review: the assessment as it reads from now on.
pub fn review(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskAssessmentReview,
) -> ApiResult<RiskAssessmentView> {
    case_records::change::<AssessmentRow>(
        tx,
        scope,
        ids,
        if_match,
        "risk_assessment.reviewed",
        |_, change| {
            refuse_ended(change)?;
            let assessment = input.assessment;
            check_day(scope.today(), "/assessment/assessed_on", assessment.assessed_on)?;
            if assessment.assessed_on < change.row.assessed_on {
                let words = "must not be before the version that is reviewed";
                return Err(ApiError::rule("/assessment/assessed_on", "range", words));
            }
            set(change, assessment);
            change.body.found = Some(input.found);
            Ok(())
        },
    )
    .map(RiskAssessmentView::from)
}

/// Records that it is not looked at again.
pub fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskAssessmentEnding,
) -> ApiResult<RiskAssessmentView> {
    case_records::change::<AssessmentRow>(tx, scope, ids, if_match, "risk_assessment.ended", |_, change| {
        refuse_ended(change)?;
        check_day(scope.today(), "/ended_on", input.ended_on)?;
        if input.ended_on < change.row.assessed_on {
            return Err(ApiError::rule("/ended_on", "range", "must not be before the assessment"));
        }
        (change.row.review_on, change.row.ended_on) = (None, Some(input.ended_on));
        change.body.reason = Some(input.reason);
        Ok(())
    })
    .map(RiskAssessmentView::from)
}

/// Records a corrected version; one that has ended goes on from there.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskAssessmentCorrection,
) -> ApiResult<RiskAssessmentView> {
    case_records::change::<AssessmentRow>(
        tx,
        scope,
        ids,
        if_match,
        "risk_assessment.corrected",
        |_, change| {
            let found = change.body.found.take();
            check_day(scope.today(), "/assessment/assessed_on", input.assessment.assessed_on)?;
            set(change, input.assessment);
            (change.body.found, change.body.reason) = (found, Some(input.reason));
            Ok(())
        },
    )
    .map(RiskAssessmentView::from)
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: RiskAssessmentWithdrawal,
) -> ApiResult<RiskAssessmentView> {
    case_records::change::<AssessmentRow>(
        tx,
        scope,
        ids,
        if_match,
        "risk_assessment.withdrawn",
        |_, change| {
            change.row.withdrawn = true;
            change.body.reason = Some(input.reason);
            Ok(())
        },
    )
    .map(RiskAssessmentView::from)
}

/// The reviews that are due.
pub fn reviews_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let rows = case_records::due::<AssessmentRow>(conn, scope, asked)?;
    let line = |row: &AssessmentRow| Some(Line { due_on: row.review_on?, met_on: None, owner: None });
    Ok(asked.lines(&rows, line))
}

fn set(change: &mut Change<AssessmentRow>, assessment: RiskAssessmentCreate) {
    change.row.kind = assessment.kind;
    change.row.assessed_on = assessment.assessed_on;
    change.row.review_on = Some(assessment.review_on);
    change.row.ended_on = None;
    change.body = AssessmentBody::of(assessment);
}

fn refuse_ended(change: &Change<AssessmentRow>) -> ApiResult<()> {
    if change.row.ended_on.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the assessment has ended"));
    }
    Ok(())
}
