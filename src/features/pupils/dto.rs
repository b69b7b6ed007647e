//! What goes over the wire about pupils.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::enrolments::{EnrolmentCreate, EnrolmentView};
use super::upn::{self, Upn, right_letter};
use crate::clock::{Date, Timestamp};
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::http::{ETag, PageQuery, Patch};
use crate::ids::Id;
use crate::text::Name;

/// A new pupil, with the enrolment that makes them one.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "upn": "V825200025001", "given_name": "Amara", "family_name": "Fenwick", "birth_date": "2015-10-01",
    "enrolment": {"school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "starts_on": "2025-09-03"}
}))]
pub struct PupilCreate {
    /// The unique pupil number, where it is known (DfE school census N00001); unique in the trust. A wrong check letter
    /// is 409.
    #[serde(default)]
    #[validate(custom(function = right_letter))]
    pub upn: Option<Upn>,
    /// The given name as registered.
    pub given_name: Name<100>,
    /// The family name as registered.
    pub family_name: Name<100>,
    /// The name by which the pupil wants to be called, in place of the given name.
    #[serde(default)]
    pub preferred_name: Option<Name<100>>,
    /// The day of birth, not after today.
    pub birth_date: Date,
    /// Where the pupil is on roll.
    #[validate(nested)]
    pub enrolment: EnrolmentCreate,
}

impl MediaType for PupilCreate {}

/// Changes to a pupil: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_patch))]
#[schema(example = json!({"preferred_name": "Mara", "upn": "V825200025001"}))]
pub struct PupilPatch {
    /// The unique pupil number, unique in the trust; `null` where it is not known.
    #[serde(default)]
    #[schema(value_type = Option<Upn>)]
    pub upn: Patch<Upn>,
    /// The given name as registered.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub given_name: Option<Name<100>>,
    /// The family name as registered.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub family_name: Option<Name<100>>,
    /// The name by which the pupil wants to be called; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<Name<100>>)]
    pub preferred_name: Patch<Name<100>>,
    /// The day of birth, not after today.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub birth_date: Option<Date>,
}

fn check_patch(patch: &PupilPatch) -> Result<(), ValidationError> {
    match &patch.upn {
        Patch::Set(upn) if !upn.has_right_letter() => Err(upn::refused("/upn")),
        _ => Ok(()),
    }
}

impl MediaType for PupilPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// A pupil, as far as the caller's schools know them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "upn": "V825200025001", "is_temporary_upn": false,
    "given_name": "Amara", "family_name": "Fenwick", "preferred_name": "Mara", "birth_date": "2015-10-01",
    "national_curriculum_year": 5,
    "enrolments": [{
        "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
        "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "starts_on": "2025-09-03", "ends_on": null,
        "year_group": null,
        "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
    }],
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct PupilView {
    /// The pupil.
    pub id: Id,
    /// The unique pupil number, where it is known.
    pub upn: Option<Upn>,
    /// Whether the number is a temporary one, which ends in a letter.
    pub is_temporary_upn: bool,
    /// The given name as registered.
    pub given_name: Name<100>,
    /// The family name as registered.
    pub family_name: Name<100>,
    /// The name by which the pupil wants to be called.
    pub preferred_name: Option<Name<100>>,
    /// The day of birth.
    pub birth_date: Date,
    /// The national curriculum year in the present academic year: as today's enrolment records it, else from the day
    /// of birth; 0 is Reception, negative is nursery.
    #[schema(minimum = -100, maximum = 200)]
    pub national_curriculum_year: i16,
    /// The enrolments at schools within the caller's reach, oldest first, at most 200.
    #[schema(max_items = 200)]
    pub enrolments: Vec<EnrolmentView>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When the pupil's own fields were last changed, as far as the caller's schools know.
    pub updated_at: Timestamp,
    /// The version of the pupil's own fields.
    #[serde(skip)]
    pub version: i64,
}

impl PupilView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(self.version, self)
    }
}

/// Which pupils to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PupilFilter {
    /// Only pupils with an enrolment, of any time, at this school.
    #[param(required = false)]
    pub school_id: Option<Id>,
}

/// A search for pupils: every condition given must hold.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"words": "amara fen", "on": "2026-01-15", "limit": 20}))]
pub struct PupilSearch {
    /// Beginnings of names, in any order, without regard to case and accents.
    pub words: Option<Name<100>>,
    /// The whole unique pupil number. A wrong check letter is 409.
    #[validate(custom(function = right_letter))]
    pub upn: Option<Upn>,
    /// Only pupils with an enrolment at this school.
    pub school_id: Option<Id>,
    /// Only pupils on roll on this day.
    pub on: Option<Date>,
    /// How many items at most; 50 where absent.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u8>,
    /// Where to go on: `next_cursor` of the page before. It holds for the same caller and conditions only.
    #[validate(length(max = 600))]
    #[schema(max_length = 600, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

impl MediaType for PupilSearch {}

impl PupilSearch {
    /// The page asked for, and the conditions in one text that a cursor is bound to.
    pub fn paging(&self) -> (PageQuery, String) {
        let conditions = [
            self.words.as_ref().map(|words| words.as_str().to_owned()),
            self.upn.as_ref().map(|upn| upn.as_str().to_owned()),
            self.school_id.map(|id| id.to_string()),
            self.on.map(|on| on.to_string()),
        ];
        let query = PageQuery { limit: self.limit, cursor: self.cursor.clone(), count: None };
        (query, format!("{conditions:?}"))
    }
}

/// A search for a pupil to name in a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "amara fen", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab"}))]
pub struct DirectorySearch {
    /// Beginnings of names, in any order, without regard to case and accents.
    pub words: Name<100>,
    /// The school at which the pupil is on roll today.
    pub school_id: Id,
    /// How many items at most; 50 where absent.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u8>,
    /// Where to go on: `next_cursor` of the page before. It holds for the same caller and conditions only.
    #[serde(default)]
    #[validate(length(max = 600))]
    #[schema(max_length = 600, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

impl MediaType for DirectorySearch {}

impl DirectorySearch {
    /// The page asked for, and the conditions in one text that a cursor is bound to.
    pub fn paging(&self) -> (PageQuery, String) {
        let query = PageQuery { limit: self.limit, cursor: self.cursor.clone(), count: None };
        (query, format!("{} {:?}", self.school_id, self.words.as_str()))
    }
}

/// A pupil as staff name them in a concern.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "name": "Mara Fenwick", "national_curriculum_year": 5
}))]
pub struct DirectoryEntry {
    /// The pupil.
    pub id: Id,
    /// The name by which the pupil is called.
    #[schema(min_length = 1, max_length = 201, example = "Mara Fenwick")]
    pub name: String,
    /// The national curriculum year in the present academic year; 0 is Reception, negative is nursery.
    #[schema(minimum = -100, maximum = 200)]
    pub national_curriculum_year: i16,
}
