//! Referrals as they are shown: what was asked, with what became of it, as it is or as it was known at a moment.

use std::collections::{BTreeSet, HashMap};

use super::super::super::content::CaseKey;
use super::super::super::dto::{
    ConcernReferralView, ReferralAcknowledgementView, ReferralChallengeView, ReferralChaseView,
    ReferralDecisionView, ReferralFeedbackView, ReferralStepKind, ReferralWithdrawalView,
};
use super::super::super::store::{self, ReferralBody, ReferralRow, StepBody, StepRow, StepsOf, end_of_time};
use super::super::case::{self, Case, Made};
use super::progress;
use crate::access::versions::{self, InVersions};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::pupils::{self, DecisionKnown, ExternalDecisionView};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// What stands around several referrals.
struct Around {
    about: HashMap<Id, Vec<Id>>,
    steps: HashMap<Id, Vec<StepRow>>,
    /// The decisions that the caller sees.
    decisions: HashMap<Id, ExternalDecisionView>,
    /// When each stood, whoever sees it: how far a referral has come is the same for all who read it.
    known: Vec<DecisionKnown>,
    /// The moment as at which it is read.
    at: Timestamp,
}

impl Around {
    fn of(conn: &mut Conn, vault: &Vault, scope: &Scope, referrals: &[Id], at: Timestamp) -> ApiResult<Self> {
        let (mut about, mut steps) = (HashMap::new(), HashMap::new());
        for (referral, pupil) in store::referral_pupils(conn, scope.trust(), referrals)? {
            about.entry(referral).or_insert_with(Vec::new).push(pupil);
        }
        let mut decided = BTreeSet::new();
        for step in store::referral_steps(conn, scope.trust(), StepsOf::Referrals(referrals))? {
            decided.extend(step.pupil_id);
            steps.entry(step.referral_id).or_insert_with(Vec::new).push(step);
        }
        let decided: Vec<Id> = decided.into_iter().collect();
        let decisions = match decided.as_slice() {
            [] => Vec::new(),
            some => pupils::decisions_shown(conn, vault, scope, some, at)?,
        };
        let decisions = decisions.into_iter().map(|view| (view.id, view)).collect();
        let known = pupils::decisions_known(conn, scope.trust(), &decided)?;
        Ok(Self { about, steps, decisions, known, at })
    }

    fn view(&self, case: &Case, row: ReferralRow) -> ApiResult<ConcernReferralView> {
        let body: ReferralBody = case.key.unseal(ReferralRow::TABLE, row.id, &row.body)?;
        // A version that another one has followed is shown with what had become of it until then.
        let at = row.superseded_at.map_or(self.at, |end| self.at.min(just_before(end)));
        let pupil_ids = self.about.get(&row.id).cloned().unwrap_or_default();
        let steps: Vec<&StepRow> =
            self.steps.get(&row.id).into_iter().flatten().filter(|step| step.held(at)).collect();
        let standing = progress::standing_at(&self.known, at);
        let come = progress::progress(&pupil_ids, steps.iter().copied(), &standing);
        let mut view = ConcernReferralView {
            id: row.id,
            number: row.number,
            agency_id: row.agency_id,
            state: come.record.state(),
            pupil_ids,
            made_at: row.made_at,
            made_by_id: row.made_by,
            method: row.method,
            form: body.form,
            consent: row.consent,
            consent_reason: body.consent_reason,
            framework_id: row.framework_id,
            framework_level: row.framework_level,
            reason: body.reason,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            correction_reason: body.correction_reason,
            acknowledgement: None,
            chases: Vec::new(),
            decisions: Vec::new(),
            challenges: Vec::new(),
            feedback: None,
            withdrawal: None,
        };
        for step in steps {
            let said: StepBody = case.key.unseal(StepRow::TABLE, step.id, &step.body)?;
            self.add(&mut view, step, said)?;
        }
        Ok(view)
    }

