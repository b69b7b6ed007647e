//! What goes over the wire about the trust.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::rules::{ClosureRule, PanelExpected, ScrutinyRule};
use super::store::{SettingsRow, TrustRow};
use crate::access::matrix::TrustLeadColumn;
use crate::clock::Timestamp;
use crate::http::body::{MediaType, fault};
use crate::http::patch::{Patch, not_null};
use crate::ids::Id;
use crate::text::Name;

/// Changes to the trust's name and settings: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = alert_days_in_range))]
#[schema(example = json!({"trust_lead_column": "casework", "closure_rule": "unanimous_panel"}))]
pub struct TrustPatch {
    /// The trust's name as people know it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name<200>>,
    /// How the trust uses its safeguarding lead; with `unanimous_panel` it must be `casework`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub trust_lead_column: Option<TrustLeadColumn>,
    /// How a concern about a child is closed.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub closure_rule: Option<ClosureRule>,
    /// Who scrutinises each concern; with `team_and_trust_lead` the trust lead's column must be `casework`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub scrutiny: Option<ScrutinyRule>,
    /// Who is expected in the weekly panel; with `academy_team_and_trust_lead` the trust lead's column must be
    /// `casework`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub panel_expected: Option<PanelExpected>,
    /// Whether concerns can be kept in a restricted log, which fewer people read.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub restricted_log: Option<bool>,
    /// After how many days a concern that nobody has scrutinised is overdue; `null` while the trust has not decided,
    /// and then such a concern is shown as undecided.
    #[serde(default)]
    #[schema(value_type = Option<i16>, minimum = 1, maximum = 90)]
    pub scrutiny_alert_days: Patch<i16>,
}

fn alert_days_in_range(patch: &TrustPatch) -> Result<(), ValidationError> {
    match patch.scrutiny_alert_days {
        Patch::Set(days) if !(1..=90).contains(&days) => {
            Err(fault("/scrutiny_alert_days", "range", "must be from 1 to 90"))
        }
        _ => Ok(()),
    }
}

impl MediaType for TrustPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// The caller's trust and its settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "slug": "trust-a", "name": "Trust A",
    "trust_lead_column": "casework", "closure_rule": "unanimous_panel", "scrutiny": "team_and_trust_lead",
    "panel_expected": "academy_team_and_trust_lead", "restricted_log": true, "scrutiny_alert_days": 7,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct TrustView {
    /// The trust.
    pub id: Id,
    /// The trust's word in tokens and API keys; it never changes.
    #[schema(min_length = 2, max_length = 41, pattern = "^[a-z0-9][a-z0-9-]{1,40}$")]
    pub slug: String,
    /// The trust's name as people know it.
    pub name: Name<200>,
    /// How the trust uses its safeguarding lead: which of two columns of the access matrix holds for the role.
    pub trust_lead_column: TrustLeadColumn,
    /// How a concern about a child is closed.
    pub closure_rule: ClosureRule,
    /// Who scrutinises each concern before it can be closed.
    pub scrutiny: ScrutinyRule,
    /// Who is expected in a school's weekly panel. Where concerns are closed by a panel, the trust lead always is.
    pub panel_expected: PanelExpected,
    /// Whether concerns can be kept in a restricted log, which fewer people read.
    pub restricted_log: bool,
    /// After how many days a concern that nobody has scrutinised is overdue; null while the trust has not decided.
    #[schema(minimum = 1, maximum = 90)]
    pub scrutiny_alert_days: Option<i16>,
    /// When the trust was made here.
    pub created_at: Timestamp,
    /// When its name or settings were last changed.
    pub updated_at: Timestamp,
}

impl From<(TrustRow, SettingsRow)> for TrustView {
    fn from((trust, settings): (TrustRow, SettingsRow)) -> Self {
        Self {
            id: trust.id,
            slug: trust.slug,
            name: settings.name,
            trust_lead_column: settings.trust_lead_column,
            closure_rule: settings.closure_rule,
            scrutiny: settings.scrutiny,
            panel_expected: settings.panel_expected,
            restricted_log: settings.restricted_log,
            scrutiny_alert_days: settings.scrutiny_alert_days,
            created_at: trust.created_at,
            updated_at: settings.updated_at,
        }
    }
}
