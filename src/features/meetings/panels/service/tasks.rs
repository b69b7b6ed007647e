//! Whose answer is asked: where another attendee has answered on a concern and they have not.

use super::super::rules;
use super::super::store;
use super::agreements;
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;
use crate::features::organisation::trust::{self, ClosureRule};
use crate::ids::Id;

/// The concerns on which the person is asked: panel, concern. Only where concerns are closed by panels.
pub fn tasks_of(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<(Id, Id)>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    if trust::settings(conn, scope.trust())?.closure_rule != ClosureRule::UnanimousPanel {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for panel in store::last_attended(conn, scope.trust(), person)? {
        let mut rows = store::answers(conn, &panel, None)?;
        rows.retain(|row| row.superseded_at.is_none());
        let mut proposed: Vec<Id> = rows.iter().map(|row| row.concern_id).collect();
        proposed.sort_unstable();
        proposed.dedup();
        proposed.retain(|id| !rows.iter().any(|row| row.concern_id == *id && row.person_id == person));
        let attendees = agreements::attendees(conn, &panel)?;
        for concern in concerns::panels::on_agenda(conn, scope.trust(), &proposed)? {
            let matter = agreements::matter(conn, scope, &panel, &concern)?;
            let asked = rules::voters(&attendees, &matter).iter().any(|(voter, _)| *voter == person);
            if concern.is_open() && asked {
                out.push((panel.id, concern.id()));
            }
        }
    }
    Ok(out)
}
