//! What a person has to do, for their list of tasks: identifiers and days, no name and no text of a case.

use super::super::store;
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

crate::words! {
    /// What a task is.
    pub enum TaskKind {
        /// An action that the person is to do.
        Action = "concern_action",
        /// A concern that the person works on.
        Assignment = "concern_assignment",
    }
}

/// Something that a person has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is.
    pub kind: TaskKind,
    /// The concern.
    pub concern_id: Id,
    /// The action, or the share by which the concern was assigned.
    pub record_id: Id,
    /// By when.
    pub due_on: Option<Date>,
}

/// A person's open tasks, but of no concern to which they are linked: what is due soonest first, what has no date
/// last.
pub fn tasks_of(conn: &mut Conn, trust: Id, person: Id, now: Timestamp) -> ApiResult<Vec<Task>> {
    let mut tasks: Vec<Task> = store::open_actions(conn, trust, person)?
        .into_iter()
        .map(|(concern_id, record_id, due_on)| Task { kind: TaskKind::Action, concern_id, record_id, due_on })
        .collect();
    let assigned = store::open_assignments(conn, trust, person, now)?;
    tasks.extend(assigned.into_iter().map(|(concern_id, record_id)| Task {
        kind: TaskKind::Assignment,
        concern_id,
        record_id,
        due_on: None,
    }));
    let ids: Vec<Id> = tasks.iter().map(|task| task.concern_id).collect();
    let free = store::not_linked(conn, trust, person, &ids)?;
    tasks.retain(|task| free.contains(&task.concern_id));
    tasks.sort_by_key(|task| (task.due_on.is_none(), task.due_on, task.record_id));
    Ok(tasks)
}
