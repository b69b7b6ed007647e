//! What a panel says of the closing of a concern.

use std::collections::BTreeSet;

use super::super::rules::{self, Forum, Matter};
use super::super::store;
use super::agreements;
use crate::access::{Action, Scope};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// The concern that is to be closed; its row is locked.
#[derive(Clone, Debug)]
pub struct ClosureCase {
    /// The concern.
    pub concern: Id,
    /// Its school.
    pub school: Id,
    /// Whether it stands in the restricted log.
    pub is_restricted: bool,
    /// Who has a conflict of interest.
    pub linked: BTreeSet<Id>,
    /// Who stands in for the trust lead.
    pub deputy: Option<Id>,
}

/// Refuses the closing of a concern in a panel in which it may not be closed: each condition with its own code. The
/// panel's row is locked first, so that nobody's attendance or answer changes until the closing is stored.
pub fn check_closure(conn: &mut Conn, scope: &Scope, case: &ClosureCase, panel: Id) -> ApiResult<()> {
    let reading = scope.under(Action::PanelRead)?;
    let found = match store::load(conn, &reading, panel) {
        Err(error) if error.code == Code::NotFound => {
            return Err(ApiError::rule("/panel_id", "unknown_reference", "not a panel that you may read"));
        }
        found => found?,
    };
    let panel = store::lock(conn, &found)?;
    let forum = Forum {
        is_held: panel.held_at.is_some(),
        is_schools: panel.school_id == case.school,
        is_latest: !store::has_later(conn, &panel)?,
        is_on_agenda: store::has_item(conn, &panel, case.concern)?,
        attendees: agreements::attendees(conn, &panel)?,
        answers: agreements::standing(conn, &panel, case.concern)?,
    };
    let matter = Matter {
        is_restricted: case.is_restricted,
        is_elsewhere: panel.school_id != case.school,
        linked: case.linked.clone(),
        deputy: case.deputy,
    };
    rules::refusal(&forum, &matter).map_or(Ok(()), |code| Err(ApiError::of(code)))
}
