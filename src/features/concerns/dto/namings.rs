//! Adults who were named by mistake.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// Lifts the name of an adult whom an account named by mistake: from then on the name does not shut them out.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "reason": "Another member of staff of that name was meant."
}))]
pub struct NamingLiftingCreate {
    /// The adult. One whom no account names is 409 `rule_broken`.
    pub person_id: Id,
    /// Why the name was a mistake.
    pub reason: Text<2000>,
}

impl MediaType for NamingLiftingCreate {}

/// That the name of an adult was lifted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "lifted_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "lifted_at": "2026-01-15T14:10:00.000000Z",
    "reason": "Another member of staff of that name was meant."
}))]
pub struct NamingLiftingView {
    /// The lifting.
    pub id: Id,
    /// The adult.
    pub person_id: Id,
    /// Who lifted the name.
    pub lifted_by: Id,
    /// When.
    pub lifted_at: Timestamp,
    /// Why the name was a mistake.
    pub reason: Text<2000>,
}
