//! What was said.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// Minutes: one matter an entry.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Lunchtime supervision has been changed; two schools see fewer fights."}))]
pub struct PanelMinutesCreate {
    /// The concern that it is about: one that you see in full. Then only who sees the concern reads the entry. What is
    /// said about a child belongs to their concern.
    pub concern_id: Option<Id>,
    /// What was said.
    pub text: Text<10000>,
}

impl MediaType for PanelMinutesCreate {}

/// A corrected version of an entry of the minutes; what it is about stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Break-time supervision has been changed.", "reason": "It was break, not lunch."}))]
pub struct PanelMinutesCorrection {
    /// The whole entry as it should read.
    pub text: Text<10000>,
    /// Why it is corrected.
    pub reason: Text<2000>,
}

impl MediaType for PanelMinutesCorrection {}

/// An entry of the minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1,
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "recorded_at": "2026-01-15T15:10:00.000000Z", "text": "Lunchtime supervision has been changed."
}))]
pub struct PanelMinutesView {
    /// The entry: the same for all its versions.
    pub id: Id,
    /// 1 for the entry as first recorded; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The concern that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// What was said.
    pub text: Text<10000>,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}
