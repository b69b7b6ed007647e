//! What goes over the wire about audit entries.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Action;
use crate::audit::{EntryRow, Outcome};
use crate::clock::Timestamp;
use crate::ids::Id;
use crate::text::Name;

/// That something was done or seen: by whom, in which role, by which rule. Never content, only a commitment to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "at": "2026-01-15T09:30:00.000000Z",
    "principal": "jwt:https://login.trust-a.example#3f2a9c", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "role": "dsl", "rule": "concern.raised", "action": "concern.raise", "class": "concern",
    "record_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "record_ids": [],
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789aa", "outcome": "done", "request_id": "request-0001",
    "commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
}))]
pub struct AuditEntryView {
    /// The entry.
    pub id: Id,
    /// When.
    pub at: Timestamp,
    /// The caller: `jwt:ISSUER#SUBJECT` or `key:ID`. None where the person is not named to you.
    #[schema(max_length = 1000)]
    pub principal: Option<String>,
    /// The person behind the caller. None also where you do not read the case record, and where the person is a
    /// reporter whose identity is protected.
    pub person_id: Option<Id>,
    /// The role that was used; none for a protected reporter.
    #[schema(max_length = 40)]
    pub role: Option<String>,
    /// The rule that allowed a read, or what was done: `concern.raised`.
    #[schema(max_length = 100)]
    pub rule: String,
    /// The action, as the access matrix names it.
    #[schema(max_length = 100)]
    pub action: String,
    /// The class of the record: `concern`, `pupil` …
    #[schema(max_length = 100)]
    pub class: String,
    /// The record, where the request was about one; none also for a case record that you do not read.
    pub record_id: Option<Id>,
    /// The records that a list or search showed; without those that are hidden from you. What a
    /// reading of this log showed stands here for its reader alone.
    #[schema(max_items = 1000)]
    pub record_ids: Vec<Id>,
    /// The school of the record.
    pub school_id: Option<Id>,
    /// How it ended.
    pub outcome: Outcome,
    /// The request, as the answer's `X-Request-Id` named it. None where the person is not named to you.
    #[schema(max_length = 64)]
    pub request_id: Option<String>,
    /// A keyed hash of what was stored: proves the content later, tells nothing of it.
    #[schema(max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub commitment: Option<String>,
}

impl AuditEntryView {
    /// From a row, with those of its records that may be shown.
    pub fn new(row: EntryRow, shown: impl Fn(Id) -> bool) -> Self {
        let records = row.record_ids.as_deref().map(ids).unwrap_or_default();
        Self {
            commitment: commitment(&row.canonical),
            id: row.id,
            at: row.at,
            principal: Some(row.principal),
            person_id: row.person_id,
            role: row.role,
            rule: row.rule,
            action: row.action,
            class: row.class,
            record_id: row.record_id,
            record_ids: records.into_iter().filter(|id| shown(*id)).collect(),
            school_id: row.school_id,
            outcome: row.outcome,
            request_id: Some(row.request_id),
        }
    }
}

/// The identifiers of a stored list, sixteen bytes each.
pub fn ids(bytes: &[u8]) -> Vec<Id> {
    bytes.chunks_exact(16).filter_map(|id| id.try_into().ok()).map(Id::from_bytes).collect()
}

/// The commitment stands only in the canonical bytes.
fn commitment(canonical: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Part {
        commitment: Option<String>,
    }
    serde_json::from_slice::<Part>(canonical).ok()?.commitment
}

/// Which entries to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AuditFilter {
    /// From this moment on.
    #[param(inline)]
    pub from: Option<Timestamp>,
    /// Before this moment.
    #[param(inline)]
    pub to: Option<Timestamp>,
    /// Only what this person did or saw, as far as the entries name them to you.
    #[param(inline)]
    pub person_id: Option<Id>,
    /// Only this action of the access matrix.
    #[param(inline)]
    pub action: Option<Action>,
    /// Only records of this class.
    #[param(inline)]
    pub class: Option<Name<60>>,
    /// Only what was done with this record, or showed it in a list.
    #[param(inline)]
    pub record_id: Option<Id>,
    /// Only what ended so.
    #[param(inline)]
    pub outcome: Option<Outcome>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_lists_are_read_in_sixteens() {
        let (a, b) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let bytes: Vec<u8> = [a, b].iter().flat_map(|id| *id.as_bytes()).collect();
        assert_eq!(ids(&bytes), [a, b]);
        assert!(ids(&[]).is_empty());
    }

    #[test]
    fn the_commitment_comes_from_the_canonical_bytes() {
        assert_eq!(commitment(br#"{"action":"x","commitment":"ab"}"#).as_deref(), Some("ab"));
        assert_eq!(commitment(br#"{"action":"x"}"#), None);
        assert_eq!(commitment(b"no json"), None);
    }
}
