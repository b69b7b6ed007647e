//! What is due in pupils' cases outside any concern: meetings of agencies, placements with alternative providers, FGM reports,
//! assessments. The lines are of the school that has the child, or had them last.

use std::collections::HashMap;

use super::super::dto::UndecidedBecause;
use super::super::reference::{self, DeadlineRule};
use super::super::rules::{self, DeadlineState, Place, Window};
use super::referrals::leads;
use super::{Asked, Deadline, Found, MOST_DAYS};
use crate::access::{Action, Scope};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::organisation::calendar::{self, Calendar};
use crate::features::pupils::{self, CaseDue, DueAsked, PlacementInForce};
use crate::ids::Id;

/// The last day on which the report for a meeting is sent in time, where its invitation names none.
pub fn meeting_report_due_on(meets_on: Date, today: Date) -> Option<Date> {
    counted(DeadlineRule::AgencyMeetingReport, meets_on, today)
}

/// The last day on which a teacher's report to the police is in time.
pub fn fgm_report_due_on(discovered_on: Date, today: Date) -> Option<Date> {
    counted(DeadlineRule::FgmReport, discovered_on, today)
}

/// By the rule that is in force today, which needs no calendar but that of working days.
fn counted(rule: DeadlineRule, start: Date, today: Date) -> Option<Date> {
    let rule = reference::in_force(rule, today)?;
    rules::due_on(rule.clock, rule.amount?, start, &Calendar::default())
}

/// By which right what is due by a rule is read.
const fn reading(rule: DeadlineRule) -> Action {
    match rule {
        DeadlineRule::FgmReport => Action::FgmReportRead,
        DeadlineRule::ApConfirmation | DeadlineRule::ApReview => Action::ApPlacementRead,
        DeadlineRule::RiskReview | DeadlineRule::RiskAction => Action::RiskAssessmentRead,
        _ => Action::AgencyMeetingRead,
    }
}

/// What is due by the day that a record names, or so many days from it.
pub fn due(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let (Ok(reading), Some(span)) = (scope.under(reading(asked.rule.id)), asked.span(scope.today())) else {
        return Ok(Found::default());
    };
    let wanted =
        DueAsked { from: span.from, to: span.to, is_met: span.is_met, school: asked.filter.school_id };
    let lines = match asked.rule.id {
        DeadlineRule::AgencyMeetingReport => pupils::meeting_reports_due(conn, &reading, &wanted)?,
        DeadlineRule::AgencyMeeting => pupils::meetings_due(conn, &reading, &wanted)?,
        DeadlineRule::NextAgencyMeeting => pupils::next_meetings_due(conn, &reading, &wanted)?,
        DeadlineRule::FgmReport => {
            let due_on = |discovered| fgm_report_due_on(discovered, scope.today());
            pupils::fgm_reports_due(conn, &reading, &wanted, due_on)?
        }
        DeadlineRule::ApConfirmation => pupils::confirmations_due(conn, &reading, &wanted)?,
        DeadlineRule::RiskReview => pupils::risk_reviews_due(conn, &reading, &wanted)?,
        _ => pupils::risk_actions_due(conn, &reading, &wanted)?,
    };
    let is_theirs = |one: &CaseDue| match (asked.owner, one.line.owner) {
        (None, _) => true,
        (Some(me), Some(owner)) => me == owner,
        (Some(_), None) => leads(scope, one.school),
    };
    Ok(found(asked, lines.iter().filter(|one| is_theirs(one)).map(|one| line(scope, asked, one))))
}

fn line(scope: &Scope, asked: &Asked<'_>, due: &CaseDue) -> Deadline {
    let mut view = asked.deadline(scope, due.school, Some(due.line.due_on), due.line.met_on);
    view.owner_id = due.line.owner;
    view.pupil_id = Some(due.pupil);
    view.record_id = Some(due.record);
    Deadline { place: Place::new(Some(due.line.due_on), asked.rule.id, 0, due.record), view }
}

/// The half-termly reviews of placements, each due on the last school day of a half-term in which the placement is in force.
pub fn reviews(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let Ok(reading) = scope.under(reading(asked.rule.id)) else { return Ok(Found::default()) };
    let wanted = DueAsked {
        from: asked.filter.from,
        to: asked.to.max(scope.today()),
        is_met: asked.state == Some(DeadlineState::Met),
        school: asked.filter.school_id,
    };
    let mut placements = pupils::placements_in_force(conn, &reading, &wanted)?;
    placements.retain(|one| asked.owner.is_none() || leads(scope, one.school));
    let calendars = calendars(conn, scope, asked, &placements)?;
    let mut all = Vec::new();
    for one in &placements {
        let Some(calendar) = calendars.get(&one.school) else { continue };
        all.extend(without_calendar(scope, asked, one, calendar));
        all.extend(of_placement(scope, asked, one, calendar));
    }
    Ok(found(asked, all.into_iter()))
}

