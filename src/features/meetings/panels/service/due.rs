//! Decisions that wait: for their owners' tasks, and for the deadlines.

use super::super::dto::PanelDecisionState;
use super::super::store::{self, DecisionRow, DecisionsAsked, FoundDecision};
use crate::access::{Action, Scope};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;
use crate::ids::Id;

/// Which decisions are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct DueAsked {
    /// Of panels of this school only.
    pub school: Option<Id>,
    /// Of this owner only.
    pub owner: Option<Id>,
    /// Whether they are done; what was called off is neither.
    pub is_done: bool,
    /// Due on this day or later.
    pub from: Option<Date>,
    /// Due on this day or earlier.
    pub to: Option<Date>,
}

/// A decision with its day, as far as the caller may know of it.
#[derive(Clone, Copy, Debug)]
pub struct DecisionDue {
    /// The decision.
    pub id: Id,
    /// Its panel.
    pub panel_id: Id,
    /// The panel's school.
    pub school_id: Id,
    /// The concern, where the caller sees it in full.
    pub concern_id: Option<Id>,
    /// Who sees to it.
    pub owner_id: Id,
    /// By when.
    pub due_on: Date,
    /// When it was done.
    pub done_on: Option<Date>,
}

/// Decisions of the panels that the caller reads, about no concern that they do not see; and the caller's own, but none
/// about a concern in which they have a conflict of interest.
pub fn decisions_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<DecisionDue>> {
    let Ok(reading) = scope.under(Action::PanelReadDecision) else { return Ok(Vec::new()) };
    let panels = scope.under(Action::PanelRead).ok();
    let wanted = DecisionsAsked {
        school: asked.school,
        owner: asked.owner,
        state: if asked.is_done { PanelDecisionState::Done } else { PanelDecisionState::Open },
        from: asked.from,
        to: asked.to,
    };
    let rows = store::decisions_due(conn, scope.trust(), panels.as_ref(), scope.person(), &wanted)?;
    let about: Vec<Id> = rows.iter().filter_map(|found| found.row.concern_id).collect();
    let whole = concerns::panels::whole(conn, scope, &about)?;
    let mut due = Vec::new();
    for FoundDecision { row, school_id, is_reached } in rows {
        let concern_id = row.concern_id.filter(|concern| whole.contains(concern));
        let is_seen = is_reached && row.concern_id == concern_id;
        if is_seen || is_own(conn, &reading, &row, school_id)? {
            let DecisionRow { id, panel_id, owner_id, due_on, done_on, .. } = row;
            due.push(DecisionDue { id, panel_id, school_id, concern_id, owner_id, due_on, done_on });
        }
    }
    Ok(due)
}

fn is_own(conn: &mut Conn, scope: &Scope, row: &DecisionRow, school: Id) -> ApiResult<bool> {
    let is_within_key = scope.key_schools().is_none_or(|schools| schools.contains(&school));
    if Some(row.owner_id) != scope.person() || !is_within_key {
        return Ok(false);
    }
    match row.concern_id {
        Some(concern) => Ok(!concerns::panels::is_linked(conn, scope.trust(), concern, row.owner_id)?),
        None => Ok(true),
    }
}

/// What a person is to do of what panels decided.
pub fn decisions_to_do(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<DecisionDue>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    decisions_due(conn, scope, &DueAsked { owner: Some(person), ..DueAsked::default() })
}
