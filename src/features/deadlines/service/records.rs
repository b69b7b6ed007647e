//! What is due of the records about pupils beside concerns: reviews of family support, and parents who are to be told.

use super::super::dto::DeadlineView;
use super::super::rules::Place;
use super::{Asked, Deadline, Found};
use crate::access::{Role, Scope};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::pupils::{self, RecordDue};

/// Reviews of support, by the day that each names. One that was held is due no more, and the next one is.
pub fn reviews(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let Some(span) = asked.span(scope.today()).filter(|span| !span.is_met) else {
        return Ok(Found::default());
    };
    let days = (span.from, span.to);
    let rows = pupils::support_due(conn, scope, asked.filter.school_id, asked.owner, days)?;
    Ok(found(asked, rows, |row| {
        let mut view = asked.deadline(scope, row.school_id, row.due_on, None);
        view.owner_id = row.owner_id;
        view.family_support_id = Some(row.id);
        view
    }))
}

/// Interventions of which no parent has been told, each due on the day on which it happened.
pub fn parents(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let Some(span) = asked.span(scope.today()).filter(|span| !span.is_met) else {
        return Ok(Found::default());
    };
    let from = span.from.into_iter().chain([asked.rule.effective_from]).max();
    let mut rows = pupils::interventions_due(conn, scope, asked.filter.school_id, (from, span.to))?;
    if asked.owner.is_some() {
        let team = [Role::Dsl, Role::DeputyDsl];
        rows.retain(|row| row.is_routed || team.iter().any(|role| scope.holds(*role, row.school_id)));
    }
    Ok(found(asked, rows, |row| {
        let mut view = asked.deadline(scope, row.school_id, row.due_on, None);
        view.concern_id = row.concern_id;
        view.intervention_id = Some(row.id);
        view
    }))
}

fn found(asked: &Asked<'_>, rows: Vec<RecordDue>, view: impl Fn(&RecordDue) -> DeadlineView) -> Found {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let all = rows
        .iter()
        .map(|row| Deadline { place: Place::new(row.due_on, asked.rule.id, 0, row.id), view: view(row) });
    Found { rows: all.filter(|one| asked.after.is_none_or(|after| one.place > after)).collect(), count }
}
