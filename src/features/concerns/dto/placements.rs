//! Where a concern stands: its school and its log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::words::ConcernLog;
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// Puts a concern where it belongs: into the log that fewer people read or out of it, or under the right school.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check))]
#[schema(example = json!({"log": "restricted", "reason": "It touches the family of a member of staff."}))]
pub struct ConcernPlacementCreate {
    /// The log; absent, it stays in its own. A trust that has not switched the restricted log on refuses it with 409
    /// `rule_broken`.
    pub log: Option<ConcernLog>,
    /// The school; absent, it stays at its own. Any but a school of the trust at which all the children named were on
    /// roll at some time is 409 `rule_broken`.
    pub school_id: Option<Id>,
    /// Why it belongs there.
    pub reason: Text<2000>,
}

impl MediaType for ConcernPlacementCreate {}

fn check(input: &ConcernPlacementCreate) -> Result<(), ValidationError> {
    if input.log.is_none() && input.school_id.is_none() {
        return Err(fault("", "required", "name the log, the school or both"));
    }
    Ok(())
}

/// What was put right about where a concern stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "school_before": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "school_after": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "log_before": "safeguarding", "log_after": "restricted",
    "placed_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "placed_at": "2026-01-15T14:10:00.000000Z",
    "reason": "It touches the family of a member of staff."
}))]
pub struct ConcernPlacementView {
    /// The placement.
    pub id: Id,
    /// The school under which it stood.
    pub school_before: Id,
    /// The school under which it stood from then on.
    pub school_after: Id,
    /// The log in which it stood.
    pub log_before: ConcernLog,
    /// The log in which it stood from then on.
    pub log_after: ConcernLog,
    /// Who put it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<Id>,
    /// When.
    pub placed_at: Timestamp,
    /// Why.
    pub reason: Text<2000>,
}
