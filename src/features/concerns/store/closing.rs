//! Scrutiny, closures and reopenings, and how far answers of a panel let a concern be closed.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use serde::{Deserialize, Serialize};

use super::super::dto::{
    ConcernDecisionKind, ConcernShareKind, ConcernState, ReferralStepKind, ScrutinyCapacity,
};
use super::{ConcernRow, ShareRow};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{
    concern_actions, concern_closures, concern_decisions, concern_referral_steps, concern_referrals,
    concern_reopenings, concern_scrutiny, concern_shares, concerns, panel_agreements,
};
use crate::error::ApiResult;
use crate::features::organisation::trust::ClosureRule;
use crate::ids::Id;
use crate::text::Text;

/// A stamp as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_scrutiny, check_for_backend(crate::db::Backend))]
pub struct StampRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub round: i32,
    pub capacity: ScrutinyCapacity,
    pub author_id: Id,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// A closure as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_closures, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct ClosureRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub round: i32,
    pub way: ClosureRule,
    pub panel_id: Option<Id>,
    pub author_id: Id,
    pub closed_at: Timestamp,
    pub reopened_at: Option<Timestamp>,
    pub body: Sealed,
}

/// A reopening as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_reopenings, check_for_backend(crate::db::Backend))]
pub struct ReopeningRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub round: i32,
    pub author_id: Id,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// The text of a stamp.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StampBody {
    pub comment: Option<Text<5000>>,
}

/// The text of a closure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClosureBody {
    pub outcome: Text<5000>,
    pub closure_rationale: Option<Text<5000>>,
    pub safety_statement: Option<Text<5000>>,
}

/// The text of a reopening.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReopeningBody {
    pub reason: Text<5000>,
}

/// Takes a concern's next version whatever the last one was; the row stays locked until the change is stored, and what
/// is read of it from here on is what everybody before has left.
pub fn lock(conn: &mut Conn, row: &ConcernRow) -> ApiResult<ConcernRow> {
    let place = concerns::table.find((row.trust_id, row.id));
    diesel::update(place).set(concerns::version.eq(concerns::version + 1)).execute(conn)?;
    Ok(concerns::table.find((row.trust_id, row.id)).select(ConcernRow::as_select()).first(conn)?)
}

/// Stores a stamp.
pub fn insert_stamp(conn: &mut Conn, row: &StampRow) -> ApiResult<()> {
    diesel::insert_into(concern_scrutiny::table).values(row).execute(conn)?;
    Ok(())
}

