//! What goes over the wire about sharing of information.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::records::{RecordClass, RecordRow};
use super::super::statuses::Agency;
use super::content::{ConsentSought, SharingBody};
use super::reference::Basis;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// What was decided about sharing: the same when it is recorded and when it is put right.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = is_whole))]
#[schema(example = json!({
    "shared": true, "agency": "health", "organisation": "School nursing service", "recipient_name": "P. Osei",
    "recipient_role": "School nurse", "information": "Weight loss since September, and what she eats at school.",
    "purpose": "To have her seen this week.", "reason": "She has asked for help, and her mother agrees.",
    "bases": ["public_task", "safeguarding_condition"], "consent": "given", "decided_on": "2026-01-15"
}))]
pub struct SharingDecision {
    /// Whether the information was shared, or kept back.
    pub shared: bool,
    /// With whom, or who asked: the kind of organisation.
    pub agency: Agency,
    /// The organisation.
    pub organisation: Name<200>,
    /// Who there.
    #[serde(default)]
    pub recipient_name: Option<Name<150>>,
    /// Their role.
    #[serde(default)]
    pub recipient_role: Option<Name<150>>,
    /// What kind of information, in words: not the information itself.
    pub information: Text<5000>,
    /// What it is for.
    pub purpose: Text<2000>,
    /// Why it was shared, or kept back.
    pub reason: Text<5000>,
    /// The legal bases, as `GET /v1/sharing-bases` names those in force on `decided_on`; at least one where the information
    /// was shared.
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub bases: Vec<Name<60>>,
    /// Whether consent was asked for.
    pub consent: ConsentSought,
    /// Why it was not asked for: required there.
    #[serde(default)]
    pub consent_reason: Option<Text<2000>>,
    /// The day of the decision; not in the future and not before 1990.
    pub decided_on: Date,
    /// Who decided; you, where it is left out. A person within your reach.
    #[serde(default)]
    pub decided_by_id: Option<Id>,
}

fn is_whole(input: &SharingDecision) -> Result<(), ValidationError> {
    if input.shared && input.bases.is_empty() {
        return Err(fault("/bases", "required", "say on what basis it was shared"));
    }
    if input.consent == ConsentSought::NotSought && input.consent_reason.is_none() {
        return Err(fault("/consent_reason", "required", "say why consent was not asked for"));
    }
    Ok(())
}

/// A decision to share information about a pupil, or not to.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "decision": {
        "shared": false, "agency": "other", "organisation": "A housing association",
        "information": "Whether the family has had support from the school.", "purpose": "To decide on a transfer.",
        "reason": "The mother has refused, and nobody is at risk.", "bases": [], "consent": "refused",
        "decided_on": "2026-01-15"
    }
}))]
pub struct SharingDecisionCreate {
    /// The pupil, whom a school within your reach has.
    pub pupil_id: Id,
    /// The concern in which it was decided: one about the pupil that you read in full. Whoever does not see it does not see
    /// this either.
    #[serde(default)]
    pub concern_id: Option<Id>,
    /// What was decided.
    #[validate(nested)]
    pub decision: SharingDecision,
}

impl MediaType for SharingDecisionCreate {}

/// A corrected version: the whole of the decision as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "decision": {
        "shared": true, "agency": "health", "organisation": "School nursing service",
        "information": "Weight loss since October.", "purpose": "To have her seen this week.",
        "reason": "She has asked for help.", "bases": ["public_task"], "consent": "not_sought",
        "consent_reason": "Her mother could not be reached.", "decided_on": "2026-01-15"
    }, "reason": "It was October."
}))]
pub struct SharingDecisionCorrection {
    /// What was decided.
    #[validate(nested)]
    pub decision: SharingDecision,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for SharingDecisionCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct SharingDecisionWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for SharingDecisionWithdrawal {}

/// A decision to share information about a pupil, or not to, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "shared": true, "agency": "health",
    "organisation": "School nursing service", "recipient_name": "P. Osei", "recipient_role": "School nurse",
    "information": "Weight loss since September, and what she eats at school.",
    "purpose": "To have her seen this week.", "reason": "She has asked for help, and her mother agrees.",
    "bases": ["public_task", "safeguarding_condition"], "consent": "given", "decided_on": "2026-01-15",
    "decided_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "withdrawn": false,
    "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct SharingDecisionView {
    /// The decision: the same for all its versions.
    pub id: Id,
    /// 1 as first recorded; a correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The concern in which it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// Whether the information was shared, or kept back.
    pub shared: bool,
    /// With whom, or who asked: the kind of organisation.
    pub agency: Agency,
    /// The organisation.
    pub organisation: Name<200>,
    /// Who there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<Name<150>>,
    /// Their role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_role: Option<Name<150>>,
    /// What kind of information.
    pub information: Text<5000>,
    /// What it is for.
    pub purpose: Text<2000>,
    /// Why it was shared, or kept back.
    pub reason: Text<5000>,
    /// The legal bases.
    #[schema(max_items = 5)]
    pub bases: Vec<Name<60>>,
    /// Whether consent was asked for.
    pub consent: ConsentSought,
    /// Why it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_reason: Option<Text<2000>>,
    /// The day of the decision.
    pub decided_on: Date,
    /// Who decided.
    pub decided_by_id: Id,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

impl SharingDecisionView {
    /// The view of a version.
    pub fn new(row: RecordRow, body: SharingBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            concern_id: row.concern_id,
            shared: row.class == RecordClass::InformationShared,
            agency: body.agency,
            organisation: body.organisation,
            recipient_name: body.recipient_name,
            recipient_role: body.recipient_role,
            information: body.information,
            purpose: body.purpose,
            reason: body.reason,
            bases: body.bases,
            consent: body.consent,
            consent_reason: body.consent_reason,
            decided_on: row.happened_on,
            decided_by_id: body.decided_by_id,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            correction_reason: body.correction_reason,
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
pub struct SharingDecisionFilter {
    /// Recorded by this school.
    pub school_id: Option<Id>,
    /// About this pupil.
    pub pupil_id: Option<Id>,
    /// In this concern.
    pub concern_id: Option<Id>,
    /// Only where the information was shared (`true`), or kept back (`false`).
    pub shared: Option<bool>,
    /// Decided on this day or later.
    pub from: Option<Date>,
    /// Decided on this day or earlier.
    pub to: Option<Date>,
}

/// As of when.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SharingDecisionMoment {
    /// Gives what was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// Which versions to list: all of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SharingDecisionPartFilter {}

/// A legal basis on which information can be shared, or kept back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "public_task", "title": "A task carried out in the public interest", "source": "UK GDPR, Article 6(1)(e)",
    "effective_from": "2018-05-25", "dated_by": "Regulation (EU) 2016/679, Article 99(2): it applies from 25 May 2018"
}))]
pub struct SharingBasisView {
    /// Its word.
    #[schema(max_length = 60, pattern = "^[a-z0-9_]+$")]
    pub code: String,
    /// What it is.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it stands.
    #[schema(max_length = 200)]
    pub source: String,
    /// The first day on which it is in force; where no source for one was found, none, and it counts on any day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Date>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Date>,
    /// From what these days were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub dated_by: Option<String>,
}

impl From<&Basis> for SharingBasisView {
    fn from(basis: &Basis) -> Self {
        Self {
            code: basis.code.clone(),
            title: basis.title.clone(),
            source: basis.source.clone(),
            effective_from: basis.effective_from,
            effective_to: basis.effective_to,
            dated_by: basis.dated_by.clone(),
        }
    }
}

/// Which bases to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SharingBasisFilter {
    /// Those in force on this day; today where absent.
    pub on: Option<Date>,
}
