//! The weekly panel of each school: computed from the calendar and from the panels that were held.

use std::collections::BTreeMap;

use super::super::dto::UndecidedBecause;
use super::super::rules::{self, DeadlineState, Place, monday};
use super::{Asked, Deadline, Found, first_day};
use crate::access::{Action, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::meetings;
use crate::features::organisation::calendar::{self, Calendar};
use crate::features::organisation::schools::{self, SchoolRow};
use crate::ids::Id;

/// The weeks of the schools within reach, each due on its last school day. They begin with the academic year, and for a
/// school when it joined or came to this service.
pub fn weeks(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let Ok(reading) = scope.under(Action::PanelWeeks) else { return Ok(Found::default()) };
    let schools = schools_in_reach(conn, &reading, asked)?;
    let (from, to) = span(scope, asked);
    let ids: Vec<Id> = schools.iter().map(|school| school.id).collect();
    let held: BTreeMap<(Id, Date), Timestamp> = meetings::held(conn, scope.trust(), &ids, monday(from), to)?
        .into_iter()
        .map(|(school, week, at)| ((school, week), at))
        .collect();
    let mut all = Vec::new();
    for school in &schools {
        let reach = rules::reach(asked.rule.clock);
        let (first, last) = (from.plus_days(-reach), to.plus_days(reach).max(scope.today()));
        let calendar = calendar::calendar(conn, scope.trust(), Some(school.id), first, last)?;
        all.extend(without_calendar(scope, asked, school, &calendar));
        all.extend(of_school(scope, asked, school, &calendar, (from, to), &held));
    }
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let rows = all.into_iter().filter(|one| asked.after.is_none_or(|after| one.place > after)).collect();
    Ok(Found { rows, count })
}

fn span(scope: &Scope, asked: &Asked<'_>) -> (Date, Date) {
    (first_day(scope, asked.filter).max(asked.rule.effective_from), asked.to)
}

fn of_school(
    scope: &Scope,
    asked: &Asked<'_>,
    school: &SchoolRow,
    calendar: &Calendar,
    (from, to): (Date, Date),
    held: &BTreeMap<(Id, Date), Timestamp>,
) -> Vec<Deadline> {
    let came = school.joined_on.unwrap_or_else(|| school.created_at.london_date());
    let first = from.max(monday(came.max(school.created_at.london_date())));
    let last = school.left_on.map_or(to, |left| left.min(to));
    rules::windows(asked.rule.clock, calendar, first, last)
        .into_iter()
        .map(|window| {
            let week = monday(window.due_on);
            let met_on = held.get(&(school.id, week)).map(|at| at.london_date());
            let mut view = asked.deadline(scope, school.id, Some(window.due_on), met_on);
            view.week_starts_on = Some(week);
            Deadline { place: Place::new(Some(window.due_on), asked.rule.id, 0, school.id), view }
        })
        .filter(|one| match asked.state {
            None => one.view.state != DeadlineState::Met,
            Some(state) => one.view.state == state,
        })
        .collect()
}

/// A school whose calendar of this academic year nobody has made: which weeks have a panel, nobody can say.
fn without_calendar(
    scope: &Scope,
    asked: &Asked<'_>,
    school: &SchoolRow,
    calendar: &Calendar,
) -> Option<Deadline> {
    if !asked.wants_undecided() || calendar.is_school_day(scope.today()).is_some() {
        return None;
    }
    let mut view = asked.deadline(scope, school.id, None, None);
    view.undecided_because = Some(UndecidedBecause::CalendarUnknown);
    Some(Deadline { place: Place::new(None, asked.rule.id, 0, school.id), view })
}

fn schools_in_reach(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Vec<SchoolRow>> {
    let is_wanted = |school: &SchoolRow| {
        scope.extent().covers(school.id)
            && asked.filter.school_id.is_none_or(|wanted| wanted == school.id)
            && school.left_on.is_none_or(|left| left >= scope.today())
            && (asked.owner.is_none() || scope.holds(asked.rule.owner_role, school.id))
    };
    Ok(schools::schools(conn, scope.trust())?.into_iter().filter(is_wanted).collect())
}
