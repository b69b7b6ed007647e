//! What is asked of the trust's safeguarding lead in a concern, and what they answer.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::words::{SupportAnswer, SupportState};
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// Asks the trust's safeguarding lead for support in a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "help": "We disagree with the decision of the authority and would like you at the meeting on Thursday.",
    "wanted_until": "2026-02-15T17:00:00Z"
}))]
pub struct SupportRequestCreate {
    /// What help is asked for. The trust's lead reads this before they read the concern.
    pub help: Text<5000>,
    /// Until when it is wanted: the access that goes with it ends then. Later than now; where absent, it lasts until somebody
    /// ends it.
    pub wanted_until: Option<Timestamp>,
}

impl MediaType for SupportRequestCreate {}

/// Takes a request back before it is answered, or ends the support that was given.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The authority has changed its decision."}))]
pub struct SupportWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for SupportWithdrawal {}

/// What the trust's safeguarding lead says to a request.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = says_why))]
#[schema(example = json!({"answer": "accept", "reason": "I will be there on Thursday."}))]
pub struct SupportAnswerCreate {
    /// The answer.
    pub answer: SupportAnswer,
    /// Words with it; to be given with `refuse` and `hand_back`.
    pub reason: Option<Text<2000>>,
}

impl MediaType for SupportAnswerCreate {}

fn says_why(input: &SupportAnswerCreate) -> Result<(), ValidationError> {
    if input.answer != SupportAnswer::Accept && input.reason.is_none() {
        return Err(fault("/reason", "required", "say why"));
    }
    Ok(())
}

/// What a school asked of the trust's safeguarding lead in a concern, and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "state": "accepted",
    "requested_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "requested_at": "2026-01-15T14:10:00.000000Z",
    "help": "We disagree with the decision of the authority and would like you at the meeting on Thursday.",
    "answered_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "answered_at": "2026-01-15T16:00:00.000000Z",
    "answer_reason": "I will be there on Thursday."
}))]
pub struct SupportRequestView {
    /// The request.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// The concern's school.
    pub school_id: Id,
    /// What has become of it.
    pub state: SupportState,
    /// Who asked.
    pub requested_by: Id,
    /// When.
    pub requested_at: Timestamp,
    /// What help is asked for.
    pub help: Text<5000>,
    /// Until when it is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted_until: Option<Timestamp>,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Id>,
    /// When it was accepted or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// What was said with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_reason: Option<Text<2000>>,
    /// Who withdrew it, handed it back or ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Id>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<Text<2000>>,
}

/// Which requests to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SupportFilter {
    /// In this state only.
    #[param(inline)]
    pub state: Option<SupportState>,
    /// About concerns of this school only.
    #[param(inline)]
    pub school_id: Option<Id>,
}
