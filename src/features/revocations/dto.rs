//! What goes over the wire about revocations.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::store::RevocationRow;
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// A new revocation: of a person with all their tokens and keys, or of one principal.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "one_target"))]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "reason": "Suspended pending an investigation."
}))]
pub struct RevocationCreate {
    /// The person who is shut out. Give this or `principal`. 409 `rule_broken` where there is no such person.
    #[serde(default)]
    pub person_id: Option<Id>,
    /// The principal that is shut out, as the audit log spells it: `jwt:ISSUER#SUBJECT` or `key:ID`.
    #[serde(default)]
    pub principal: Option<Name<500>>,
    /// Why.
    pub reason: Text<500>,
}

impl MediaType for RevocationCreate {}

fn one_target(input: &RevocationCreate) -> Result<(), ValidationError> {
    match (&input.person_id, &input.principal) {
        (None, None) => Err(fault("/person_id", "required", "give person_id or principal")),
        (Some(_), Some(_)) => {
            Err(fault("/principal", "not_allowed", "give person_id or principal, not both"))
        }
        (None, Some(principal)) if !(principal.starts_with("jwt:") || principal.starts_with("key:")) => {
            Err(fault("/principal", "format", "jwt:ISSUER#SUBJECT or key:ID is expected"))
        }
        _ => Ok(()),
    }
}

/// The end of a revocation.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The investigation found no case to answer."}))]
pub struct RevocationLifting {
    /// Why.
    pub reason: Text<500>,
}

impl MediaType for RevocationLifting {}

/// That a person or principal is shut out, or was.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "principal": null, "reason": "Suspended pending an investigation.",
    "revoked_by": "jwt:https://login.trust-a.example#3f2a9c", "revoked_at": "2026-01-15T09:30:00.000000Z",
    "lifted_at": null, "lifted_by": null, "lifted_reason": null
}))]
pub struct RevocationView {
    /// The revocation.
    pub id: Id,
    /// The person, where it is of a person.
    pub person_id: Option<Id>,
    /// The principal, where it is of one.
    pub principal: Option<Name<500>>,
    /// Why.
    pub reason: Text<500>,
    /// Who decided it: the principal.
    #[schema(max_length = 1000)]
    pub revoked_by: String,
    /// Since when it holds.
    pub revoked_at: Timestamp,
    /// When it ended; none while it holds.
    pub lifted_at: Option<Timestamp>,
    /// Who ended it: the principal.
    #[schema(max_length = 1000)]
    pub lifted_by: Option<String>,
    /// Why it ended.
    pub lifted_reason: Option<Text<500>>,
}

impl From<RevocationRow> for RevocationView {
    fn from(row: RevocationRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            principal: row.principal,
            reason: row.reason,
            revoked_by: row.revoked_by,
            revoked_at: row.revoked_at,
            lifted_at: row.lifted_at,
            lifted_by: row.lifted_by,
            lifted_reason: row.lifted_reason,
        }
    }
}

/// Which revocations to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RevocationFilter {
    /// Only those that hold (`true`), or only those that were lifted (`false`).
    pub in_force: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: serde_json::Value) -> bool {
        serde_json::from_value::<RevocationCreate>(json).unwrap().validate().is_ok()
    }

    #[test]
    fn a_revocation_is_of_a_person_or_of_a_principal() {
        let id = Id::from_bytes([1; 16]);
        assert!(check(serde_json::json!({"person_id": id, "reason": "x"})));
        assert!(check(serde_json::json!({"principal": "key:1", "reason": "x"})));
        assert!(!check(serde_json::json!({"reason": "x"})));
        assert!(!check(serde_json::json!({"principal": "somebody", "reason": "x"})));
        assert!(!check(serde_json::json!({"person_id": id, "principal": "key:1", "reason": "x"})));
    }
}
