//! What goes over the wire about the caller.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::NotificationRow;
use crate::access::Role;
use crate::access::key_scopes::KeyScope;
use crate::clock::{Date, Timestamp};
use crate::events::NotificationKind;
use crate::features::access_rights::RightView;
use crate::features::concerns::{Task, TaskKind};
use crate::http::body::MediaType;
use crate::ids::Id;

/// The caller: who they are, which roles hold today, and what these allow.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "principal": "jwt:https://login.trust-a.example#3f2a9c",
    "trust": {"id": "0192f0c1-8a2b-7c3d-9e4f-0123456789aa", "slug": "trust-a"},
    "roles": [{
        "role": "dsl", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "urn": 100_001, "school_name": "School 1"
    }],
    "key": null,
    "rights": [{
        "action": "concern.work", "trust": false, "school_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"],
        "assigned": false, "routed": false, "own": false, "break_glass": false, "metadata": false
    }]
}))]
pub struct MeView {
    /// The person behind the caller; none for a service, or where the token's person is not known in this trust.
    pub person_id: Option<Id>,
    /// The caller as the audit log spells it.
    #[schema(max_length = 1000)]
    pub principal: String,
    /// The trust.
    pub trust: MyTrust,
    /// The roles that hold today.
    #[schema(max_items = 1000)]
    pub roles: Vec<MyRole>,
    /// What the API key narrows the roles to; none with a token.
    pub key: Option<MyKey>,
    /// What the roles and key allow, and how far.
    #[schema(max_items = 500)]
    pub rights: Vec<RightView>,
}

/// The caller's trust.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "0192f0c1-8a2b-7c3d-9e4f-0123456789aa", "slug": "trust-a"}))]
pub struct MyTrust {
    /// The trust.
    pub id: Id,
    /// Its word in tokens and keys.
    #[schema(max_length = 60, pattern = "^[a-z0-9-]+$")]
    pub slug: String,
}

/// A role that the caller holds today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "role": "dsl", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "urn": 100_001, "school_name": "School 1"
}))]
pub struct MyRole {
    /// The role.
    pub role: Role,
    /// The school; none for a role in the trust.
    pub school_id: Option<Id>,
    /// The school's unique reference number.
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub urn: Option<i32>,
    /// The school's name.
    #[schema(max_length = 200)]
    pub school_name: Option<String>,
}

/// The API key that came in place of a token.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "scopes": ["pupils-read"], "school_ids": []
}))]
pub struct MyKey {
    /// The key's record.
    pub id: Id,
    /// What it may do of what its owner may.
    #[schema(max_items = 10)]
    pub scopes: Vec<KeyScope>,
    /// The schools that it reaches; empty for all of its owner's.
    #[schema(max_items = 200)]
    pub school_ids: Vec<Id>,
}

/// That something happened which you should know of: no names, no categories.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "kind": "concern_raised",
    "record_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "at": "2026-01-15T09:30:00.000000Z", "read_at": null
}))]
pub struct NotificationView {
    /// The notification.
    pub id: Id,
    /// What it tells of.
    pub kind: NotificationKind,
    /// The record that it is about: read it there, with the rights that you have then.
    pub record_id: Id,
    /// When it happened.
    pub at: Timestamp,
    /// When you marked it as read.
    pub read_at: Option<Timestamp>,
}

impl From<NotificationRow> for NotificationView {
    fn from(row: NotificationRow) -> Self {
        Self { id: row.id, kind: row.kind, record_id: row.record_id, at: row.at, read_at: row.read_at }
    }
}

/// Which notifications to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationFilter {
    /// Only those not yet marked as read (`true`), or only those that are (`false`).
    pub unread: Option<bool>,
}

/// That a notification was read: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NotificationReading {}

impl MediaType for NotificationReading {}

/// Something that you have to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "kind": "concern_action",
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "due_on": "2026-01-20", "overdue": false
}))]
pub struct TaskView {
    /// The task: the action, the share by which the concern was assigned to you, the referral, the escalation, the panel in
    /// which your answer is asked, the panel's decision, the request for support, the concern, the school, the match of
    /// pupils, the breaking of the glass that you are to review, or the support of a family.
    pub id: Id,
    /// What kind of task it is.
    pub kind: TaskKind,
    /// The concern; none for a task about a school, a match of pupils, a panel's decision, broken glass or support of a
    /// family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// The school, for a task about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<Id>,
    /// The panel, for a decision of one: `GET /v1/panels/{panel_id}/decisions/{id}` says what was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel_id: Option<Id>,
    /// By when it is to be done.
    pub due_on: Option<Date>,
    /// Whether that day is past (in England).
    pub overdue: bool,
}

impl TaskView {
    /// As it stands on a day.
    pub fn on(row: Task, today: Date) -> Self {
        let is_of_concern = !matches!(
            row.kind,
            TaskKind::SchoolReaders
                | TaskKind::PupilMatch
                | TaskKind::PanelDecision
                | TaskKind::BreakGlassReview
                | TaskKind::SupportReview
        );
        Self {
            id: row.record_id,
            kind: row.kind,
            concern_id: is_of_concern.then_some(row.concern_id),
            school_id: (row.kind == TaskKind::SchoolReaders).then_some(row.record_id),
            panel_id: (row.kind == TaskKind::PanelDecision).then_some(row.concern_id),
            overdue: row.due_on.is_some_and(|due| due < today),
            due_on: row.due_on,
        }
    }
}

/// Which tasks to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct TaskFilter {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_overdue_from_the_day_after() {
        let task = |due| {
            let id = Id::from_bytes([1; 16]);
            let row = Task { kind: TaskKind::Action, concern_id: id, record_id: id, due_on: due };
            TaskView::on(row, Date::ymd(2026, 1, 20).unwrap()).overdue
        };
        assert!(task(Date::ymd(2026, 1, 19)));
        assert!(!task(Date::ymd(2026, 1, 20)));
        assert!(!task(None));
    }
}
