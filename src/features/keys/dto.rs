//! What goes over the wire about API keys.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::network::Network;
use super::rules;
use super::store::KeyRow;
use crate::access::Role;
use crate::access::key_scopes::KeyScope;
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// What kind of owner a key has.
    pub enum OwnerKind {
        /// A person, with the roles they are appointed to.
        Person = "person",
        /// A system, with one service role.
        Service = "service",
    }
}

crate::words! {
    /// The role of a service.
    pub enum ServiceRole {
        /// A system that feeds records.
        Integration = "integration",
        /// Reads the audit log for an auditor or external reviewer.
        Auditor = "auditor",
    }
}

impl ServiceRole {
    /// The role that rights hang on.
    pub const fn role(self) -> Role {
        match self {
            Self::Integration => Role::Integration,
            Self::Auditor => Role::Auditor,
        }
    }
}

/// For whom a key is made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "one_owner"))]
#[schema(example = json!({"kind": "service", "service": "Information system of School 1"}))]
pub struct KeyOwner {
    /// A person or a service.
    pub kind: OwnerKind,
    /// The person; required of kind `person`, refused otherwise. 409 `rule_broken` where there is no such person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<Id>,
    /// The service's name; required of kind `service`, refused otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Name<100>>,
}

fn one_owner(owner: &KeyOwner) -> Result<(), ValidationError> {
    match (owner.kind, owner.person_id.is_some(), owner.service.is_some()) {
        (OwnerKind::Person, true, false) | (OwnerKind::Service, false, true) => Ok(()),
        (OwnerKind::Person, false, _) => {
            Err(fault("/person_id", "required", "a person's key names the person"))
        }
        (OwnerKind::Person, ..) => Err(fault("/service", "not_allowed", "a person's key names no service")),
        (OwnerKind::Service, _, false) => {
            Err(fault("/service", "required", "a service's key names the service"))
        }
        (OwnerKind::Service, ..) => {
            Err(fault("/person_id", "not_allowed", "a service's key names no person"))
        }
    }
}

/// A new API key.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "consistent"))]
#[schema(example = json!({
    "name": "Nightly feed", "owner": {"kind": "service", "service": "Information system of School 1"},
    "role": "integration", "scopes": ["pupils-write", "concerns-create"],
    "school_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"], "networks": ["192.0.2.0/24"],
    "expires_at": "2026-12-31T23:59:59Z"
}))]
pub struct KeyCreate {
    /// What the key is for, in words.
    pub name: Name<100>,
    /// For whom it is made: a service, or yourself. 409 with `owner_only` at `/owner/person_id` for another person.
    #[validate(nested)]
    pub owner: KeyOwner,
    /// The role of a service; required for a service, refused for a person, whose roles are those of today.
    #[serde(default)]
    pub role: Option<ServiceRole>,
    /// What the key may do of what its owner may. `all` only for a person; `concerns-metadata` and `concerns-text` of
    /// a service are granted later by a DSL, headteacher or trust lead. A service's key with `people-read`,
    /// `people-write`, `pupils-read`, `pupils-write` or `audit-read` works only after a second person confirms it.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    pub scopes: Vec<KeyScope>,
    /// The schools that the key reaches; empty for all of its owner's. 409 `rule_broken` where one is not a
    /// school of the trust.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    pub school_ids: Vec<Id>,
    /// The networks that the key may be used from; empty for anywhere.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub networks: Vec<Network>,
    /// When the key ends: in the future, at most one year from now.
    pub expires_at: Timestamp,
}

impl MediaType for KeyCreate {}

fn consistent(input: &KeyCreate) -> Result<(), ValidationError> {
    match (input.owner.kind, input.role.is_some()) {
        (OwnerKind::Service, false) => Err(fault("/role", "required", "a service's key has a role")),
        (OwnerKind::Person, true) => {
            Err(fault("/role", "not_allowed", "a person's key has the person's own roles"))
        }
        (OwnerKind::Service, true) if !input.scopes.iter().all(|scope| rules::is_for_service(*scope)) => {
            Err(fault(
                "/scopes",
                "not_allowed",
                "a service's key starts without `all`, `concerns-metadata` and `concerns-text`",
            ))
        }
        _ => Ok(()),
    }
}

/// A key in place of another. What was granted to a service's key (`concerns-metadata`, `concerns-text`) is not in the
/// new one, and has to be granted again; one that took a second person takes one again.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_hours": 24}))]
pub struct KeyRotation {
    /// For how many hours the old key still works, so that it can be exchanged everywhere; 0 ends it at once.
    #[validate(range(min = 0, max = 168))]
    #[schema(minimum = 0, maximum = 168)]
    pub overlap_hours: u16,
}

impl MediaType for KeyRotation {}

/// The end of a key before its time.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The laptop that held the key was lost."}))]
pub struct KeyRevocation {
    /// Why.
    pub reason: Text<500>,
}

impl MediaType for KeyRevocation {}

/// The second person's word that a service's key may work. Nothing to say beyond that.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct KeyConfirmation {}

impl MediaType for KeyConfirmation {}

crate::words! {
    /// A right to read concerns that a DSL, headteacher or trust lead can grant to a service's key.
    pub enum ReadScope {
        /// Read the metadata of the concerns that this key has fed.
        ConcernsMetadata = "concerns-metadata",
        /// Read concerns of the key's schools whole.
        ConcernsText = "concerns-text",
    }
}

