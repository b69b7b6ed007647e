//! Answers to referrals, and escalations that are to be looked at again: of the concerns of which the caller reads them.

use super::super::reference::{self, DeadlineRule};
use super::super::rules::{self, Place};
use super::{Asked, Deadline, Found};
use crate::access::{Action, Role, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns::deadlines::{
    self as source, EscalationDue, EscalationsAsked, ReferralsAsked, Referred,
};
use crate::features::organisation::calendar::Calendar;
use crate::ids::Id;

/// The last day on which an agency answers a referral in time, by the rule that is in force today.
pub fn referral_due_on(made_at: Timestamp, today: Date) -> Option<Date> {
    let rule = reference::in_force(DeadlineRule::ReferralResponse, today)?;
    rules::due_on(rule.clock, rule.amount?, made_at.london_date(), &Calendar::default())
}

/// Referrals, each due so many working days after it was made; one that was withdrawn unanswered is due no more.
pub fn responses(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let reading = scope.under(Action::ConcernReadReferrals);
    let (Ok(reading), Some(span), Some(days)) = (reading, asked.span(scope.today()), asked.rule.amount)
    else {
        return Ok(Found::default());
    };
    let none = Calendar::default();
    let begins = |due: Date| rules::first_start(asked.rule.clock, days, due, &none).map(Timestamp::start_of);
    let in_force = Timestamp::start_of(asked.rule.effective_from);
    let wanted = ReferralsAsked {
        school: asked.filter.school_id,
        agency: None,
        is_unanswered: !span.is_met,
        from: Some(span.from.and_then(begins).map_or(in_force, |from| from.max(in_force))),
        before: begins(span.to.plus_days(1)),
    };
    let mut all = source::referred(conn, &reading, wanted)?;
    all.retain(|one| {
        let is_wanted = !span.is_met || one.answered_at().is_some();
        let is_theirs = |owner| owner == one.made_by || leads(scope, one.school_id);
        is_wanted && asked.owner.is_none_or(is_theirs)
    });
    let due_on = |one: &Referred| rules::due_on(asked.rule.clock, days, one.made_at.london_date(), &none);
    Ok(found(asked, all.iter().map(|one| response(scope, asked, one, due_on(one)))))
}

fn response(scope: &Scope, asked: &Asked<'_>, one: &Referred, due_on: Option<Date>) -> Deadline {
    let met_on = one.answered_at().map(Timestamp::london_date);
    let mut view = asked.deadline(scope, one.school_id, due_on, met_on);
    view.owner_id = Some(one.made_by);
    view.concern_id = Some(one.concern_id);
    view.referral_id = Some(one.id);
    Deadline { place: Place::new(due_on, asked.rule.id, one.made_at.micros(), one.id), view }
}

/// Escalations, by the day on which each is looked at again.
pub fn escalations(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let (Ok(reading), Some(span)) = (scope.under(Action::ConcernRead), asked.span(scope.today())) else {
        return Ok(Found::default());
    };
    let wanted = EscalationsAsked {
        school: asked.filter.school_id,
        owner: asked.owner,
        is_ended: span.is_met,
        from: span.from,
        to: Some(span.to),
    };
    let all = source::escalations_due(conn, &reading, wanted)?;
    let deadline = |due: &EscalationDue| {
        let met_on = due.ended_at.map(Timestamp::london_date);
        let mut view = asked.deadline(scope, due.school_id, Some(due.review_on), met_on);
        view.owner_id = Some(due.owner_id);
        view.concern_id = Some(due.concern_id);
        view.escalation_id = Some(due.id);
        Deadline { place: Place::new(Some(due.review_on), asked.rule.id, 0, due.id), view }
    };
    Ok(found(asked, all.iter().map(deadline)))
}

/// Whether what nobody is named for at a school is the caller's task.
fn leads(scope: &Scope, school: Id) -> bool {
    scope.holds(Role::Dsl, school) || scope.holds(Role::DeputyDsl, school)
}

fn found(asked: &Asked<'_>, all: impl Iterator<Item = Deadline>) -> Found {
    let all: Vec<Deadline> = all.collect();
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let rows = all.into_iter().filter(|one| asked.after.is_none_or(|after| one.place > after)).collect();
    Found { rows, count }
}
