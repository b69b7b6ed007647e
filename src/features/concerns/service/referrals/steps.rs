//! What becomes of a referral: each act is a step, and the referral is shown with all of them.

use super::super::super::dto::{
    ChallengeStep, ConcernReferralView, ReferralAcknowledgementCreate, ReferralChallengeAnswer,
    ReferralChallengeCreate, ReferralChaseCreate, ReferralDecisionCreate, ReferralFeedbackCreate,
    ReferralMethod, ReferralStepKind, ReferralWithdrawal,
};
use super::super::super::rules::referrals::{Progress, Standing, Step};
use super::super::super::store::{self, ReferralRow, StepBody, StepRow, StepsOf};
use super::super::case::{self, Case, Made};
use super::super::{admission, external};
use super::{progress, read};
use crate::access::refer::unknown;
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult};
use crate::features::pupils;
use crate::http::IfMatch;
use crate::ids::Id;

/// A referral that somebody records something of, with what is on record.
pub struct Open {
    pub case: Case,
    pub row: ReferralRow,
    pub about: Vec<Id>,
    pub steps: Vec<StepRow>,
    standing: Standing,
}

/// Whether a request is carried out now, or was before: then with what it was answered with.
pub enum Begun {
    First(Box<Open>),
    Again(Box<Made<ConcernReferralView>>),
}

/// The concern and the referral in scope, then whether this request was carried out before, then the concern's version,
/// then whether it is open.
pub fn begin(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (concern, referral): (Id, Id),
    if_match: &IfMatch,
) -> ApiResult<Begun> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    let row = ReferralRow::newest(tx.conn, &case.row, referral)?;
    if let Some(id) = tx.replayed()? {
        return Ok(Begun::Again(Box::new(read::again(tx, scope, &case, id)?)));
    }
    case.claim(tx, if_match)?;
    let about = store::referral_pupils(tx.conn, scope.trust(), &[referral])?;
    let about: Vec<Id> = about.into_iter().map(|(_, pupil)| pupil).collect();
    let mut steps = store::referral_steps(tx.conn, scope.trust(), StepsOf::Referrals(&[referral]))?;
    steps.retain(|step| step.superseded_at.is_none());
    let standing = progress::standing_now(tx.conn, scope.trust(), &about)?;
    Ok(Begun::First(Box::new(Open { case, row, about, steps, standing })))
}

impl Open {
    /// How far it has come.
    fn progress(&self) -> Progress {
        progress::progress(&self.about, &self.steps, &self.standing)
    }

    /// Refuses what the state of the referral does not allow.
    pub fn refuse(&self, step: Step) -> ApiResult<()> {
        self.progress().record.refusal(step).map_or(Ok(()), |code| Err(ApiError::of(code)))
    }

    /// The step of a kind that is recorded once and put right afterwards.
    fn once(&self, kind: ReferralStepKind) -> Option<StepRow> {
        self.steps.iter().find(|step| step.kind == kind).cloned()
    }

    /// Refuses a moment in the future, and one before the referral was made.
    fn check_moment(&self, scope: &Scope, pointer: &'static str, at: Timestamp) -> ApiResult<()> {
        case::check_moment(scope, pointer, at)?;
        if at < self.row.made_at {
            return Err(ApiError::rule(pointer, "range", "must not be before the referral was made"));
        }
        Ok(())
    }

    /// Refuses a moment before that of a step of these kinds.
    fn check_after(&self, kinds: &[ReferralStepKind], pointer: &'static str, at: Timestamp) -> ApiResult<()> {
        if self.steps.iter().any(|step| kinds.contains(&step.kind) && at < step.happened_at) {
            let words = "must not be before what is on record of the referral";
            return Err(ApiError::rule(pointer, "range", words));
        }
        Ok(())
    }

