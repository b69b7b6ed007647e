//! Scrutiny, closure and reopening, and the deputy of a trust lead who has a conflict of interest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::words::ScrutinyCapacity;
use crate::clock::Timestamp;
use crate::features::organisation::trust::ClosureRule;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// Says that you have scrutinised a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"as": "team", "comment": "Followed up on the day; the family meeting is booked."}))]
pub struct ConcernScrutinyCreate {
    /// In which capacity. 409 `not_your_capacity` where you do not have it at this school, `same_person_scrutiny` where
    /// you have scrutinised it in the other one.
    #[serde(rename = "as")]
    pub capacity: ScrutinyCapacity,
    /// What you found.
    pub comment: Option<Text<5000>>,
}

impl MediaType for ConcernScrutinyCreate {}

/// That somebody has scrutinised a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "as": "team", "round": 1,
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct ConcernScrutinyView {
    /// The stamp.
    pub id: Id,
    /// In which capacity.
    #[serde(rename = "as")]
    pub capacity: ScrutinyCapacity,
    /// In which round of the concern: a reopened concern is scrutinised anew.
    #[schema(minimum = 1)]
    pub round: i32,
    /// Who.
    pub author_id: Id,
    /// When.
    pub recorded_at: Timestamp,
    /// What they found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Text<5000>>,
}

/// Closes a concern, by the one of two ways that the trust's `closure_rule` says.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "outcome": "The family has a worker of the early help team, and school attendance is back to normal.",
    "safety_statement": "He says that he feels safe on his way home, and his mother has told us the same."
}))]
pub struct ConcernClosureCreate {
    /// What came of it (KCSIE Part 1: the outcome).
    pub outcome: Text<5000>,
    /// With `unanimous_panel` required, else refused: the held panel of the concern's school in which everybody agrees.
    pub panel_id: Option<Id>,
    /// With `unanimous_panel` required: why the concern can be closed.
    pub closure_rationale: Option<Text<5000>>,
    /// With `safety_statement` required: why there is confidence that the child is no longer unsafe (B-53).
    pub safety_statement: Option<Text<5000>>,
}

impl MediaType for ConcernClosureCreate {}

/// How a concern was closed, and reopened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "round": 1, "way": "safety_statement",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "closed_at": "2026-02-15T14:10:00.000000Z",
    "outcome": "The family has a worker of the early help team.",
    "safety_statement": "He says that he feels safe on his way home, and his mother has told us the same."
}))]
pub struct ConcernClosureView {
    /// The closure.
    pub id: Id,
    /// Which round of the concern it ended.
    #[schema(minimum = 1)]
    pub round: i32,
    /// By which of the two ways.
    pub way: ClosureRule,
    /// The panel in which everybody agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel_id: Option<Id>,
    /// Who closed it.
    pub author_id: Id,
    /// When.
    pub closed_at: Timestamp,
    /// What came of it.
    pub outcome: Text<5000>,
    /// Why it could be closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure_rationale: Option<Text<5000>>,
    /// Why there was confidence that the child was no longer unsafe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_statement: Option<Text<5000>>,
    /// That it was reopened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopening: Option<ConcernReopeningView>,
}

/// Reopens a closed concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "He has told his tutor that it has begun again."}))]
pub struct ConcernReopeningCreate {
    /// Why.
    pub reason: Text<5000>,
}

impl MediaType for ConcernReopeningCreate {}

/// That a concern was reopened: the beginning of a round.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "round": 2,
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-03-15T14:10:00.000000Z",
    "reason": "He has told his tutor that it has begun again."
}))]
pub struct ConcernReopeningView {
    /// The reopening.
    pub id: Id,
    /// The round that it began.
    #[schema(minimum = 2)]
    pub round: i32,
    /// Who reopened it.
    pub author_id: Id,
    /// When.
    pub recorded_at: Timestamp,
    /// Why.
    pub reason: Text<5000>,
}

/// Appoints a deputy for a trust lead who has a conflict of interest in a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "reason": "The trust lead is the child's aunt."
}))]
pub struct TrustLeadDeputyCreate {
    /// Who stands in: a person of the trust without a conflict of interest, who holds a role under which a concern can be
    /// scrutinised (a DSL, deputy or headteacher of any school, HR or shared services).
    pub person_id: Id,
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for TrustLeadDeputyCreate {}

/// Who stands in for the trust lead in one concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "granted_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct TrustLeadDeputyView {
    /// The share by which the deputy is let in.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// The deputy.
    pub person_id: Id,
    /// From when on.
    pub granted_at: Timestamp,
}