/// The calendar of each school, as far as the placements and the days that are asked for reach.
fn calendars(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked<'_>,
    placements: &[PlacementInForce],
) -> ApiResult<HashMap<Id, Calendar>> {
    let reach = rules::reach(asked.rule.clock);
    let last = asked.to.max(scope.today()).plus_days(reach);
    let mut calendars = HashMap::new();
    for one in placements {
        if let std::collections::hash_map::Entry::Vacant(unknown) = calendars.entry(one.school) {
            let first = first_day(asked, None).plus_days(-reach);
            unknown.insert(calendar::calendar(conn, scope.trust(), Some(one.school), first, last)?);
        }
    }
    Ok(calendars)
}

/// From when on reviews are looked for.
fn first_day(asked: &Asked<'_>, starts_on: Option<Date>) -> Date {
    let earliest = asked.to.plus_days(-MOST_DAYS).max(asked.rule.effective_from);
    [asked.filter.from, starts_on].into_iter().flatten().fold(earliest, Date::max)
}

fn of_placement(
    scope: &Scope,
    asked: &Asked<'_>,
    one: &PlacementInForce,
    calendar: &Calendar,
) -> Vec<Deadline> {
    let first = first_day(asked, Some(one.starts_on));
    let last = one.ends_on.map_or(asked.to, |end| end.min(asked.to));
    // What was missed in a placement that is over is due no more.
    let is_over = one.ends_on.is_some_and(|end| end < scope.today());
    rules::windows(asked.rule.clock, calendar, first, last)
        .into_iter()
        .map(|window| {
            let met_on = met_on(window, &one.reviewed_on);
            let mut view = asked.deadline(scope, one.school, Some(window.due_on), met_on);
            view.pupil_id = Some(one.pupil);
            view.record_id = Some(one.id);
            Deadline { place: Place::new(Some(window.due_on), asked.rule.id, 0, one.id), view }
        })
        .filter(|line| line.view.state == DeadlineState::Met || !is_over)
        .filter(|line| match asked.state {
            None => line.view.state != DeadlineState::Met,
            Some(state) => line.view.state == state,
        })
        .collect()
}

/// When the review of a half-term was held: in it, or late.
fn met_on(window: Window, reviewed_on: &[Date]) -> Option<Date> {
    reviewed_on.iter().copied().find(|day| *day >= window.starts_on)
}

/// A placement at a school whose calendar of this academic year nobody has made: by when it is reviewed, nobody can say.
fn without_calendar(
    scope: &Scope,
    asked: &Asked<'_>,
    one: &PlacementInForce,
    calendar: &Calendar,
) -> Option<Deadline> {
    let today = scope.today();
    let is_in_force = one.starts_on <= today && one.ends_on.is_none_or(|end| end >= today);
    if !is_in_force || !asked.wants_undecided() || calendar.is_school_day(today).is_some() {
        return None;
    }
    let mut view = asked.deadline(scope, one.school, None, None);
    view.pupil_id = Some(one.pupil);
    view.record_id = Some(one.id);
    view.undecided_because = Some(UndecidedBecause::CalendarUnknown);
    Some(Deadline { place: Place::new(None, asked.rule.id, 0, one.id), view })
}

fn found(asked: &Asked<'_>, all: impl Iterator<Item = Deadline>) -> Found {
    let all: Vec<Deadline> = all.collect();
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let rows = all.into_iter().filter(|one| asked.after.is_none_or(|after| one.place > after)).collect();
    Found { rows, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_counts_for_its_half_term_and_late_for_those_missed_before() {
        let day = |text| Date::parse(text).unwrap();
        let window = |from, to| Window { starts_on: day(from), due_on: day(to) };
        let (first, second) = (window("2025-09-01", "2025-10-23"), window("2025-10-24", "2025-12-19"));
        assert_eq!(met_on(first, &[]), None);
        let reviewed = [day("2025-11-10"), day("2026-01-10")];
        assert_eq!(met_on(first, &reviewed), Some(day("2025-11-10")));
        assert_eq!(met_on(second, &reviewed), Some(day("2025-11-10")));
        assert_eq!(met_on(second, &[day("2025-10-10")]), None);
    }

    #[test]
    fn reports_are_due_by_working_days() {
        let day = |text| Date::parse(text).unwrap();
        let today = day("2026-01-15");
        assert_eq!(fgm_report_due_on(day("2026-01-16"), today), Some(day("2026-01-19")));
        assert_eq!(meeting_report_due_on(day("2026-01-19"), today), Some(day("2026-01-16")));
    }
}
