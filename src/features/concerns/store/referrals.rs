//! Referrals: what was asked of whom, about which pupils, and what became of it.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{ChallengeStep, ReferralConsent, ReferralMethod, ReferralStepKind};
use super::ConcernRow;
use crate::access::versions::InVersions;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_referral_pupils, concern_referral_steps, concern_referrals};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::{Name, Text};
use crate::{in_versions, insert_rows};

/// A version of a referral as it is stored. What it says is never changed; four of its moments follow from its steps, and
/// are kept in the version that holds, so that lists can ask for them.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_referrals, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct ReferralRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub agency_id: Id,
    pub made_at: Timestamp,
    pub made_by: Id,
    pub method: ReferralMethod,
    pub consent: ReferralConsent,
    pub framework_id: Option<Id>,
    pub framework_level: Option<i16>,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
    /// When the agency said that it has it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the day began on which the agency decided about the last of the pupils.
    pub decided_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    /// The round of the concern in which it was recorded.
    pub round: i32,
    /// When the agency answered first: by saying that it has it, or with the day on which it decided about a pupil.
    pub answered_at: Option<Timestamp>,
}

/// The text of a referral.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReferralBody {
    pub form: Option<Name<100>>,
    pub consent_reason: Option<Text<2000>>,
    pub reason: Text<5000>,
    pub correction_reason: Option<Text<2000>>,
}

/// A version of a step as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_referral_steps, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct StepRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub referral_id: Id,
    pub kind: ReferralStepKind,
    pub happened_at: Timestamp,
    pub method: Option<ReferralMethod>,
    /// Who of the trust did it.
    pub person_id: Option<Id>,
    pub challenge: Option<ChallengeStep>,
    pub answered_at: Option<Timestamp>,
    pub pupil_id: Option<Id>,
    pub external_decision_id: Option<Id>,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StepBody {
    /// Who at the agency.
    pub who: Option<Name<150>>,
    /// What was said.
    pub text: Option<Text<5000>>,
    /// What was answered.
    pub answer: Option<Text<5000>>,
    /// Why it was done, or done so.
    pub because: Option<Text<2000>>,
    pub correction_reason: Option<Text<2000>>,
}

in_versions!(ReferralRow, concern_referrals, ReferralBody, ConcernRow, concern_id);
in_versions!(StepRow, concern_referral_steps, StepBody, ReferralRow, referral_id);

impl StepRow {
    /// Whether this version held at a moment.
    pub fn held(&self, at: Timestamp) -> bool {
        self.recorded_at <= at && self.superseded_at.is_none_or(|end| end > at)
    }
}

#[derive(Insertable)]
#[diesel(table_name = concern_referral_pupils)]
#[expect(clippy::struct_field_names, reason = "the columns are identifiers, every one")]
struct PupilRow {
    trust_id: Id,
    referral_id: Id,
    pupil_id: Id,
    concern_id: Id,
}

/// Stores a new referral with its pupils.
pub fn insert_referral(conn: &mut Conn, row: &ReferralRow, pupils: &[Id]) -> ApiResult<()> {
    row.insert(conn)?;
    let (trust_id, referral_id, concern_id) = (row.trust_id, row.id, row.concern_id);
    let rows: Vec<PupilRow> = pupils
        .iter()
        .map(|pupil_id| PupilRow { trust_id, referral_id, pupil_id: *pupil_id, concern_id })
        .collect();
    insert_rows!(conn, concern_referral_pupils::table, &rows);
    Ok(())
}

/// The pupils of referrals: referral, pupil.
pub fn referral_pupils(conn: &mut Conn, trust: Id, referrals: &[Id]) -> ApiResult<Vec<(Id, Id)>> {
    Ok(concern_referral_pupils::table
        .filter(concern_referral_pupils::trust_id.eq(trust))
        .filter(concern_referral_pupils::referral_id.eq_any(referrals.to_vec()))
        .order((concern_referral_pupils::referral_id, concern_referral_pupils::pupil_id))
        .select((concern_referral_pupils::referral_id, concern_referral_pupils::pupil_id))
        .load(conn)?)
}

/// Whose steps are asked for.
#[derive(Clone, Copy, Debug)]
pub enum StepsOf<'a> {
    /// Those of these referrals.
    Referrals(&'a [Id]),
    /// What was decided about this pupil.
    Pupil(Id),
}

/// Every version of steps, the oldest step first.
pub fn referral_steps(conn: &mut Conn, trust: Id, of: StepsOf<'_>) -> ApiResult<Vec<StepRow>> {
    let all = concern_referral_steps::table.filter(concern_referral_steps::trust_id.eq(trust)).into_boxed();
    let theirs = match of {
        StepsOf::Referrals(ids) => all.filter(concern_referral_steps::referral_id.eq_any(ids.to_vec())),
        StepsOf::Pupil(pupil) => all.filter(concern_referral_steps::pupil_id.eq(Some(pupil))),
    };
    Ok(theirs
        .order((concern_referral_steps::id, concern_referral_steps::number))
        .select(StepRow::as_select())
        .load(conn)?)
}

/// Referrals by their identifiers, in the versions that hold: for what the service does by itself.
pub fn referrals_by_ids(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<ReferralRow>> {
    Ok(concern_referrals::table
        .filter(concern_referrals::trust_id.eq(trust))
        .filter(concern_referrals::id.eq_any(ids.to_vec()))
        .filter(concern_referrals::superseded_at.is_null())
        .select(ReferralRow::as_select())
        .load(conn)?)
}

/// Keeps in the version that holds how far a referral has come.
pub fn note_progress(conn: &mut Conn, row: &ReferralRow) -> ApiResult<()> {
    let stored = diesel::update(concern_referrals::table.find((row.trust_id, row.id, row.number)))
        .filter(concern_referrals::superseded_at.is_null())
        .set((
            concern_referrals::acknowledged_at.eq(row.acknowledged_at),
            concern_referrals::decided_at.eq(row.decided_at),
            concern_referrals::withdrawn_at.eq(row.withdrawn_at),
            concern_referrals::answered_at.eq(row.answered_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}

/// Lets the referrals about a pupil, and what was decided by them, name another one, who has turned out to be the same
/// child; says which.
pub fn rename_referred(conn: &mut Conn, trust: Id, (from, to): (Id, Id)) -> ApiResult<Vec<Id>> {
    let naming = |pupil: Id| {
        concern_referral_pupils::table
            .filter(concern_referral_pupils::trust_id.eq(trust))
            .filter(concern_referral_pupils::pupil_id.eq(pupil))
            .order(concern_referral_pupils::referral_id)
            .select(concern_referral_pupils::referral_id)
    };
    let theirs: Vec<Id> = naming(to).load(conn)?;
    let renamed: Vec<Id> = naming(from).load(conn)?;
    for referral in &renamed {
        let row = concern_referral_pupils::table.find((trust, *referral, from));
        if theirs.contains(referral) {
            diesel::delete(row).execute(conn)?;
        } else {
            diesel::update(row).set(concern_referral_pupils::pupil_id.eq(to)).execute(conn)?;
        }
    }
    diesel::update(concern_referral_steps::table)
        .filter(concern_referral_steps::trust_id.eq(trust))
        .filter(concern_referral_steps::pupil_id.eq(Some(from)))
        .set(concern_referral_steps::pupil_id.eq(Some(to)))
        .execute(conn)?;
    Ok(renamed)
}
