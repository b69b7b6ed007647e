//! Use cases of deadlines: what each rule's source finds is merged into one list.

mod cases;
mod concerns;
mod decisions;
mod glass;
mod panels;
mod records;
mod referrals;

pub use cases::{fgm_report_due_on, meeting_report_due_on};
pub use referrals::referral_due_on;

use super::dto::{DeadlineFilter, DeadlineOwner, DeadlineRuleView, DeadlineView};
use super::reference::{self, DeadlineRule, Rule};
use super::rules::{self, DeadlineState, Place, Rest};
use crate::access::Scope;
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::calendar;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// How many days ahead is looked where the caller does not say.
const AHEAD: i64 = 28;
/// The longest span that is looked at for what the calendar asks for: two academic years and a little.
const MOST_DAYS: i64 = 800;

/// Something that is due, with its place in a list.
#[derive(Clone, Debug)]
pub struct Deadline {
    place: Place,
    view: DeadlineView,
}

/// What is asked for of a rule.
pub struct Asked<'a> {
    rule: &'static Rule,
    filter: &'a DeadlineFilter,
    /// With this state only; where absent, all that is not met.
    state: Option<DeadlineState>,
    to: Date,
    after: Option<Place>,
    /// The caller, where only their own are asked for.
    owner: Option<Id>,
    /// At most so many.
    rows: i64,
}

/// What a source finds, and how many there are in all where that is asked for.
#[derive(Default)]
pub struct Found {
    rows: Vec<Deadline>,
    count: i64,
}

/// A span of days that a state leaves: due is today or later, overdue is before today.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    from: Option<Date>,
    to: Date,
    is_met: bool,
}

impl Asked<'_> {
    /// The span of what has a day; none where the state has no days.
    fn span(&self, today: Date) -> Option<Span> {
        let (from, to) = (self.filter.from, self.to);
        let later = |day: Date| from.map_or(day, |from| from.max(day));
        match self.state {
            None => Some(Span { from, to, is_met: false }),
            Some(DeadlineState::Met) => Some(Span { from, to, is_met: true }),
            Some(DeadlineState::Due) => Some(Span { from: Some(later(today)), to, is_met: false }),
            Some(DeadlineState::Overdue) => {
                Some(Span { from, to: to.min(today.plus_days(-1)), is_met: false })
            }
            Some(DeadlineState::Undecided) => None,
        }
    }

    /// Whether what has no day is asked for.
    fn wants_undecided(&self) -> bool {
        matches!(self.state, None | Some(DeadlineState::Undecided))
    }

    fn rest(&self, undecided: bool) -> Rest {
        rules::rest(self.rule.id, self.after, undecided)
    }

    /// A deadline of this rule; its source says what it is about.
    fn deadline(
        &self,
        scope: &Scope,
        school: Id,
        due_on: Option<Date>,
        met_on: Option<Date>,
    ) -> DeadlineView {
        DeadlineView {
            rule: self.rule.id,
            state: rules::state(due_on, met_on.is_some(), scope.today()),
            school_id: school,
            due_on,
            met_on,
            owner_role: self.rule.owner_role,
            owner_id: None,
            concern_id: None,
            action_id: None,
            referral_id: None,
            escalation_id: None,
            pupil_id: None,
            record_id: None,
            panel_id: None,
            decision_id: None,
            break_glass_id: None,
            family_support_id: None,
            intervention_id: None,
            week_starts_on: None,
            undecided_because: None,
        }
    }
}

