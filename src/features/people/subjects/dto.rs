//! What goes over the wire about subjects.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::SubjectRow;
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Name;

/// A new mapping of an identity provider's subject to a person.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"issuer": "https://login.trust-a.example", "subject": "3f2a9c"}))]
pub struct SubjectCreate {
    /// The issuer as its tokens say it (`iss`), compared byte by byte (RFC 9068).
    pub issuer: Name<200>,
    /// The subject as that issuer's tokens say it (`sub`). One subject is one person: 409 `already_exists`.
    pub subject: Name<200>,
}

impl MediaType for SubjectCreate {}

/// The confirmation of a mapping: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct SubjectConfirmation {}

impl MediaType for SubjectConfirmation {}

/// The removal of a mapping: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct SubjectRemoval {}

impl MediaType for SubjectRemoval {}

/// Under which name an identity provider knows a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "issuer": "https://login.trust-a.example", "subject": "3f2a9c", "created_at": "2026-01-15T09:30:00.000000Z",
    "made_by_person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "confirmed_at": null
}))]
pub struct SubjectView {
    /// The mapping.
    pub id: Id,
    /// The person.
    pub person_id: Id,
    /// The issuer (`iss`).
    pub issuer: Name<200>,
    /// The subject (`sub`).
    pub subject: Name<200>,
    /// When the mapping was made.
    pub created_at: Timestamp,
    /// Who made it; null for one from before this was kept.
    pub made_by_person_id: Option<Id>,
    /// When a second person confirmed it, and it began to hold; null while it lets nobody in.
    pub confirmed_at: Option<Timestamp>,
}

impl From<SubjectRow> for SubjectView {
    fn from(row: SubjectRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            issuer: row.issuer,
            subject: row.subject,
            created_at: row.created_at,
            made_by_person_id: row.made_by_person,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// A mapping that is gone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab"}))]
pub struct SubjectRemoved {
    /// The mapping that was removed.
    pub id: Id,
}

/// Which subjects to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectFilter {}
