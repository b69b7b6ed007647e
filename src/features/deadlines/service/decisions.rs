//! Decisions of panels, by the day that each names: those that the caller reads, and their own.

use super::super::rules::Place;
use super::{Asked, Deadline, Found};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::meetings::{self, DecisionDue, DueAsked};

/// Decisions with their days; what was called off is due no more.
pub fn due(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let Some(span) = asked.span(scope.today()) else { return Ok(Found::default()) };
    let wanted = DueAsked {
        school: asked.filter.school_id,
        owner: asked.owner,
        is_done: span.is_met,
        from: span.from,
        to: Some(span.to),
    };
    let all = meetings::decisions_due(conn, scope, &wanted)?;
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let deadlines = all.into_iter().map(|due| deadline(scope, asked, due));
    let rows = deadlines.filter(|one| asked.after.is_none_or(|after| one.place > after)).collect();
    Ok(Found { rows, count })
}

fn deadline(scope: &Scope, asked: &Asked<'_>, due: DecisionDue) -> Deadline {
    let mut view = asked.deadline(scope, due.school_id, Some(due.due_on), due.done_on);
    view.owner_id = Some(due.owner_id);
    view.concern_id = due.concern_id;
    view.panel_id = Some(due.panel_id);
    view.decision_id = Some(due.id);
    Deadline { place: Place::new(Some(due.due_on), asked.rule.id, 0, due.id), view }
}
