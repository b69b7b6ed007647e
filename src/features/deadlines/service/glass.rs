//! Broken glass that a second person is to review.

use super::super::dto::UndecidedBecause;
use super::super::rules::{DeadlineState, Place};
use super::{Asked, Deadline, Found};
use crate::access::Scope;
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::break_glass::{self, Review};

/// What the caller is to review, and did not do themselves.
pub fn reviews(conn: &mut Conn, scope: &Scope, asked: &Asked<'_>) -> ApiResult<Found> {
    let is_met = asked.state == Some(DeadlineState::Met);
    let found = break_glass::reviews(conn, scope, asked.filter.school_id, is_met)?;
    let mut all: Vec<Deadline> = found.into_iter().map(|review| deadline(scope, asked, &review)).collect();
    all.retain(|one| is_asked(asked, one));
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    all.retain(|one| asked.after.is_none_or(|after| one.place > after));
    Ok(Found { rows: all, count })
}

fn is_asked(asked: &Asked<'_>, one: &Deadline) -> bool {
    let is_in = |day: Date| day <= asked.to && asked.filter.from.is_none_or(|from| day >= from);
    asked.state.is_none_or(|state| state == one.view.state) && one.view.due_on.is_none_or(is_in)
}

fn deadline(scope: &Scope, asked: &Asked<'_>, review: &Review) -> Deadline {
    let mut view = asked.deadline(scope, review.school_id, review.due_on, review.reviewed_on);
    view.concern_id = review.concern_id;
    view.break_glass_id = Some(review.id);
    if view.state == DeadlineState::Undecided {
        view.undecided_because = Some(UndecidedBecause::CalendarUnknown);
    }
    Deadline { place: Place::new(review.due_on, asked.rule.id, 0, review.id), view }
}
