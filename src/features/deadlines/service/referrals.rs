//! Answers to referrals, and escalations that are to be looked at again: of the concerns of which the caller reads them.

use super::super::reference::{self, DeadlineRule};
use super::super::rules::{self, Place};
use super::{Asked, Deadline, Found};
use crate::access::{Action, Role, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns::deadlines::{
    self as source, EscalationDue, EscalationsAsked, ReferralsAsked, Referred, Theirs,
};
use crate::features::organisation::calendar::Calendar;
use crate::ids::Id;

/// The last day on which an agency answers a referral in time, by the rule that is in force today.
pub fn referral_due_on(made_at: Timestamp, today: Date) -> Option<Date> {
    let rule = reference::in_force(DeadlineRule::ReferralResponse, today)?;
    rules::due_on(rule.clock, rule.amount?, made_at.london_date(), &Calendar::default())
}

/// Referrals, each due so many working days after it was made; one that was withdrawn unanswered is due no more.
pub fn responses(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>, counts: bool) -> ApiResult<Found> {
    let reading = scope.under(Action::ConcernReadReferrals);
    let (Ok(reading), Some(span), Some(days)) = (reading, asked.span(scope.today()), asked.rule.amount)
    else {
        return Ok(Found::default());
    };
    let none = Calendar::default();
    let begins = |due: Date| rules::first_start(asked.rule.clock, days, due, &none).map(Timestamp::start_of);
    let in_force = Timestamp::start_of(asked.rule.effective_from);
    let team = || scope.schools_held(&[Role::Dsl, Role::DeputyDsl]);
    let all = ReferralsAsked {
        school: asked.filter.school_id,
        of: asked.owner.map(|person| Theirs { person, team: team() }),
        is_answered: Some(span.is_met),
        from: Some(span.from.and_then(begins).map_or(in_force, |from| from.max(in_force))),
        before: begins(span.to.plus_days(1)),
        ..ReferralsAsked::default()
    };
    let count = if counts { source::count_referred(conn, &reading, &all)? } else { 0 };
    let rest = asked.rest(false);
    if rest.is_empty {
        return Ok(Found { rows: Vec::new(), count });
    }
    let page = ReferralsAsked {
        from: all.from.max(rest.from.and_then(begins)),
        after: rest.after.map(|(at, id)| (Timestamp::from_micros(at), id)),
        ..all
    };
    let rows = source::referred(conn, &reading, &page, asked.rows)?;
    let due_on = |one: &Referred| rules::due_on(asked.rule.clock, days, one.made_at.london_date(), &none);
    Ok(Found { rows: rows.iter().map(|one| response(scope, asked, one, due_on(one))).collect(), count })
}

fn response(scope: &Scope, asked: &Asked<'_>, one: &Referred, due_on: Option<Date>) -> Deadline {
    let met_on = one.answered_at.map(Timestamp::london_date);
    let mut view = asked.deadline(scope, one.school_id, due_on, met_on);
    view.owner_id = Some(one.made_by);
    view.concern_id = Some(one.concern_id);
    view.referral_id = Some(one.id);
    Deadline { place: Place::new(due_on, asked.rule.id, one.made_at.micros(), one.id), view }
}

/// Escalations, by the day on which each is looked at again.
pub fn escalations(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>, counts: bool) -> ApiResult<Found> {
    let (Ok(reading), Some(span)) = (scope.under(Action::ConcernRead), asked.span(scope.today())) else {
        return Ok(Found::default());
    };
    let all = EscalationsAsked {
        school: asked.filter.school_id,
        owner: asked.owner,
        is_ended: span.is_met,
        from: span.from,
        to: Some(span.to),
        ..EscalationsAsked::default()
    };
    let count = if counts { source::count_escalations_due(conn, &reading, &all)? } else { 0 };
    let rest = asked.rest(false);
    if rest.is_empty {
        return Ok(Found { rows: Vec::new(), count });
    }
    let after = asked.after.and_then(|place| rest.after.and(place.due_on).map(|day| (day, place.id)));
    let page = EscalationsAsked { from: span.from.max(rest.from), after, ..all };
    let rows = source::escalations_due(conn, &reading, &page, asked.rows)?;
    let deadline = |due: EscalationDue| {
        let met_on = due.ended_at.map(Timestamp::london_date);
        let mut view = asked.deadline(scope, due.school_id, Some(due.review_on), met_on);
        view.owner_id = Some(due.owner_id);
        view.concern_id = Some(due.concern_id);
        view.escalation_id = Some(due.id);
        Deadline { place: Place::new(Some(due.review_on), asked.rule.id, 0, due.id), view }
    };
    Ok(Found { rows: rows.into_iter().map(deadline).collect(), count })
}

/// Whether what nobody is named for at a school is the caller's task.
pub(super) fn leads(scope: &Scope, school: Id) -> bool {
    scope.holds(Role::Dsl, school) || scope.holds(Role::DeputyDsl, school)
}
