//! How far referrals have come, as it follows from their steps and from the decisions that these name: asked for a moment,
//! and kept in the rows for now.

use std::collections::BTreeSet;

use super::super::super::rules::referrals::{Progress, Standing, Taken};
use super::super::super::store::{self, ReferralRow, StepRow, StepsOf, end_of_time};
use super::super::case;
use crate::access::Tx;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::pupils::{self, DecisionKnown};
use crate::ids::Id;

/// Those of several decisions that stood at a moment.
pub fn standing_at(known: &[DecisionKnown], at: Timestamp) -> Standing {
    let held = known.iter().filter(|one| one.held(at));
    held.filter_map(|one| Some((one.id, one.decided_on?))).collect()
}

/// The decisions about these pupils that stand now.
pub fn standing_now(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Standing> {
    let known = pupils::decisions_known(conn, trust, pupils)?;
    Ok(standing_at(&known, end_of_time()))
}

/// The decisions about a pupil whose records were withdrawn.
pub fn decisions_gone(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<Id>> {
    let known = pupils::decisions_known(conn, trust, &[pupil])?;
    let gone = known.iter().filter(|one| one.held(end_of_time()) && one.decided_on.is_none());
    Ok(gone.map(|one| one.id).collect())
}

/// What the steps of a referral about these pupils come to.
pub fn progress<'a>(
    about: &[Id],
    steps: impl IntoIterator<Item = &'a StepRow>,
    standing: &Standing,
) -> Progress {
    let taken = |step: &StepRow| Taken {
        kind: step.kind,
        at: step.happened_at,
        challenge: step.challenge,
        decision: step.pupil_id.zip(step.external_decision_id),
    };
    Progress::of(about, steps.into_iter().map(taken), standing)
}

/// Keeps in the version of a referral that holds how far it has come, so that lists can ask for it.
pub fn keep(conn: &mut Conn, row: &mut ReferralRow, progress: &Progress) -> ApiResult<()> {
    row.acknowledged_at = progress.acknowledged_at;
    row.withdrawn_at = progress.withdrawn_at;
    row.answered_at = progress.answered_at();
    row.decided_at = progress.decided_at();
    store::note_progress(conn, row)
}

/// Keeps in these referrals how far each has come by now. What is decided about `pupils` counts beside what is about their
/// own.
pub fn settle(conn: &mut Conn, trust: Id, referrals: &[Id], pupils: &[Id]) -> ApiResult<()> {
    if referrals.is_empty() {
        return Ok(());
    }
    let about = store::referral_pupils(conn, trust, referrals)?;
    let mut steps = store::referral_steps(conn, trust, StepsOf::Referrals(referrals))?;
    steps.retain(|step| step.superseded_at.is_none());
    let decided = steps.iter().filter_map(|step| step.pupil_id).chain(pupils.iter().copied());
    let decided: BTreeSet<Id> = decided.collect();
    let standing = standing_now(conn, trust, &decided.into_iter().collect::<Vec<_>>())?;
    for mut row in store::referrals_by_ids(conn, trust, referrals)? {
        let theirs = about.iter().filter(|(id, _)| *id == row.id).map(|(_, pupil)| *pupil);
        let theirs: Vec<Id> = theirs.collect();
        let steps = steps.iter().filter(|step| step.referral_id == row.id);
        let come = progress(&theirs, steps, &standing);
        keep(conn, &mut row, &come)?;
    }
    Ok(())
}

/// Sees to the referrals that name a decision whose record was corrected or withdrawn: they show it as it reads now, and
/// answers of panels about their concerns lapse. The pupil is held.
pub fn decision_changed(tx: &mut Tx<'_>, pupil: Id, decision: Id) -> ApiResult<()> {
    let trust = tx.trust();
    let mut naming = store::referral_steps(tx.conn, trust, StepsOf::Pupil(pupil))?;
    naming.retain(|step| step.superseded_at.is_none() && step.external_decision_id == Some(decision));
    let referrals: BTreeSet<Id> = naming.iter().map(|step| step.referral_id).collect();
    let concerns: BTreeSet<Id> = naming.iter().map(|step| step.concern_id).collect();
    if concerns.is_empty() {
        return Ok(());
    }
    let concerns: Vec<Id> = concerns.into_iter().collect();
    let mut known = store::by_ids(tx.conn, trust, &concerns)?;
    known.sort_by_key(|row| row.id);
    for row in &mut known {
        *row = store::lock(tx.conn, row)?;
    }
    settle(tx.conn, trust, &referrals.into_iter().collect::<Vec<_>>(), &[])?;
    for row in known {
        let row = case::moved(tx, row)?;
        store::update(tx.conn, &row)?;
        tx.did("concern.referral-decision-changed", "concern", row.id, Some(row.school_id))?;
    }
    Ok(())
}