/// One stamp of a concern.
pub fn stamp(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<StampRow> {
    Ok(concern_scrutiny::table
        .find((concern.trust_id, id))
        .filter(concern_scrutiny::concern_id.eq(concern.id))
        .select(StampRow::as_select())
        .first(conn)?)
}

/// The stamps of a round as known at a moment, the oldest first.
pub fn round_stamps(
    conn: &mut Conn,
    concern: &ConcernRow,
    round: i32,
    at: Timestamp,
) -> ApiResult<Vec<StampRow>> {
    Ok(concern_scrutiny::table
        .filter(concern_scrutiny::trust_id.eq(concern.trust_id))
        .filter(concern_scrutiny::concern_id.eq(concern.id))
        .filter(concern_scrutiny::round.eq(round))
        .filter(concern_scrutiny::recorded_at.le(at))
        .order(concern_scrutiny::id)
        .select(StampRow::as_select())
        .load(conn)?)
}

/// The stamps of all rounds, by identifier: a person's one a round.
pub fn stamps(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<StampRow>> {
    Ok(concern_scrutiny::table
        .filter(concern_scrutiny::trust_id.eq(concern.trust_id))
        .filter(concern_scrutiny::concern_id.eq(concern.id))
        .order(concern_scrutiny::id)
        .select(StampRow::as_select())
        .load(conn)?)
}

/// Stores a closure.
pub fn insert_closure(conn: &mut Conn, row: &ClosureRow) -> ApiResult<()> {
    diesel::insert_into(concern_closures::table).values(row).execute(conn)?;
    Ok(())
}

/// One closure of a concern.
pub fn closure(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<ClosureRow> {
    Ok(concern_closures::table
        .find((concern.trust_id, id))
        .filter(concern_closures::concern_id.eq(concern.id))
        .select(ClosureRow::as_select())
        .first(conn)?)
}

/// The closure that holds at a moment; none where the concern is open then.
pub fn closure_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<Option<ClosureRow>> {
    Ok(concern_closures::table
        .filter(concern_closures::trust_id.eq(concern.trust_id))
        .filter(concern_closures::concern_id.eq(concern.id))
        .filter(concern_closures::closed_at.le(at))
        .filter(
            concern_closures::reopened_at
                .is_null()
                .or(concern_closures::reopened_at.gt(at).assume_not_null()),
        )
        .order(concern_closures::round.desc())
        .select(ClosureRow::as_select())
        .first(conn)
        .optional()?)
}

/// The closures of a concern, one a round, the first round first.
pub fn closures(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<ClosureRow>> {
    Ok(concern_closures::table
        .filter(concern_closures::trust_id.eq(concern.trust_id))
        .filter(concern_closures::concern_id.eq(concern.id))
        .order(concern_closures::round)
        .select(ClosureRow::as_select())
        .load(conn)?)
}

/// Stores a reopening, which ends the closure that holds.
pub fn insert_reopening(conn: &mut Conn, row: &ReopeningRow) -> ApiResult<()> {
    let ended = diesel::update(concern_closures::table)
        .filter(concern_closures::trust_id.eq(row.trust_id))
        .filter(concern_closures::concern_id.eq(row.concern_id))
        .filter(concern_closures::round.eq(row.round - 1))
        .filter(concern_closures::reopened_at.is_null())
        .set(concern_closures::reopened_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    diesel::insert_into(concern_reopenings::table).values(row).execute(conn)?;
    Ok(())
}

/// The reopening that began a round.
pub fn reopening_of(conn: &mut Conn, concern: &ConcernRow, round: i32) -> ApiResult<Option<ReopeningRow>> {
    Ok(concern_reopenings::table
        .filter(concern_reopenings::trust_id.eq(concern.trust_id))
        .filter(concern_reopenings::concern_id.eq(concern.id))
        .filter(concern_reopenings::round.eq(round))
        .select(ReopeningRow::as_select())
        .first(conn)
        .optional()?)
}

/// One reopening of a concern.
pub fn reopening(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<ReopeningRow> {
    Ok(concern_reopenings::table
        .find((concern.trust_id, id))
        .filter(concern_reopenings::concern_id.eq(concern.id))
        .select(ReopeningRow::as_select())
        .first(conn)?)
}

/// The round of a concern at a moment.
pub fn round_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<i32> {
    let last: Option<i32> = concern_reopenings::table
        .filter(concern_reopenings::trust_id.eq(concern.trust_id))
        .filter(concern_reopenings::concern_id.eq(concern.id))
        .filter(concern_reopenings::recorded_at.le(at))
        .select(diesel::dsl::max(concern_reopenings::round))
        .first(conn)?;
    Ok(last.unwrap_or(1))
}

/// Whether a required action is not done.
pub fn has_required_open(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<bool> {
    let open: Option<Id> = concern_actions::table
        .filter(concern_actions::trust_id.eq(concern.trust_id))
        .filter(concern_actions::concern_id.eq(concern.id))
        .filter(concern_actions::superseded_at.is_null())
        .filter(concern_actions::is_required)
        .filter(concern_actions::done_on.is_null())
        .select(concern_actions::id)
        .first(conn)
        .optional()?;
    Ok(open.is_some())
}

/// Whether at a moment attendees agreed to close it, and none whose answer stood did not.
pub fn is_proposed_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<bool> {
    let answers: Vec<String> = panel_agreements::table
        .filter(panel_agreements::trust_id.eq(concern.trust_id))
        .filter(panel_agreements::concern_id.eq(concern.id))
        .filter(panel_agreements::recorded_at.le(at))
        .filter(
            panel_agreements::superseded_at
                .is_null()
                .or(panel_agreements::superseded_at.gt(at).assume_not_null()),
        )
        .select(panel_agreements::answer)
        .load(conn)?;
    Ok(!answers.is_empty() && answers.iter().all(|answer| answer == "agree"))
}

/// Lets the answers of panels lapse: something of the case was recorded that nobody could know who gave them.
pub fn lapse_answers(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<()> {
    diesel::update(panel_agreements::table)
        .filter(panel_agreements::trust_id.eq(concern.trust_id))
        .filter(panel_agreements::concern_id.eq(concern.id))
        .filter(panel_agreements::superseded_at.is_null())
        .set(panel_agreements::superseded_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

/// The shares of those who were appointed to stand in for the trust lead and have not been replaced: one at most.
pub fn open_deputies(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<ShareRow>> {
    Ok(concern_shares::table
        .filter(concern_shares::trust_id.eq(concern.trust_id))
        .filter(concern_shares::concern_id.eq(concern.id))
        .filter(concern_shares::kind.eq(ConcernShareKind::TrustLeadDeputy))
        .filter(concern_shares::ended_at.is_null())
        .order(concern_shares::id.desc())
        .select(ShareRow::as_select())
        .load(conn)?)
}

/// Whether an action or a referral was recorded in a round, or the decision that nothing is needed, and stood at a moment.
pub fn has_action_or_no_action(
    conn: &mut Conn,
    concern: &ConcernRow,
    round: i32,
    at: Timestamp,
) -> ApiResult<bool> {
    let action = concern_actions::table
        .filter(concern_actions::trust_id.eq(concern.trust_id))
        .filter(concern_actions::concern_id.eq(concern.id))
        .filter(concern_actions::round.eq(round))
        .filter(concern_actions::recorded_at.le(at))
        .filter(
            concern_actions::superseded_at
                .is_null()
                .or(concern_actions::superseded_at.gt(at).assume_not_null()),
        );
    let no_action = concern_decisions::table
        .filter(concern_decisions::trust_id.eq(concern.trust_id))
        .filter(concern_decisions::concern_id.eq(concern.id))
        .filter(concern_decisions::kind.eq(ConcernDecisionKind::NoAction))
        .filter(concern_decisions::round.eq(round))
        .filter(concern_decisions::recorded_at.le(at))
        .filter(
            concern_decisions::superseded_at
                .is_null()
                .or(concern_decisions::superseded_at.gt(at).assume_not_null()),
        );
    // The step says when it was recorded; the column of the referral, when the agency was told.
    let withdrawal = concern_referral_steps::table
        .filter(concern_referral_steps::trust_id.eq(concern.trust_id))
        .filter(concern_referral_steps::referral_id.eq(concern_referrals::id))
        .filter(concern_referral_steps::kind.eq(ReferralStepKind::Withdrawn))
        .filter(concern_referral_steps::recorded_at.le(at));
    let referral = concern_referrals::table
        .filter(concern_referrals::trust_id.eq(concern.trust_id))
        .filter(concern_referrals::concern_id.eq(concern.id))
        .filter(concern_referrals::round.eq(round))
        .filter(concern_referrals::recorded_at.le(at))
        .filter(
            concern_referrals::superseded_at
                .is_null()
                .or(concern_referrals::superseded_at.gt(at).assume_not_null()),
        )
        .filter(not(exists(withdrawal)));
    Ok(diesel::select(exists(action).or(exists(no_action)).or(exists(referral))).get_result(conn)?)
}

/// The open concerns of a school, in both logs: for what the service does by itself.
pub fn open_at(conn: &mut Conn, trust: Id, school: Id) -> ApiResult<Vec<Id>> {
    Ok(concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::school_id.eq(school))
        .filter(concerns::state.eq_any(ConcernState::OPEN))
        .order(concerns::id)
        .select(concerns::id)
        .load(conn)?)
}

/// Concerns by their identifiers, whoever asks: for what panels do with their agenda.
pub fn by_ids(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<ConcernRow>> {
    Ok(concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::id.eq_any(ids.to_vec()))
        .select(ConcernRow::as_select())
        .load(conn)?)
}