    /// Refuses whoever is linked to the case, where they were not named before.
    fn check_person(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        (pointer, person): (&'static str, Id),
        before: Option<Id>,
    ) -> ApiResult<()> {
        if before == Some(person) {
            return Ok(());
        }
        admission::check_not_linked(tx.conn, scope, &self.case.row, person, pointer)
    }
}

/// Refuses a reason for putting right what is not there.
fn check_reason(has_reason: bool, is_there: bool) -> ApiResult<()> {
    if has_reason && !is_there {
        let words = "nothing is on record that could be put right";
        return Err(ApiError::rule("/correction_reason", "not_allowed", words));
    }
    Ok(())
}

/// What may have become of a referral before it is taken back.
const BEFORE_WITHDRAWAL: &[ReferralStepKind] =
    &[ReferralStepKind::Acknowledged, ReferralStepKind::Chased, ReferralStepKind::Challenged];

/// A step as it is to be stored.
struct Draft {
    kind: ReferralStepKind,
    at: Timestamp,
    method: Option<ReferralMethod>,
    person: Option<Id>,
    challenge: Option<ChallengeStep>,
    answered_at: Option<Timestamp>,
    decision: Option<(Id, Id)>,
    body: StepBody,
    /// The step that it puts right or completes.
    old: Option<StepRow>,
}

impl Draft {
    const fn new(kind: ReferralStepKind, at: Timestamp, body: StepBody) -> Self {
        Self {
            kind,
            at,
            method: None,
            person: None,
            challenge: None,
            answered_at: None,
            decision: None,
            body,
            old: None,
        }
    }

    fn store(&self, tx: &mut Tx<'_>, scope: &Scope, open: &Open) -> ApiResult<StepRow> {
        let id = self.old.as_ref().map_or_else(|| tx.new_id(), |old| old.id);
        let row = StepRow {
            trust_id: scope.trust(),
            id,
            number: self.old.as_ref().map_or(1, |old| old.number + 1),
            concern_id: open.row.concern_id,
            referral_id: open.row.id,
            kind: self.kind,
            happened_at: self.at,
            method: self.method,
            person_id: self.person,
            challenge: self.challenge,
            answered_at: self.answered_at,
            pupil_id: self.decision.map(|(pupil, _)| pupil),
            external_decision_id: self.decision.map(|(_, decision)| decision),
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: open.case.key.seal(StepRow::TABLE, id, &self.body)?,
        };
        if self.old.is_some() {
            row.replace(tx.conn)?;
        } else {
            row.insert(tx.conn)?;
        }
        Ok(row)
    }
}

/// Records a step: `make` checks what was given.
fn record(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    make: impl FnOnce(&mut Tx<'_>, &Open) -> ApiResult<Draft>,
) -> ApiResult<Made<ConcernReferralView>> {
    let mut open = match begin(tx, scope, ids, if_match)? {
        Begun::First(open) => *open,
        Begun::Again(made) => return Ok(*made),
    };
    let draft = make(tx, &open)?;
    let step = draft.store(tx, scope, &open)?;
    open.steps.retain(|known| known.id != step.id);
    open.steps.push(step);
    let come = open.progress();
    progress::keep(tx.conn, &mut open.row, &come)?;
    let id = open.row.id;
    let view = read::one(tx.conn, tx.vault, scope, &open.case, open.row)?;
    read::note_decisions(tx, &view)?;
    open.case.finish(tx, did, id, &draft.body, view)
}

/// Records that the agency has it.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralAcknowledgementCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-acknowledged", |_, open| {
        open.refuse(Step::Acknowledge { again: input.correction_reason.is_some() })?;
        let old = open.once(ReferralStepKind::Acknowledged);
        check_reason(input.correction_reason.is_some(), old.is_some())?;
        open.check_moment(scope, "/acknowledged_at", input.acknowledged_at)?;
        let body = StepBody {
            who: Some(input.acknowledged_by),
            text: input.note,
            correction_reason: input.correction_reason,
            ..StepBody::default()
        };
        let draft = Draft::new(ReferralStepKind::Acknowledged, input.acknowledged_at, body);
        Ok(Draft { old, ..draft })
    })
}

/// Records that the school asked after it.
pub fn chase(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralChaseCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-chased", |tx, open| {
        open.refuse(Step::Chase)?;
        open.check_moment(scope, "/chased_at", input.chased_at)?;
        open.check_person(tx, scope, ("/chased_by_id", input.chased_by_id), None)?;
        let body = StepBody { who: Some(input.to_whom), text: input.note, ..StepBody::default() };
        let draft = Draft::new(ReferralStepKind::Chased, input.chased_at, body);
        Ok(Draft { method: Some(input.method), person: Some(input.chased_by_id), ..draft })
    })
}

