//! What is shown of a concern. Which fields there are depends on who asks: `view` says which set it is.

use serde::Serialize;
use utoipa::ToSchema;

use super::closing::{ConcernClosureView, ConcernScrutinyView};
use super::raise::{CategoryGiven, PupilNamed, Told};
use super::words::{
    ConcernLog, ConcernPlace, ConcernSeverity, ConcernSource, ConcernState, Progress, ReporterKind, TimeSlot,
};
use crate::access::visible::FieldSet;
use crate::clock::Timestamp;
use crate::features::categories::CategoryCode;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A concern, as far as the caller sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "view": "full",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "reported_at": "2026-01-15T13:10:00.000000Z",
    "progress": "received", "log": "safeguarding",
    "reporter": {"kind": "self", "is_protected": false, "raised_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"},
    "account": {
        "number": 1, "recorded_at": "2026-01-15T13:10:00.000000Z",
        "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
        "occurred_at": "2026-01-15T12:40:00.000000Z", "occurred_approximately": false,
        "place": "playground", "time_slot": "lunch", "source": "child_disclosure",
        "pupils": [{"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "role": "subject"}],
        "categories": [{"code": "COC-BUL", "is_primary": true}], "adult_ids": [],
        "summary": "Told me that two older pupils took his lunch again.", "told": []
    },
    "addenda": [], "state": "submitted", "monitor": false, "round": 1, "scrutiny": [],
    "added_since_closure": false, "updated_at": "2026-01-15T13:10:00.000000Z"
}))]
pub struct ConcernView {
    /// The concern.
    pub id: Id,
    /// How much of it is shown to you.
    pub view: FieldSet,
    /// The school that it belongs to.
    pub school_id: Id,
    /// When it was raised here.
    pub reported_at: Timestamp,
    /// Whether it was acted on.
    pub progress: Progress,
    /// The log that it stands in. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<ConcernLog>,
    /// Who reported it. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<ReporterView>,
    /// The recording guidance that was shown to the reporter. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance_id: Option<Id>,
    /// What happened: the account as corrected last; for its reporter, as they submitted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<ConcernAccountView>,
    /// What the reporter added later. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000)]
    pub addenda: Option<Vec<AddendumView>>,
    /// How far the work has come. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ConcernState>,
    /// How soon somebody must act, once judged. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<ConcernSeverity>,
    /// The school's view of the level of need, 1 to 4: advice only, the local authority decides (B-55). Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 4)]
    pub school_view_level: Option<i16>,
    /// Whether it is watched. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor: Option<bool>,
    /// How often it was reopened, and one. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub round: Option<i32>,
    /// Who has scrutinised it in this round. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub scrutiny: Option<Vec<ConcernScrutinyView>>,
    /// How it was closed, where it is closed. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure: Option<ConcernClosureView>,
    /// Whether the reporter has added something since it was closed. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_since_closure: Option<bool>,
    /// When anything of it was recorded last. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// Who reported a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "parent", "is_protected": true}))]
pub struct ReporterView {
    /// Who reported.
    pub kind: ReporterKind,
    /// Whether the reporter's identity is protected. Where you may not know it, name and recorder are left out.
    pub is_protected: bool,
    /// The reporter's name, where another than the recorder reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name<150>>,
    /// The person who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raised_by: Option<Id>,
}

/// An account of what happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "number": 1, "recorded_at": "2026-01-15T13:10:00.000000Z", "occurred_approximately": false,
    "place": "playground", "time_slot": "lunch", "source": "observation",
    "pupils": [{"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "role": "subject"}],
    "categories": [{"code": "OTH-UNC", "is_primary": true}], "adult_ids": [],
    "summary": "Found crying behind the shed.", "told": []
}))]
pub struct ConcernAccountView {
    /// 1 for the account as submitted; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it; left out where the reporter is protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// Why the account before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Whether that time is only approximate.
    pub occurred_approximately: bool,
    /// Where it happened.
    pub place: ConcernPlace,
    /// When in the day or week.
    pub time_slot: TimeSlot,
    /// How the school came to know.
    pub source: ConcernSource,
    /// The children, each with their part.
    #[schema(max_items = 20)]
    pub pupils: Vec<PupilNamed>,
    /// Children who could not be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unnamed_pupils: Option<Text<500>>,
    /// What kind of concern it is.
    #[schema(max_items = 10)]
    pub categories: Vec<CategoryGiven>,
    /// Adults of the trust whom it touches.
    #[schema(max_items = 10)]
    pub adult_ids: Vec<Id>,
    /// The summary.
    pub summary: Text<2000>,
    /// The child's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbatim_words: Option<Text<10000>>,
    /// What was seen and heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Text<10000>>,
    /// What the reporter makes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Text<5000>>,
    /// What the child wishes and feels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_of_child: Option<Text<5000>>,
    /// What was done at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immediate_action: Option<Text<5000>>,
    /// Who else saw or heard it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<Text<2000>>,
    /// Who was told, and when.
    #[schema(max_items = 10)]
    pub told: Vec<Told>,
}

/// Something that the reporter added to a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "recorded_at": "2026-01-15T15:00:00.000000Z",
    "text": "His sister was there too."
}))]
pub struct AddendumView {
    /// The addendum.
    pub id: Id,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What was added.
    pub text: Text<10000>,
}

/// A concern in a list: no text of the case.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "view": "full",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "reported_at": "2026-01-15T13:10:00.000000Z",
    "progress": "received", "log": "safeguarding", "occurred_at": "2026-01-15T12:40:00.000000Z",
    "pupil_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ac"], "primary_category": "COC-BUL",
    "state": "triaged", "severity": "same_day", "school_view_level": 2, "monitor": false,
    "added_since_closure": false
}))]
pub struct ConcernSummary {
    /// The concern.
    pub id: Id,
    /// How much of it is shown to you.
    pub view: FieldSet,
    /// The school that it belongs to.
    pub school_id: Id,
    /// When it was raised here.
    pub reported_at: Timestamp,
    /// Whether it was acted on.
    pub progress: Progress,
    /// The log that it stands in. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<ConcernLog>,
    /// When it happened. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// The children. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub pupil_ids: Option<Vec<Id>>,
    /// The category by which it is counted. Not in `metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_category: Option<CategoryCode>,
    /// How far the work has come. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ConcernState>,
    /// How soon somebody must act, once judged. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<ConcernSeverity>,
    /// The school's view of the level of need, 1 to 4: advice only. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 4)]
    pub school_view_level: Option<i16>,
    /// Whether it is watched. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor: Option<bool>,
    /// Whether the reporter has added something since it was closed. Only in `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_since_closure: Option<bool>,
}
