//! What goes over the wire about the guidance on recording.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::GuidanceRow;
use crate::clock::Timestamp;
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A new version of the guidance on recording.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "Recording a concern about a child",
    "body": "Record the same day.\n\n- The child's own words.\n- What you saw and heard yourself."
}))]
pub struct RecordingGuidanceCreate {
    /// The heading.
    pub title: Name<150>,
    /// The text, in Markdown.
    pub body: Text<20000>,
}

impl MediaType for RecordingGuidanceCreate {}

/// A version of the guidance on recording.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "number": 1, "title": "Recording a concern about a child",
    "body": "Record the same day.", "published_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct RecordingGuidanceView {
    /// The version; a concern names the one that its reporter was shown.
    pub id: Id,
    /// Its number, from 1 on; the highest is the current one.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The heading.
    pub title: Name<150>,
    /// The text, in Markdown.
    pub body: Text<20000>,
    /// When it was published.
    pub published_at: Timestamp,
}

impl RecordingGuidanceView {
    /// The tag of this view: a version is never changed.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

impl From<GuidanceRow> for RecordingGuidanceView {
    fn from(row: GuidanceRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            title: row.title,
            body: row.body,
            published_at: row.published_at,
        }
    }
}

/// Which versions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RecordingGuidanceFilter {}
