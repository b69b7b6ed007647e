//! What goes over the wire about conflicts of interest.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::ConflictRow;
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

crate::words! {
    /// What ties an adult to a pupil.
    pub enum Relationship {
        /// A parent.
        Parent = "parent",
        /// A carer, such as a foster carer or guardian.
        Carer = "carer",
        /// Another relative.
        Relative = "relative",
        /// Lives in the same household.
        Household = "household",
        /// Another interest, such as a close friendship with the family.
        OtherInterest = "other_interest",
    }
}

/// A new conflict of interest.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789aa", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "relationship": "parent"
}))]
pub struct ConflictCreate {
    /// The adult, within your reach.
    pub person_id: Id,
    /// The pupil, within your reach.
    pub pupil_id: Id,
    /// What ties them.
    pub relationship: Relationship,
}

impl MediaType for ConflictCreate {}

/// The end of a conflict of interest.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong member of staff."}))]
pub struct ConflictEnd {
    /// Why it holds no longer.
    pub reason: Text<1000>,
}

impl MediaType for ConflictEnd {}

/// An adult who must not read of a pupil's case.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789aa",
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "relationship": "parent",
    "recorded_at": "2026-01-15T09:30:00.000000Z", "ended_at": null, "end_reason": null
}))]
pub struct ConflictView {
    /// The conflict.
    pub id: Id,
    /// The adult.
    pub person_id: Id,
    /// The pupil.
    pub pupil_id: Id,
    /// What ties them.
    pub relationship: Relationship,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it ended; null while it holds.
    pub ended_at: Option<Timestamp>,
    /// Why it holds no longer.
    pub end_reason: Option<Text<1000>>,
}

impl From<ConflictRow> for ConflictView {
    fn from(row: ConflictRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            pupil_id: row.pupil_id,
            relationship: row.relationship,
            recorded_at: row.created_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
        }
    }
}

/// Which conflicts to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ConflictFilter {
    /// Only those of this adult.
    #[param(required = false)]
    pub person_id: Option<Id>,
    /// Only those about this pupil.
    #[param(required = false)]
    pub pupil_id: Option<Id>,
}