/// A page of deadlines of what the caller may read, by day.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &DeadlineFilter,
    paging: &Paging,
) -> ApiResult<Page<DeadlineView>> {
    let to = filter.to.unwrap_or_else(|| scope.today().plus_days(AHEAD));
    let by_calendar = [DeadlineRule::WeeklyPanel, DeadlineRule::ApReview];
    let asks_weeks = filter.rule.is_none_or(|rule| by_calendar.contains(&rule));
    if asks_weeks && to > first_day(scope, filter).plus_days(MOST_DAYS) {
        let (at, words) = ("must lie within", "days: panels and half-termly reviews are computed day by day");
        let at_fault = if filter.to.is_some() { "?to" } else { "?from" };
        return Err(ApiError::rule(at_fault, "range", format!("from and to {at} {MOST_DAYS} {words}")));
    }
    let after = paging.after_text_as(Place::parse)?;
    let owner = match filter.owner {
        Some(DeadlineOwner::Me) => Some(scope.person().ok_or_else(ApiError::not_found)?),
        None => None,
    };
    let (mut rows, mut count) = (Vec::new(), 0);
    for rule in DeadlineRule::ALL.iter().filter(|rule| filter.rule.is_none_or(|wanted| wanted == **rule)) {
        let Some(rule) = reference::in_force(*rule, scope.today()) else { continue };
        let asked = Asked { rule, filter, state: filter.state, to, after, owner, rows: paging.rows() };
        let found = match rule.id {
            DeadlineRule::ConcernAction => concerns::actions(conn, scope, &asked, paging.wants_count())?,
            DeadlineRule::ConcernScrutiny => concerns::scrutiny(conn, scope, &asked, paging.wants_count())?,
            DeadlineRule::WeeklyPanel => panels::weeks(conn, scope, &asked)?,
            DeadlineRule::PanelDecision => decisions::due(conn, scope, &asked)?,
            DeadlineRule::ReferralResponse => {
                referrals::responses(conn, scope, &asked, paging.wants_count())?
            }
            DeadlineRule::EscalationReview => {
                referrals::escalations(conn, scope, &asked, paging.wants_count())?
            }
            DeadlineRule::BreakGlassReview => glass::reviews(conn, scope, &asked)?,
            DeadlineRule::FamilySupportReview => records::reviews(conn, scope, &asked)?,
            DeadlineRule::InterventionParent => records::parents(conn, scope, &asked)?,
            DeadlineRule::AgencyMeetingReport
            | DeadlineRule::AgencyMeeting
            | DeadlineRule::NextAgencyMeeting
            | DeadlineRule::FgmReport
            | DeadlineRule::ApConfirmation
            | DeadlineRule::RiskReview
            | DeadlineRule::RiskAction => cases::due(conn, scope, &asked)?,
            DeadlineRule::ApReview => cases::reviews(conn, scope, &asked)?,
        };
        rows.extend(found.rows);
        count += found.count;
    }
    rows.sort_by_key(|one: &Deadline| one.place);
    let key = |one: &Deadline| Cursor::text(&one.place.text(), one.place.id);
    let count = paging.wants_count().then_some(count);
    Ok(paging.page(rows, key, |one| one.view).with_count(count))
}

/// When something is due that began on a day, by a rule that counts days itself; none where the school's calendar does not
/// say, or the rule was not in force.
pub fn due_after(
    conn: &mut Conn,
    trust: Id,
    rule: DeadlineRule,
    school: Id,
    began: Date,
) -> ApiResult<Option<Date>> {
    let Some(rule) = reference::in_force(rule, began) else { return Ok(None) };
    let Some(amount) = rule.amount else { return Ok(None) };
    // Over the summer holidays too.
    let last = began.plus_days(4 * i64::from(amount) + 100);
    let calendar = calendar::calendar(conn, trust, Some(school), began, last)?;
    Ok(rules::due_on(rule.clock, amount, began, &calendar))
}

/// From when on panels are looked for: where the caller does not say, from the beginning of the academic year.
fn first_day(scope: &Scope, filter: &DeadlineFilter) -> Date {
    let today = scope.today();
    filter.from.or_else(|| Date::ymd(today.academic_year(), 9, 1)).unwrap_or(today)
}

/// A page of the rules that are in force on a day.
pub fn rules_on(day: Date, paging: &Paging) -> ApiResult<Page<DeadlineRuleView>> {
    let mut in_force: Vec<&Rule> =
        DeadlineRule::ALL.iter().filter_map(|rule| reference::in_force(*rule, day)).collect();
    in_force.sort_by_key(|rule| rule.id.as_str());
    let count = paging.wants_count().then(|| i64::try_from(in_force.len()).unwrap_or(i64::MAX));
    let start = match paging.after_word()? {
        Some(after) => {
            in_force.iter().position(|rule| rule.id.as_str() == after).map_or(usize::MAX, |at| at + 1)
        }
        None => 0,
    };
    let rest: Vec<&Rule> = in_force.into_iter().skip(start).take(paging.limit() + 1).collect();
    let key = |rule: &&Rule| Cursor::word(rule.id.as_str());
    Ok(paging.page(rest, key, DeadlineRuleView::from).with_count(count))
}