impl ReadScope {
    /// The scope that the key gets.
    pub const fn scope(self) -> KeyScope {
        match self {
            Self::ConcernsMetadata => KeyScope::ConcernsMetadata,
            Self::ConcernsText => KeyScope::ConcernsText,
        }
    }
}

/// A right to read for a service's key.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "scopes": ["concerns-metadata"], "school_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"]
}))]
pub struct KeyGrant {
    /// What the key may read from now on.
    #[validate(length(min = 1, max = 2))]
    #[schema(min_items = 1, max_items = 2)]
    pub scopes: Vec<ReadScope>,
    /// The schools for which it is granted: exactly those that the key reaches, so that nothing is granted unseen. A
    /// key that is to read fewer schools is made for fewer.
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    pub school_ids: Vec<Id>,
}

impl MediaType for KeyGrant {}

/// An API key: for whom, with which rights, until when. Its secret is shown once, when it is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "name": "Nightly feed",
    "owner": {"kind": "service", "service": "Information system of School 1"}, "role": "integration",
    "scopes": ["pupils-write", "concerns-create"], "school_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"],
    "networks": ["192.0.2.0/24"], "expires_at": "2026-12-31T23:59:59.000000Z", "rotated_to": null,
    "revoked_at": null, "revoked_reason": null, "last_used_at": null,
    "created_by": "jwt:https://login.trust-a.example#3f2a9c",
    "awaits_confirmation": true, "confirmed_at": null, "confirmed_by_person_id": null,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct KeyView {
    /// The key's record.
    pub id: Id,
    /// The whole key, to be sent as `Authorization: Bearer`. It is in the first answer to the request that made the
    /// key and nowhere else: a repetition of that request (same `Idempotency-Key`) gets this view without it. Whoever
    /// has lost it rotates the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 160,
        pattern = "^tut_[a-z]{2,8}_[a-z0-9-]+_[0-9a-f]{32}_[0-9A-Za-z]{49}$",
        nullable = false
    )]
    pub key: Option<String>,
    /// What the key is for, in words.
    pub name: Name<100>,
    /// For whom it was made.
    pub owner: KeyOwner,
    /// The role of a service; none for a person.
    pub role: Option<ServiceRole>,
    /// What the key may do of what its owner may.
    #[schema(max_items = 10)]
    pub scopes: Vec<KeyScope>,
    /// The schools that it reaches; empty for all of its owner's.
    #[schema(max_items = 200)]
    pub school_ids: Vec<Id>,
    /// The networks that it may be used from; empty for anywhere.
    #[schema(max_items = 20)]
    pub networks: Vec<Network>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The key that took its place.
    pub rotated_to: Option<Id>,
    /// When it was ended before its time.
    pub revoked_at: Option<Timestamp>,
    /// Why it was ended before its time.
    pub revoked_reason: Option<Text<500>>,
    /// When it was last used, to about ten minutes.
    pub last_used_at: Option<Timestamp>,
    /// Who made it: the principal.
    #[schema(max_length = 1000)]
    pub created_by: String,
    /// Whether it lets nobody in until a second person confirms it.
    pub awaits_confirmation: bool,
    /// When a second person confirmed it; none where it needed nobody or still waits.
    pub confirmed_at: Option<Timestamp>,
    /// The second person.
    pub confirmed_by_person_id: Option<Id>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<KeyRow> for KeyView {
    fn from(row: KeyRow) -> Self {
        let kind = if row.person_id.is_some() { OwnerKind::Person } else { OwnerKind::Service };
        Self {
            id: row.id,
            key: None,
            scopes: row.scopes(),
            school_ids: row.schools(),
            networks: row.networks.split_whitespace().filter_map(Network::parse).collect(),
            owner: KeyOwner { kind, person_id: row.person_id, service: row.service },
            role: ServiceRole::parse(&row.role),
            name: row.name,
            expires_at: row.expires_at,
            rotated_to: row.rotated_to,
            revoked_at: row.revoked_at,
            revoked_reason: row.revoked_reason,
            last_used_at: row.last_used_at,
            created_by: row.created_by,
            awaits_confirmation: row.awaits_second,
            confirmed_at: row.confirmed_at,
            confirmed_by_person_id: row.confirmed_by_person,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which keys to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFilter {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut serde_json::Value)) -> bool {
        let mut json = serde_json::json!({
            "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": "integration",
            "scopes": ["concerns-create"], "expires_at": "2026-12-31T00:00:00Z"
        });
        change(&mut json);
        serde_json::from_value::<KeyCreate>(json).is_ok_and(|input| input.validate().is_ok())
    }

    #[test]
    fn a_services_key_starts_without_reading_concerns() {
        assert!(check(|_| {}));
        for scope in ["all", "concerns-metadata", "concerns-text"] {
            assert!(!check(|json| json["scopes"] = serde_json::json!(["concerns-create", scope])), "{scope}");
        }
        assert!(!check(|json| json["scopes"] = serde_json::json!([])));
    }

    #[test]
    fn owner_and_role_fit_together() {
        let person = serde_json::json!({"kind": "person", "person_id": Id::from_bytes([1; 16])});
        assert!(!check(|json| json["owner"] = person.clone()));
        assert!(check(|json| {
            json["owner"] = person.clone();
            json["role"] = serde_json::Value::Null;
            json["scopes"] = serde_json::json!(["all"]);
        }));
        assert!(!check(|json| json["owner"] = serde_json::json!({"kind": "service"})));
        assert!(!check(|json| json["owner"]["person_id"] = serde_json::json!(Id::from_bytes([1; 16]))));
        assert!(!check(|json| json["role"] = serde_json::Value::Null));
    }
}
