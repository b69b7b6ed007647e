//! What goes over the wire about external decisions.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::super::statuses::{Agency, DecisionOutcome, SupportLevel};
use super::store::{ExternalDecisionBody, ExternalDecisionRow};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A decision of an agency about a pupil.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "agency": "children_social_care", "decision_maker_name": "R. Holloway",
    "decision_maker_role": "Team manager, assessment", "decided_on": "2026-01-12", "outcome": "begins",
    "level": "L3", "reference": "A-20417", "summary": "A plan for a child in need, reviewed in six weeks."
}))]
pub struct ExternalDecisionCreate {
    /// Who decided.
    pub agency: Agency,
    /// The name of whoever decided.
    pub decision_maker_name: Name<150>,
    /// Their role.
    pub decision_maker_role: Name<150>,
    /// The day of the decision; not in the future and not before 1990.
    pub decided_on: Date,
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// The level of support from now on, where the decision sets one (for a step, the one stepped to).
    #[serde(default)]
    pub level: Option<SupportLevel>,
    /// The agency's own reference.
    #[serde(default)]
    pub reference: Option<Name<60>>,
    /// The decision and its reasons in short.
    #[serde(default)]
    pub summary: Option<Text<5000>>,
}

impl MediaType for ExternalDecisionCreate {}

/// A corrected version of a decision: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "agency": "children_social_care", "decision_maker_name": "R. Hollway",
    "decision_maker_role": "Team manager, assessment", "decided_on": "2026-01-12", "outcome": "begins",
    "level": "L3", "reason": "The name was misspelt."
}))]
pub struct ExternalDecisionCorrection {
    /// Who decided.
    pub agency: Agency,
    /// The name of whoever decided.
    pub decision_maker_name: Name<150>,
    /// Their role.
    pub decision_maker_role: Name<150>,
    /// The day of the decision; not in the future and not before 1990.
    pub decided_on: Date,
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// The level of support from now on, where the decision sets one.
    #[serde(default)]
    pub level: Option<SupportLevel>,
    /// The agency's own reference.
    #[serde(default)]
    pub reference: Option<Name<60>>,
    /// The decision and its reasons in short.
    #[serde(default)]
    pub summary: Option<Text<5000>>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for ExternalDecisionCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct ExternalDecisionWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for ExternalDecisionWithdrawal {}

/// A decision of an agency about a pupil, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "agency": "children_social_care", "decision_maker_name": "R. Holloway",
    "decision_maker_role": "Team manager, assessment", "decided_on": "2026-01-12", "outcome": "begins",
    "level": "L3", "reference": "A-20417", "withdrawn": false, "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct ExternalDecisionView {
    /// The decision: the same for all its versions.
    pub id: Id,
    /// 1 for the decision as first recorded; a correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded it.
    pub school_id: Id,
    /// Who decided.
    pub agency: Agency,
    /// The name of whoever decided.
    pub decision_maker_name: Name<150>,
    /// Their role.
    pub decision_maker_role: Name<150>,
    /// The day of the decision.
    pub decided_on: Date,
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// The level of support from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<SupportLevel>,
    /// The agency's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Name<60>>,
    /// The decision and its reasons in short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text<5000>>,
    /// Whether the record was withdrawn: it should never have been made, and nothing rests on it.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl ExternalDecisionView {
    /// The view of a version.
    pub fn new(row: ExternalDecisionRow, body: ExternalDecisionBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            agency: row.agency,
            decision_maker_name: body.decision_maker_name,
            decision_maker_role: body.decision_maker_role,
            decided_on: row.decided_on,
            outcome: row.outcome,
            level: row.level,
            reference: body.reference,
            summary: body.summary,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

/// Which decisions to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ExternalDecisionFilter {
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}
