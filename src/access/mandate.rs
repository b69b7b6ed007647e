//! Who asked for work that is done after the request: kept with the work, and looked at again each time it goes on, so
//! that nothing is done with a right that has ended meanwhile.

use serde::{Deserialize, Serialize};

use super::matrix::TrustLeadColumn;
use super::roles::Role;
use super::standing;
use super::viewer::{Grant, Viewer};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// A caller in a form that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// The trust's word.
    pub(super) slug: String,
    /// The caller in one stable text.
    pub(super) principal: String,
    /// The person behind the caller.
    pub(super) person: Option<Id>,
    /// The roles that held then.
    pub(super) grants: Vec<(Role, Option<Id>)>,
    /// The API key, where one came.
    pub(super) key: Option<Id>,
}

impl Mandate {
    /// The mandate of a caller.
    pub fn of(viewer: &Viewer) -> Self {
        Self {
            slug: viewer.trust_slug.clone(),
            principal: viewer.principal.clone(),
            person: viewer.person,
            grants: viewer.grants.iter().map(|grant| (grant.role, grant.school)).collect(),
            key: viewer.key.as_ref().map(|key| key.id),
        }
    }

    /// Reads what [`Mandate::text`] wrote.
    pub fn parse(text: &str) -> ApiResult<Self> {
        serde_json::from_str(text).map_err(|error| ApiError::internal(format!("a stored mandate: {error}")))
    }

    /// As text.
    pub fn text(&self) -> ApiResult<String> {
        serde_json::to_string(self).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// The caller with what is left of the rights today; an error where nothing is.
    pub fn resume(&self, conn: &mut Conn, trust: Id, now: Timestamp) -> ApiResult<Viewer> {
        standing::of_mandate(conn, trust, self, now)
    }

    /// The caller without any right: for what the service does to the work itself, such as giving it up.
    pub fn without_rights(&self, trust: Id) -> Viewer {
        Viewer {
            trust,
            trust_slug: self.slug.clone(),
            principal: self.principal.clone(),
            person: self.person,
            grants: Vec::new(),
            lead: TrustLeadColumn::Casework,
            key: None,
        }
    }

    pub(super) fn claimed(&self) -> Vec<Grant> {
        self.grants.iter().map(|(role, school)| Grant { role: *role, school: *school }).collect()
    }
}
