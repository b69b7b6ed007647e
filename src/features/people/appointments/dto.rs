//! What goes over the wire about appointments.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::store::AppointmentRow;
use crate::access::Role;
use crate::clock::{Date, Timestamp};
use crate::http::Patch;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;

/// A new appointment.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "consistent"))]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "role": "dsl",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "starts_on": "2026-01-05"
}))]
pub struct AppointmentCreate {
    /// Who is appointed. 409 `rule_broken` where you do not reach the person.
    pub person_id: Id,
    /// To which role; `integration` and `auditor` are roles of services and refused.
    pub role: Role,
    /// At which school: required for a role that is held at a school, refused for one that is held in the trust.
    #[serde(default)]
    pub school_id: Option<Id>,
    /// First day.
    pub starts_on: Date,
    /// Last day, not before the first; none while it lasts.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

impl MediaType for AppointmentCreate {}

fn consistent(input: &AppointmentCreate) -> Result<(), ValidationError> {
    if input.role.is_service_role() {
        return Err(fault("/role", "not_allowed", "is a role of services, not of people"));
    }
    match (input.role.is_school_role(), input.school_id.is_some()) {
        (true, false) => return Err(fault("/school_id", "required", "this role is held at a school")),
        (false, true) => return Err(fault("/school_id", "not_allowed", "this role is held in the trust")),
        _ => {}
    }
    if input.ends_on.is_some_and(|end| end < input.starts_on) {
        return Err(fault("/ends_on", "before_start", "must not be before starts_on"));
    }
    Ok(())
}

/// Changes to an appointment: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2026-07-21"}))]
pub struct AppointmentPatch {
    /// Last day, not before the first; `null` while it lasts.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
}

impl MediaType for AppointmentPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// Who holds a role, where, and from when to when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "role": "dsl", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "starts_on": "2026-01-05",
    "ends_on": null, "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct AppointmentView {
    /// The appointment.
    pub id: Id,
    /// Who is appointed.
    pub person_id: Id,
    /// To which role.
    pub role: Role,
    /// At which school; none for a role in the trust.
    pub school_id: Option<Id>,
    /// First day.
    pub starts_on: Date,
    /// Last day; none while it lasts.
    pub ends_on: Option<Date>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<AppointmentRow> for AppointmentView {
    fn from(row: AppointmentRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            role: row.role,
            school_id: row.school_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which appointments to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AppointmentFilter {
    /// Only of this person.
    #[param(inline)]
    pub person_id: Option<Id>,
    /// Only to this role.
    #[param(inline)]
    pub role: Option<Role>,
    /// Only at this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those in force on this day.
    #[param(inline)]
    pub on: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(role: &str, school: bool, ends: &str) -> bool {
        let id = Id::from_bytes([1; 16]);
        let mut json = serde_json::json!({
            "person_id": id, "role": role, "starts_on": "2026-01-05", "ends_on": ends
        });
        if school {
            json["school_id"] = serde_json::json!(id);
        }
        serde_json::from_value::<AppointmentCreate>(json).unwrap().validate().is_ok()
    }

    #[test]
    fn a_school_role_needs_a_school_and_a_trust_role_has_none() {
        assert!(check("dsl", true, "2026-01-05") && check("ceo", false, "2026-02-01"));
        assert!(!check("dsl", false, "2026-02-01") && !check("ceo", true, "2026-02-01"));
    }

    #[test]
    fn people_hold_no_service_roles_and_no_time_runs_backwards() {
        assert!(!check("integration", false, "2026-02-01") && !check("auditor", true, "2026-02-01"));
        assert!(!check("dsl", true, "2026-01-04"));
    }
}
