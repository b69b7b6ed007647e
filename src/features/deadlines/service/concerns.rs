//! What is due in concerns. The rows come from the concerns that the caller reads whole, and from no others.

use super::super::dto::UndecidedBecause;
use super::super::reference::{DeadlineSetting, Rule};
use super::super::rules::{self, Place};
use super::{Asked, Deadline, Found, Span};
use crate::access::{Action, Role, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns::deadlines::{
    self as source, ActionsAsked, Mine, ScrutinyAsked, ScrutinyCapacity, ScrutinyDue,
};
use crate::features::organisation::calendar::Calendar;
use crate::features::organisation::trust::{self, Settings};
use crate::ids::Id;

/// Actions of concerns, by the day that each names.
pub fn actions(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>, counts: bool) -> ApiResult<Found> {
    let (Ok(reading), Some(span)) = (scope.under(Action::ConcernRead), asked.span(scope.today())) else {
        return Ok(Found::default());
    };
    let all = ActionsAsked {
        school: asked.filter.school_id,
        owner: asked.owner,
        is_done: span.is_met,
        from: span.from,
        to: Some(span.to),
        after: None,
    };
    let count = if counts { source::count_actions_due(conn, &reading, &all)? } else { 0 };
    let rest = asked.rest(false);
    if rest.is_empty {
        return Ok(Found { rows: Vec::new(), count });
    }
    let after = asked.after.and_then(|place| rest.after.and(place.due_on).map(|day| (day, place.id)));
    let page = ActionsAsked { from: span.from.max(rest.from), after, ..all };
    let rows = source::actions_due(conn, &reading, &page, asked.rows)?;
    let deadline = |due: source::ActionDue| {
        let mut view = asked.deadline(scope, due.school_id, Some(due.due_on), due.done_on);
        view.owner_id = due.owner_id;
        view.concern_id = Some(due.concern_id);
        view.action_id = Some(due.id);
        Deadline { place: Place::new(Some(due.due_on), asked.rule.id, 0, due.id), view }
    };
    Ok(Found { rows: rows.into_iter().map(deadline).collect(), count })
}

/// Concerns that are to be scrutinised, so many days after they were reported, or reopened.
pub fn scrutiny(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>, counts: bool) -> ApiResult<Found> {
    let Ok(reading) = scope.under(Action::ConcernRead) else { return Ok(Found::default()) };
    let mine = match asked.owner {
        Some(person) => match mine(scope, person) {
            Some(mine) => Some(mine),
            None => return Ok(Found::default()),
        },
        None => None,
    };
    let settings = trust::settings(conn, scope.trust())?;
    let all = ScrutinyAsked {
        school: asked.filter.school_id,
        mine,
        capacities: source::capacities(settings.scrutiny),
        ..ScrutinyAsked::default()
    };
    match amount(asked.rule, &settings) {
        Some(days) => dated(conn, &reading, asked, days, all, counts),
        None => undecided(conn, &reading, asked, all, counts),
    }
}

/// It is a task of those who can give a stamp that is missing: the school's team, the trust lead, or who stands in.
fn mine(scope: &Scope, person: Id) -> Option<Mine> {
    let scrutinising = scope.under(Action::ConcernScrutinise).ok()?;
    let extent = scrutinising.extent();
    Some(Mine { schools: extent.schools.clone(), is_lead: extent.trust, person })
}

fn amount(rule: &Rule, settings: &Settings) -> Option<u16> {
    match rule.setting {
        Some(DeadlineSetting::ScrutinyAlertDays) => {
            settings.scrutiny_alert_days.and_then(|days| u16::try_from(days).ok())
        }
        None => rule.amount,
    }
}

fn dated(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked<'_>,
    days: u16,
    all: ScrutinyAsked,
    counts: bool,
) -> ApiResult<Found> {
    let Some(Span { from, to, is_met }) = asked.span(scope.today()) else { return Ok(Found::default()) };
    let none = Calendar::default();
    let begins = |due: Date| rules::first_start(asked.rule.clock, days, due, &none).map(Timestamp::start_of);
    let in_force = Timestamp::start_of(asked.rule.effective_from);
    let all = ScrutinyAsked {
        is_scrutinised: is_met,
        from: Some(from.and_then(begins).unwrap_or(in_force).max(in_force)),
        before: begins(to.plus_days(1)),
        ..all
    };
    let count = if counts { source::count_scrutiny_due(conn, scope, &all)? } else { 0 };
    let rest = asked.rest(false);
    if rest.is_empty {
        return Ok(Found { rows: Vec::new(), count });
    }
    let page = ScrutinyAsked {
        from: all.from.max(rest.from.and_then(begins)),
        after: rest.after.map(|(at, id)| (Timestamp::from_micros(at), id)),
        ..all
    };
    let rows = source::scrutiny_due(conn, scope, &page, asked.rows)?;
    let deadline = |due: ScrutinyDue| {
        let due_on = rules::due_on(asked.rule.clock, days, due.began_at.london_date(), &none);
        about(scope, asked, &due, due_on)
    };
    Ok(Found { rows: rows.into_iter().map(deadline).collect(), count })
}

/// While the trust has not decided after how many days, what is not scrutinised is undecided.
fn undecided(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked<'_>,
    all: ScrutinyAsked,
    counts: bool,
) -> ApiResult<Found> {
    if !asked.wants_undecided() {
        return Ok(Found::default());
    }
    let count = if counts { source::count_scrutiny_due(conn, scope, &all)? } else { 0 };
    let rest = asked.rest(true);
    if rest.is_empty {
        return Ok(Found { rows: Vec::new(), count });
    }
    let page = ScrutinyAsked { after: rest.after.map(|(at, id)| (Timestamp::from_micros(at), id)), ..all };
    let rows = source::scrutiny_due(conn, scope, &page, asked.rows)?;
    let deadline = |due: ScrutinyDue| {
        let mut one = about(scope, asked, &due, None);
        one.view.undecided_because = Some(UndecidedBecause::SettingUnset);
        one
    };
    Ok(Found { rows: rows.into_iter().map(deadline).collect(), count })
}

fn about(scope: &Scope, asked: &Asked<'_>, due: &ScrutinyDue, due_on: Option<Date>) -> Deadline {
    let met_on = due.scrutinised_at.map(Timestamp::london_date);
    let mut view = asked.deadline(scope, due.school_id, due_on, met_on);
    view.concern_id = Some(due.id);
    if due.lacks == [ScrutinyCapacity::TrustLead] {
        view.owner_role = Role::TrustSafeguardingLead;
    }
    Deadline { place: Place::new(due_on, asked.rule.id, due.began_at.micros(), due.id), view }
}
