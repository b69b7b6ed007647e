//! What goes over the wire about people.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::email::WorkEmail;
use super::engagements::EngagementCreate;
use super::store::PersonRow;
use crate::clock::Timestamp;
use crate::http::Patch;
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A new person.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "given_name": "Robin", "family_name": "Example", "preferred_name": "Rob",
    "work_email": "r.example@trust-a.example"
}))]
pub struct PersonCreate {
    /// Given names, as on official papers.
    pub given_name: Name<100>,
    /// Family name, as on official papers.
    pub family_name: Name<100>,
    /// The name that the person goes by, where it is another.
    #[serde(default)]
    pub preferred_name: Option<Name<100>>,
    /// E-mail address at work, unique in the trust without regard to case; 409 `already_exists` where another person
    /// has it.
    #[serde(default)]
    pub work_email: Option<WorkEmail>,
    /// The first engagement. Required of a caller whose right reaches single schools only, who could not see the
    /// person otherwise.
    #[serde(default)]
    #[validate(nested)]
    pub engagement: Option<EngagementCreate>,
}

impl MediaType for PersonCreate {}

/// The first administrator of a trust, as the command line makes one.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    /// Given names.
    pub given_name: Name<100>,
    /// Family name.
    pub family_name: Name<100>,
    /// E-mail address at work.
    pub work_email: Option<WorkEmail>,
}

/// Changes to a person: absent fields stay as they are, `null` clears a field that may be empty.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"family_name": "Sample", "preferred_name": null}))]
pub struct PersonPatch {
    /// Given names.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub given_name: Option<Name<100>>,
    /// Family name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub family_name: Option<Name<100>>,
    /// The name that the person goes by.
    #[serde(default)]
    #[schema(value_type = Option<Name<100>>)]
    pub preferred_name: Patch<Name<100>>,
    /// E-mail address at work, unique in the trust.
    #[serde(default)]
    #[schema(value_type = Option<WorkEmail>)]
    pub work_email: Patch<WorkEmail>,
}

impl MediaType for PersonPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

impl PersonPatch {
    /// The first field that is in the patch.
    pub const fn first_field(&self) -> Option<&'static str> {
        if self.given_name.is_some() {
            Some("/given_name")
        } else if self.family_name.is_some() {
            Some("/family_name")
        } else if !self.preferred_name.is_keep() {
            Some("/preferred_name")
        } else if !self.work_email.is_keep() {
            Some("/work_email")
        } else {
            None
        }
    }
}

/// An adult who works, volunteers or governs in the trust. A person's view never shows more than names and e-mail
/// address.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "given_name": "Robin", "family_name": "Example",
    "preferred_name": "Rob", "work_email": "r.example@trust-a.example",
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct PersonView {
    /// The person.
    pub id: Id,
    /// Given names.
    pub given_name: Name<100>,
    /// Family name.
    pub family_name: Name<100>,
    /// The name that the person goes by, where it is another.
    pub preferred_name: Option<Name<100>>,
    /// E-mail address at work, in lower case.
    pub work_email: Option<WorkEmail>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<PersonRow> for PersonView {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            given_name: row.given_name,
            family_name: row.family_name,
            preferred_name: row.preferred_name,
            work_email: row.work_email,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which people to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PersonFilter {}

/// A search for people by name.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "rob exa", "limit": 20}))]
pub struct PersonSearch {
    /// Beginnings of the words of a name, in any order, without regard to case and accents; the first six count.
    pub words: Name<100>,
    /// Only people who work or hold a role at this school and have not left. 409 `rule_broken` where you do not
    /// reach the school.
    #[serde(default)]
    pub school_id: Option<Id>,
    /// How many items at most.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u8>,
    /// Where to go on: `next_cursor` of the page before. It holds for the same caller and search only.
    #[serde(default)]
    #[validate(length(max = 600))]
    #[schema(max_length = 600, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

impl MediaType for PersonSearch {}
