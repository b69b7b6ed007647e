//! A referral as it is recorded, and as it is corrected.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::words::{ReferralConsent, ReferralMethod};
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// That an agency was asked for help about pupils of a concern. The school refers; what follows is the agency's decision
/// (B-55, B-56).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_create))]
#[schema(example = json!({
    "agency_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "pupil_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"],
    "made_at": "2026-01-15T14:30:00Z", "made_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "method": "web_form",
    "form": "MARF", "consent": "not_sought", "consent_reason": "Asking at home could put him at risk.",
    "framework_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a2", "framework_level": 3,
    "reason": "Third time in a month that he came without food, and the heating at home is off."
}))]
pub struct ConcernReferralCreate {
    /// The agency: one of the directory to which the trust refers on that day.
    pub agency_id: Id,
    /// About which pupils: of those whom the concern names. They cannot be changed: withdraw a referral that names the
    /// wrong one.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub pupil_ids: Vec<Id>,
    /// When it was made; not in the future and not before 1990.
    pub made_at: Timestamp,
    /// Who made it: a person of the trust who has no conflict of interest.
    pub made_by_id: Id,
    /// How.
    pub method: ReferralMethod,
    /// On which form, as the agency calls it.
    pub form: Option<Name<100>>,
    /// Whether the family agreed.
    pub consent: ReferralConsent,
    /// Why it was made without. Required unless `consent` is `given`.
    pub consent_reason: Option<Text<2000>>,
    /// The threshold document that was looked at, which holds on that day; together with `framework_level`.
    pub framework_id: Option<Id>,
    /// The number of the level in it that the school sees: advice only (B-55).
    #[validate(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pub framework_level: Option<i16>,
    /// Why it was made: what was seen and heard, and what is asked for.
    pub reason: Text<5000>,
}

impl MediaType for ConcernReferralCreate {}

/// A corrected version of a referral: the whole of it as it should read, but for its pupils. Who made it, the agency and the
/// threshold document are judged only where they, or the day, are other than in the version before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_correction))]
#[schema(example = json!({
    "agency_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "made_at": "2026-01-15T14:40:00Z",
    "made_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "method": "telephone", "consent": "given",
    "reason": "Third time in a month that he came without food.", "correction_reason": "It was rung through first."
}))]
pub struct ConcernReferralCorrection {
    /// The agency.
    pub agency_id: Id,
    /// When it was made; not after anything that followed it.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by_id: Id,
    /// How.
    pub method: ReferralMethod,
    /// On which form.
    pub form: Option<Name<100>>,
    /// Whether the family agreed.
    pub consent: ReferralConsent,
    /// Why it was made without. Required unless `consent` is `given`.
    pub consent_reason: Option<Text<2000>>,
    /// The threshold document; together with `framework_level`.
    pub framework_id: Option<Id>,
    /// The number of the level in it.
    #[validate(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pub framework_level: Option<i16>,
    /// Why it was made.
    pub reason: Text<5000>,
    /// Why the record is corrected.
    pub correction_reason: Text<2000>,
}

impl MediaType for ConcernReferralCorrection {}

fn check_create(input: &ConcernReferralCreate) -> Result<(), ValidationError> {
    check(input.consent, input.consent_reason.is_some(), input.framework_id, input.framework_level)
}

fn check_correction(input: &ConcernReferralCorrection) -> Result<(), ValidationError> {
    check(input.consent, input.consent_reason.is_some(), input.framework_id, input.framework_level)
}

fn check(
    consent: ReferralConsent,
    has_reason: bool,
    framework: Option<Id>,
    level: Option<i16>,
) -> Result<(), ValidationError> {
    if consent != ReferralConsent::Given && !has_reason {
        return Err(fault(
            "/consent_reason",
            "required",
            "say why it was made without the family's agreement",
        ));
    }
    match (framework, level) {
        (Some(_), None) => Err(fault("/framework_level", "required", "name the level of the document")),
        (None, Some(_)) => Err(fault("/framework_id", "required", "name the document of the level")),
        _ => Ok(()),
    }
}