/// Records which external decision about a pupil answers it. The pupils are held, so that none is withdrawn meanwhile.
pub fn decide_referral(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralDecisionCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    external::hold(tx.conn, scope.trust(), ids.0)?;
    record(tx, scope, ids, if_match, "concern.referral-decided", |tx, open| {
        let known = pupils::decisions_shown(tx.conn, tx.vault, scope, &open.about, tx.now())?;
        let found = known.iter().find(|known| known.id == input.external_decision_id && !known.withdrawn);
        let decision = found.ok_or_else(|| unknown("/external_decision_id"))?;
        open.refuse(Step::Decide { stands: open.progress().is_decided_about(decision.pupil_id) })?;
        if decision.decided_on < open.row.made_at.london_date() {
            let words = "the agency decided before the referral was made";
            return Err(ApiError::rule("/external_decision_id", "range", words));
        }
        let draft =
            Draft::new(ReferralStepKind::Decided, decision.decided_on.begins_at(), StepBody::default());
        Ok(Draft { decision: Some((decision.pupil_id, decision.id)), ..draft })
    })
}

/// Records that whoever reported the concern was told what came of it.
pub fn feed_back(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralFeedbackCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-fed-back", |tx, open| {
        open.refuse(Step::FeedBack { again: input.correction_reason.is_some() })?;
        let old = open.once(ReferralStepKind::FedBack);
        check_reason(input.correction_reason.is_some(), old.is_some())?;
        open.check_moment(scope, "/told_at", input.told_at)?;
        let before = old.as_ref().and_then(|old| old.person_id);
        open.check_person(tx, scope, ("/told_by_id", input.told_by_id), before)?;
        let body =
            StepBody { text: input.note, correction_reason: input.correction_reason, ..StepBody::default() };
        let draft = Draft::new(ReferralStepKind::FedBack, input.told_at, body);
        Ok(Draft { person: Some(input.told_by_id), old, ..draft })
    })
}

/// Takes it back, before the agency has decided.
pub fn withdraw_referral(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralWithdrawal,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-withdrawn", |_, open| {
        open.refuse(Step::Withdraw)?;
        open.check_moment(scope, "/withdrawn_at", input.withdrawn_at)?;
        open.check_after(BEFORE_WITHDRAWAL, "/withdrawn_at", input.withdrawn_at)?;
        let body = StepBody { because: Some(input.reason), ..StepBody::default() };
        Ok(Draft::new(ReferralStepKind::Withdrawn, input.withdrawn_at, body))
    })
}

/// Records that the school disagrees, at the next step.
pub fn challenge(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralChallengeCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-challenged", |tx, open| {
        open.refuse(Step::Challenge { step: input.step, because: input.skipped_because.is_some() })?;
        open.check_moment(scope, "/raised_at", input.raised_at)?;
        open.check_after(&[ReferralStepKind::Challenged], "/raised_at", input.raised_at)?;
        open.check_person(tx, scope, ("/raised_by_id", input.raised_by_id), None)?;
        let body = StepBody {
            who: Some(input.to_whom),
            text: Some(input.said),
            because: input.skipped_because,
            ..StepBody::default()
        };
        let draft = Draft::new(ReferralStepKind::Challenged, input.raised_at, body);
        Ok(Draft { challenge: Some(input.step), person: Some(input.raised_by_id), ..draft })
    })
}

/// Records what was answered to a step of the challenge.
pub fn answer_challenge(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ReferralChallengeAnswer,
) -> ApiResult<Made<ConcernReferralView>> {
    record(tx, scope, ids, if_match, "concern.referral-challenge-answered", |_, open| {
        open.refuse(Step::Answer)?;
        let old = open.steps.iter().find(|step| step.challenge == Some(input.step)).cloned();
        let old = old.ok_or_else(|| {
            ApiError::rule("/step", "unknown_reference", "this step of the challenge was not taken")
        })?;
        if old.answered_at.is_some() && input.correction_reason.is_none() {
            return Err(ApiError::of(crate::error::Code::Superseded));
        }
        check_reason(input.correction_reason.is_some(), old.answered_at.is_some())?;
        case::check_moment(scope, "/answered_at", input.answered_at)?;
        if input.answered_at < old.happened_at {
            return Err(ApiError::rule("/answered_at", "range", "must not be before it was raised"));
        }
        let before: StepBody = open.case.key.unseal(StepRow::TABLE, old.id, &old.body)?;
        let body =
            StepBody { answer: Some(input.answer), correction_reason: input.correction_reason, ..before };
        let draft = Draft::new(ReferralStepKind::Challenged, old.happened_at, body);
        Ok(Draft {
            challenge: old.challenge,
            person: old.person_id,
            answered_at: Some(input.answered_at),
            old: Some(old),
            ..draft
        })
    })
}
