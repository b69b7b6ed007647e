//! Who is let in by name, and which concerns belong together.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::words::{ConcernShareKind, ConcernShareScope};
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// Lets a named person in.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_share))]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "kind": "share", "scope": "submission",
    "ends_at": "2026-02-15T17:00:00Z", "reason": "Meets the child every morning."
}))]
pub struct ConcernShareCreate {
    /// The person of the trust. With a conflict of interest in this case it is 409 `conflict_of_interest`.
    pub person_id: Id,
    /// `assignment` or `share`; `conflict_route` is made by the service alone, `trust_lead_deputy` by the CEO, `support` by
    /// the trust lead who accepts a request for it.
    pub kind: ConcernShareKind,
    /// How much of the concern is shown; the whole `record` where absent. `submission` is for those who read only what is
    /// shared with them by name, such as a class teacher; whoever works on the concern reads the record.
    pub scope: Option<ConcernShareScope>,
    /// When it ends by itself; in the future.
    pub ends_at: Option<Timestamp>,
    /// Why this person needs to know.
    pub reason: Text<2000>,
}

impl MediaType for ConcernShareCreate {}

fn check_share(input: &ConcernShareCreate) -> Result<(), ValidationError> {
    if !matches!(input.kind, ConcernShareKind::Assignment | ConcernShareKind::Share) {
        return Err(fault("/kind", "not_allowed", "assignment or share is expected"));
    }
    if input.kind == ConcernShareKind::Assignment && input.scope == Some(ConcernShareScope::Submission) {
        return Err(fault("/scope", "not_allowed", "whoever works on a concern reads its record"));
    }
    Ok(())
}

/// Ends a share.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Has another class now."}))]
pub struct ConcernShareRevocation {
    /// Why it ends.
    pub reason: Text<2000>,
}

impl MediaType for ConcernShareRevocation {}

/// A person who was let in by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "kind": "share", "scope": "record", "granted_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "granted_at": "2026-01-15T14:10:00.000000Z", "reason": "Meets the child every morning."
}))]
pub struct ConcernShareView {
    /// The share.
    pub id: Id,
    /// Who was let in.
    pub person_id: Id,
    /// Why in one word.
    pub kind: ConcernShareKind,
    /// How much of the concern it shows.
    pub scope: ConcernShareScope,
    /// Who let them in; absent where the service did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<Id>,
    /// When.
    pub granted_at: Timestamp,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who ended it; absent where the service did: it lets nobody in once somebody before them on the route reads again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Id>,
    /// Why they need to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
    /// Why it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<Text<2000>>,
}

/// A concern that is open to you by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "kind": "share", "scope": "submission", "granted_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad",
    "granted_at": "2026-01-15T14:10:00.000000Z", "ends_at": "2026-02-15T17:00:00.000000Z"
}))]
pub struct SharedWithMeView {
    /// The share.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// Why in one word.
    pub kind: ConcernShareKind,
    /// How much of the concern it shows.
    pub scope: ConcernShareScope,
    /// Who let you in; absent where the service did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<Id>,
    /// When.
    pub granted_at: Timestamp,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// Which shares to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SharedWithMeFilter {
    /// Of this kind only.
    #[param(inline)]
    pub kind: Option<ConcernShareKind>,
}

/// Says that another concern belongs with this one.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "reason": "The same two pupils, a week before."
}))]
pub struct ConcernLinkCreate {
    /// The other concern: one that you see in full.
    pub concern_id: Id,
    /// Why they belong together.
    pub reason: Text<2000>,
}

impl MediaType for ConcernLinkCreate {}

/// Withdraws a link.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Another child of that name was meant."}))]
pub struct ConcernLinkWithdrawal {
    /// Why the two do not belong together.
    pub reason: Text<2000>,
}

impl MediaType for ConcernLinkWithdrawal {}

/// A concern that belongs with this one. Links to concerns that you do not see in full are left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T14:10:00.000000Z",
    "reason": "The same two pupils, a week before."
}))]
pub struct ConcernLinkView {
    /// The link.
    pub id: Id,
    /// The other concern.
    pub concern_id: Id,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Why they belong together.
    pub reason: Text<2000>,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Who withdrew it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<Id>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Text<2000>>,
}
