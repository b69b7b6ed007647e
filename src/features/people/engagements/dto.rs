//! What goes over the wire about engagements.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::store::EngagementRow;
use crate::clock::{Date, Timestamp};
use crate::http::Patch;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Name;

crate::words! {
    /// As what somebody is engaged. The single central record's checks hang on it (KCSIE Part 3).
    pub enum Category {
        /// Teacher.
        Teacher = "teacher",
        /// Support staff.
        SupportStaff = "support_staff",
        /// Senior leader.
        SeniorLeader = "senior_leader",
        /// Local governor.
        Governor = "governor",
        /// Trustee.
        Trustee = "trustee",
        /// Member of the trust.
        Member = "member",
        /// Volunteer.
        Volunteer = "volunteer",
        /// Supply staff.
        Supply = "supply",
        /// Contractor.
        Contractor = "contractor",
        /// Trainee.
        Trainee = "trainee",
        /// The trust's central team.
        CentralTeam = "central_team",
    }
}

/// A new engagement.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "ordered"))]
#[schema(example = json!({
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "category": "teacher", "post": "Year 4 teacher",
    "starts_on": "2026-01-05"
}))]
pub struct EngagementCreate {
    /// The school; none for an engagement by the trust, which only a right to the whole trust can make. 409 `rule_broken` where you
    /// do not reach the school.
    #[serde(default)]
    pub school_id: Option<Id>,
    /// As what.
    pub category: Category,
    /// The post in the school's own words.
    #[serde(default)]
    pub post: Option<Name<120>>,
    /// First day.
    pub starts_on: Date,
    /// Last day, not before the first; none while it lasts.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

impl MediaType for EngagementCreate {}

fn ordered(input: &EngagementCreate) -> Result<(), ValidationError> {
    match input.ends_on {
        Some(end) if end < input.starts_on => {
            Err(fault("/ends_on", "before_start", "must not be before starts_on"))
        }
        _ => Ok(()),
    }
}

/// Changes to an engagement: absent fields stay as they are, `null` clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2026-07-21"}))]
pub struct EngagementPatch {
    /// Last day, not before the first; `null` while it lasts.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
    /// The post in the school's own words.
    #[serde(default)]
    #[schema(value_type = Option<Name<120>>)]
    pub post: Patch<Name<120>>,
}

impl MediaType for EngagementPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// Where a person works, volunteers or governs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "category": "teacher", "post": "Year 4 teacher",
    "starts_on": "2026-01-05", "ends_on": null,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct EngagementView {
    /// The engagement.
    pub id: Id,
    /// The person.
    pub person_id: Id,
    /// The school; none for an engagement by the trust.
    pub school_id: Option<Id>,
    /// As what.
    pub category: Category,
    /// The post in the school's own words.
    pub post: Option<Name<120>>,
    /// First day.
    pub starts_on: Date,
    /// Last day; none while it lasts.
    pub ends_on: Option<Date>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<EngagementRow> for EngagementView {
    fn from(row: EngagementRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            school_id: row.school_id,
            category: row.category,
            post: row.post,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which engagements to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct EngagementFilter {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engagement_cannot_end_before_it_begins() {
        let read = |ends: &str| {
            let json = format!(r#"{{"category": "supply", "starts_on": "2026-01-05", "ends_on": "{ends}"}}"#);
            serde_json::from_str::<EngagementCreate>(&json).unwrap().validate()
        };
        assert!(read("2026-01-05").is_ok());
        assert!(read("2026-01-04").is_err());
    }
}
