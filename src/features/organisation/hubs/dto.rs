//! What goes over the wire about hubs.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::HubRow;
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A new hub.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "North hub"}))]
pub struct HubCreate {
    /// The hub's name, unique in the trust.
    pub name: Name<100>,
}

impl MediaType for HubCreate {}

/// Changes to a hub: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"name": "South hub"}))]
pub struct HubPatch {
    /// The hub's name, unique in the trust.
    #[serde(deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name<100>>,
}

impl MediaType for HubPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// A group of schools that share supervision and support.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "name": "North hub",
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct HubView {
    /// The hub.
    pub id: Id,
    /// The hub's name, unique in the trust.
    pub name: Name<100>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<HubRow> for HubView {
    fn from(row: HubRow) -> Self {
        Self { id: row.id, name: row.name, created_at: row.created_at, updated_at: row.updated_at }
    }
}

/// Which hubs to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct HubFilter {}