    fn add(&self, view: &mut ConcernReferralView, step: &StepRow, said: StepBody) -> ApiResult<()> {
        let (author_id, recorded_at) = (step.author_id, step.recorded_at);
        match step.kind {
            ReferralStepKind::Acknowledged => {
                view.acknowledgement = Some(ReferralAcknowledgementView {
                    acknowledged_at: step.happened_at,
                    acknowledged_by: said.who.ok_or_else(stray)?,
                    note: said.text,
                    author_id,
                    recorded_at,
                    correction_reason: said.correction_reason,
                });
            }
            ReferralStepKind::Chased => view.chases.push(ReferralChaseView {
                id: step.id,
                chased_at: step.happened_at,
                chased_by_id: step.person_id,
                method: step.method,
                to_whom: said.who.ok_or_else(stray)?,
                note: said.text,
                author_id,
                recorded_at,
            }),
            ReferralStepKind::Decided => {
                let external_decision_id = step.external_decision_id.ok_or_else(stray)?;
                view.decisions.push(ReferralDecisionView {
                    pupil_id: step.pupil_id.ok_or_else(stray)?,
                    external_decision_id,
                    decision: self.decisions.get(&external_decision_id).cloned(),
                    author_id,
                    recorded_at,
                });
            }
            ReferralStepKind::FedBack => {
                view.feedback = Some(ReferralFeedbackView {
                    told_at: step.happened_at,
                    told_by_id: step.person_id,
                    note: said.text,
                    author_id,
                    recorded_at,
                    correction_reason: said.correction_reason,
                });
            }
            ReferralStepKind::Withdrawn => {
                view.withdrawal = Some(ReferralWithdrawalView {
                    withdrawn_at: step.happened_at,
                    reason: said.because.ok_or_else(stray)?,
                    author_id,
                    recorded_at,
                });
            }
            ReferralStepKind::Challenged => view.challenges.push(ReferralChallengeView {
                step: step.challenge.ok_or_else(stray)?,
                raised_at: step.happened_at,
                raised_by_id: step.person_id,
                to_whom: said.who.ok_or_else(stray)?,
                said: said.text.ok_or_else(stray)?,
                skipped_because: said.because,
                answered_at: step.answered_at,
                answer: said.answer,
                author_id,
                recorded_at,
                correction_reason: said.correction_reason,
            }),
        }
        Ok(())
    }
}

fn stray() -> ApiError {
    ApiError::internal("a step of a referral lacks what its kind has")
}

fn just_before(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - 1)
}

/// A referral in a version that was found in a case of the caller's.
pub fn one(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    case: &Case,
    row: ReferralRow,
) -> ApiResult<ConcernReferralView> {
    Around::of(conn, vault, scope, &[row.id], end_of_time())?.view(case, row)
}

/// Writes down which decisions the answer of a change shows: they are records of the pupils.
pub fn note_decisions(tx: &mut Tx<'_>, view: &ConcernReferralView) -> ApiResult<()> {
    view.decisions_shown()
        .try_for_each(|shown| tx.showed_too("external_decision", shown.id, Some(shown.school_id)))
}

/// What a repeated request is answered with.
pub fn again(tx: &mut Tx<'_>, scope: &Scope, case: &Case, id: Id) -> ApiResult<Made<ConcernReferralView>> {
    let row = ReferralRow::newest(tx.conn, &case.row, id)?;
    let view = one(tx.conn, tx.vault, scope, case, row)?;
    Ok(case.again(id, view))
}

/// One referral.
pub fn get_referral(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (concern, referral): (Id, Id),
) -> ApiResult<ConcernReferralView> {
    let case = case::open(conn, vault, scope, concern)?;
    let row = ReferralRow::newest(conn, &case.row, referral)?;
    one(conn, vault, scope, &case, row)
}

/// A page of a concern's referrals as they stood at a moment, the oldest record first.
pub fn list_referrals(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernReferralView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let at = case::moment(scope, as_of);
    let rows = ReferralRow::list_at(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let count = paging.wants_count().then(|| ReferralRow::count_at(conn, &case.row, at)).transpose()?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let around = Around::of(conn, vault, scope, &ids, at)?;
    let views = rows.into_iter().map(|row| around.view(&case, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// A page of the versions of a referral, the first one first, each with what had become of it until the next.
pub fn list_referral_versions(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (concern, referral): (Id, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernReferralView>> {
    let case = case::open(conn, vault, scope, concern)?;
    ReferralRow::newest(conn, &case.row, referral)?;
    let around = Around::of(conn, vault, scope, &[referral], case::moment(scope, as_of))?;
    let view = |row| around.view(&case, row);
    versions::page_of_versions(conn, (&case.row, referral), as_of, paging, view)
}

/// A referral in one line.
pub fn line_of_referral(key: &CaseKey, row: &ReferralRow) -> ApiResult<String> {
    let body: ReferralBody = key.unseal(ReferralRow::TABLE, row.id, &row.body)?;
    Ok(body.reason.into_string())
}

/// A step in one line.
pub fn line_of_step(key: &CaseKey, row: &StepRow) -> ApiResult<String> {
    let said: StepBody = key.unseal(StepRow::TABLE, row.id, &row.body)?;
    let what = match row.challenge {
        Some(step) => format!("{} ({step})", row.kind),
        None => row.kind.to_string(),
    };
    let text = said.answer.or(said.text).map(crate::text::Text::into_string);
    let text = text.or_else(|| said.because.map(crate::text::Text::into_string));
    let parts = [Some(what), said.who.map(crate::text::Name::into_string), text];
    Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
}
