//! The agenda, and what attendees answer.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::super::rules::Answer;
use crate::clock::Timestamp;
use crate::features::concerns::ConcernSummary;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// A concern on the agenda of a panel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "concern_version": 7, "is_open": true, "asked": true,
    "my_answer": "agree"
}))]
pub struct AgendaItemView {
    /// The concern.
    pub concern_id: Id,
    /// Its version: give it with your answer, which is about what is recorded up to it.
    #[schema(minimum = 1)]
    pub concern_version: i64,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether you are asked on it: you attended with a vote, and have no conflict of interest.
    pub asked: bool,
    /// Your answer, as far as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_answer: Option<Answer>,
    /// The concern in short, where you see it in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern: Option<ConcernSummary>,
}

/// The agenda takes no filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgendaFilter {}

/// Your own answer whether a concern may be closed. Said again, it takes the place of what you said before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "concern_version": 7, "answer": "agree"
}))]
pub struct AgreementCreate {
    /// The concern: one on the agenda on which you are asked.
    pub concern_id: Id,
    /// The version up to which you have seen it: the agenda's `concern_version`, or the number that the concern's `ETag` begins with.
    /// 412 where something of the case was recorded since.
    #[validate(range(min = 1, max = 9_007_199_254_740_991_i64))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub concern_version: i64,
    /// Whether it may be closed.
    pub answer: Answer,
    /// Why.
    pub comment: Option<Text<2000>>,
}

impl MediaType for AgreementCreate {}

/// An attendee's answer on a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "round": 1,
    "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "number": 1, "answer": "agree",
    "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct AgreementView {
    /// The answer.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// In which round of the concern it was given.
    #[schema(minimum = 1)]
    pub round: i32,
    /// Whose it is.
    pub person_id: Id,
    /// 1 for the attendee's first answer on this concern in this panel.
    #[schema(minimum = 1)]
    pub number: i32,
    /// Whether it may be closed.
    pub answer: Answer,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Text<2000>>,
    /// When it was given.
    pub recorded_at: Timestamp,
    /// When it ceased to stand: another answer was given, or something of the case was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapsed_at: Option<Timestamp>,
}

/// Which answers to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgreementFilter {
    /// On this concern.
    #[param(inline)]
    pub concern_id: Option<Id>,
}
