//! What goes over the wire about chronologies.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules::{ChronologyKind, ChronologySource};
use crate::clock::{Date, Timestamp};
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Text;

/// Something that happened, in one line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "concern_raised", "happened_on": "2026-01-15", "happened_at": "2026-01-15T12:10:00.000000Z",
    "recorded_at": "2026-01-15T13:05:00.000000Z", "source": "concern",
    "source_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "summary": "Came to me upset after lunch and said that older pupils keep taking his dinner money.",
    "significant": true, "mark": {
        "significant": true, "reason": "The first time that he has told anybody.",
        "recorded_at": "2026-01-20T09:00:00.000000Z", "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"
    }
}))]
pub struct ChronologyEntry {
    /// What it tells of.
    pub kind: ChronologyKind,
    /// The day on which it happened, in England.
    pub happened_on: Date,
    /// The moment, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<Timestamp>,
    /// When it was recorded; of what was corrected since, when the version that holds was.
    pub recorded_at: Timestamp,
    /// The class of its source.
    pub source: ChronologySource,
    /// Its source: read it there.
    pub source_id: Id,
    /// The concern that the source belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// The school that the source belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<Id>,
    /// The source in one line, cut where it is long.
    #[schema(max_length = 300)]
    pub summary: String,
    /// Whether it is marked as significant.
    pub significant: bool,
    /// The newest mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<ChronologyMark>,
}

/// Who marked an entry, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "significant": true, "reason": "The first time that he has told anybody.",
    "recorded_at": "2026-01-20T09:00:00.000000Z", "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"
}))]
pub struct ChronologyMark {
    /// Whether the entry is significant.
    pub significant: bool,
    /// Why, or why no longer.
    pub reason: Text<2000>,
    /// When it was marked.
    pub recorded_at: Timestamp,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
}

/// Which entries to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ChronologyFilter {
    /// That happened on this day or later.
    pub from: Option<Date>,
    /// That happened on this day or earlier.
    pub to: Option<Date>,
    /// Of this kind.
    pub kind: Option<ChronologyKind>,
    /// Only those marked as significant. `false` asks for all, as if it were left out.
    pub significant: Option<bool>,
}

/// Marks an entry as significant, or no longer so.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "status_started", "source_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "significant": true,
    "reason": "The second plan within a year."
}))]
pub struct ChronologyMarkCreate {
    /// The entry's kind.
    pub kind: ChronologyKind,
    /// The entry's source.
    pub source_id: Id,
    /// Whether it is significant.
    pub significant: bool,
    /// Why, or why no longer.
    pub reason: Text<2000>,
}

impl MediaType for ChronologyMarkCreate {}

/// A mark of an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "number": 1, "kind": "status_started",
    "source_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "significant": true,
    "reason": "The second plan within a year.", "recorded_at": "2026-01-20T09:00:00.000000Z",
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"
}))]
pub struct ChronologyMarkView {
    /// The mark.
    pub id: Id,
    /// 1 for the first mark of an entry; the highest one holds.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The entry's kind.
    pub kind: ChronologyKind,
    /// The entry's source.
    pub source_id: Id,
    /// Whether the entry is significant.
    pub significant: bool,
    /// Why, or why no longer.
    pub reason: Text<2000>,
    /// When it was marked.
    pub recorded_at: Timestamp,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
}

/// Which marks to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ChronologyMarkFilter {}
