//! What goes over the wire about threshold frameworks.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::FrameworkRow;
use crate::clock::{Date, Timestamp};
use crate::features::agencies::WebAddress;
use crate::features::organisation::establishments::LaCode;
use crate::features::pupils::SupportLevel;
use crate::http::Patch;
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A level of need, as a local authority names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": 3, "name": "Children with complex needs", "support_level": "L3"}))]
pub struct ThresholdLevel {
    /// Its number in the document, from 1 on.
    #[validate(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pub number: i16,
    /// Its name in the document.
    pub name: Name<150>,
    /// The level of support that it stands for (domain 3.4).
    pub support_level: SupportLevel,
}

/// A version of a local authority's threshold document.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "la_code": "935", "name": "Council A: thresholds of need", "starts_on": "2025-09-01",
    "web_address": "https://www.council-a.example/thresholds",
    "levels": [
        {"number": 1, "name": "Universal", "support_level": "L1"},
        {"number": 2, "name": "Emerging needs", "support_level": "L2"},
        {"number": 3, "name": "Children with complex needs", "support_level": "L3"},
        {"number": 4, "name": "Children at risk", "support_level": "L4"}
    ]
}))]
pub struct ThresholdFrameworkCreate {
    /// The local authority's number.
    pub la_code: LaCode,
    /// The document's name.
    pub name: Name<150>,
    /// The first day on which it holds: one version of an authority a day.
    pub starts_on: Date,
    /// Where it is published.
    pub web_address: Option<WebAddress>,
    /// Its levels, the lowest need first.
    #[validate(length(min = 1, max = 10), nested)]
    #[schema(min_items = 1, max_items = 10)]
    pub levels: Vec<ThresholdLevel>,
}

impl MediaType for ThresholdFrameworkCreate {}

/// Changes to how a document is called and where it is published; its levels never change, since referrals name them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"web_address": "https://www.council-a.example/children/thresholds"}))]
pub struct ThresholdFrameworkPatch {
    /// The document's name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name<150>>,
    /// Where it is published.
    #[serde(default)]
    #[schema(value_type = Option<WebAddress>)]
    pub web_address: Patch<WebAddress>,
}

impl MediaType for ThresholdFrameworkPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// A version of a local authority's threshold document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a2", "la_code": "935", "name": "Council A: thresholds of need",
    "starts_on": "2025-09-01", "web_address": "https://www.council-a.example/thresholds",
    "levels": [
        {"number": 1, "name": "Universal", "support_level": "L1"},
        {"number": 3, "name": "Children with complex needs", "support_level": "L3"}
    ],
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct ThresholdFrameworkView {
    /// The version.
    pub id: Id,
    /// The local authority's number.
    pub la_code: LaCode,
    /// The document's name.
    pub name: Name<150>,
    /// The first day on which it holds.
    pub starts_on: Date,
    /// The last day, where a later version of the same authority is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// Where it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_address: Option<WebAddress>,
    /// Its levels, the lowest need first.
    #[schema(max_items = 10)]
    pub levels: Vec<ThresholdLevel>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ThresholdFrameworkView {
    /// The view of a row, with the last day on which it holds.
    pub fn new(row: &FrameworkRow, ends_on: Option<Date>) -> Self {
        Self {
            id: row.id,
            la_code: row.la_code.clone(),
            name: row.name.clone(),
            starts_on: row.starts_on,
            ends_on,
            web_address: row.web_address.clone(),
            levels: serde_json::from_str(&row.levels).unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }

    /// Whether it holds on a day.
    pub fn holds(&self, on: Date) -> bool {
        self.starts_on <= on && self.ends_on.is_none_or(|last| on <= last)
    }
}

/// Which versions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ThresholdFrameworkFilter {
    /// Of this local authority: its number, three digits.
    #[param(value_type = Option<String>, required = false, pattern = "^[0-9]{3}$", max_length = 3, example = "935")]
    pub la_code: Option<LaCode>,
    /// Those that hold on this day.
    pub on: Option<Date>,
}
