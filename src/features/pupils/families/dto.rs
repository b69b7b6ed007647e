//! What goes over the wire about families.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::rules::{FamilyRelationship, Period};
use super::store::{MemberBody, MemberRow, NameBody, NameRow};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// Whether an adult has parental responsibility (Children Act 1989, section 3).
    pub enum ParentalResponsibility {
        /// They have it.
        Held = "held",
        /// They have it not.
        NotHeld = "not_held",
        /// Nobody has said so yet.
        Unknown = "unknown",
    }
}

/// An adult in a pupil's family: no more than what decides whom the school talks to, and what is blacked out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Joan Fenwick", "relationship": "Mother", "parental_responsibility": "held", "in_household": true,
    "address_confidential": true
}))]
pub struct FamilyAdult {
    /// The adult's name.
    pub name: Name<150>,
    /// What they are to the pupil.
    pub relationship: Name<100>,
    /// Whether they have parental responsibility.
    pub parental_responsibility: ParentalResponsibility,
    /// Whether they live where the pupil lives.
    pub in_household: bool,
    /// Where they live must not be told: not to the other parent, not in a copy of the file. No address stands here.
    pub address_confidential: bool,
}

/// A pupil who belongs to a family.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "relationship": "half_sibling", "in_household": true,
    "starts_on": "2024-09-02", "adults": [{
        "name": "Joan Fenwick", "relationship": "Mother", "parental_responsibility": "held", "in_household": true,
        "address_confidential": true
    }]
}))]
pub struct FamilyMemberCreate {
    /// The pupil, whom a school within your reach has.
    pub pupil_id: Id,
    /// What the pupil is in the family.
    pub relationship: FamilyRelationship,
    /// Whether the pupil lives in the household.
    pub in_household: bool,
    /// Since when; not in the future. Absent where nobody knows.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// Until when; not before `starts_on` and not in the future.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// The adults of the pupil's household, and others with parental responsibility.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    #[schema(max_items = 10)]
    pub adults: Vec<FamilyAdult>,
    /// What else has to be known, such as who may fetch the pupil.
    #[serde(default)]
    pub note: Option<Text<2000>>,
}

impl MediaType for FamilyMemberCreate {}

impl FamilyMemberCreate {
    /// From when to when.
    pub const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

/// A family and the pupils with whom it begins.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = once_each))]
#[schema(example = json!({"name": "Fenwick, Mill Lane", "members": [
    {"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "relationship": "sibling", "in_household": true}
]}))]
pub struct FamilyCreate {
    /// What the school calls the family; shown to that school and to the trust's lead alone.
    pub name: Name<150>,
    /// The pupils, each of whom a school within your reach has; each once.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    pub members: Vec<FamilyMemberCreate>,
}

impl MediaType for FamilyCreate {}

fn once_each(input: &FamilyCreate) -> Result<(), ValidationError> {
    let mut seen = std::collections::HashSet::new();
    if input.members.iter().all(|member| seen.insert(member.pupil_id)) {
        return Ok(());
    }
    Err(fault("/members", "repeated", "each pupil once"))
}

/// Another name for a family.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Fenwick, Station Road", "reason": "They have moved."}))]
pub struct FamilyCorrection {
    /// What the school calls the family.
    pub name: Name<150>,
    /// Why it is called that now.
    pub reason: Text<2000>,
}

impl MediaType for FamilyCorrection {}

/// A corrected version of a pupil's place in a family: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "relationship": "half_sibling", "in_household": false, "starts_on": "2024-09-02", "ends_on": "2026-01-10",
    "reason": "Lives with his father since."
}))]
pub struct FamilyMemberCorrection {
    /// What the pupil is in the family.
    pub relationship: FamilyRelationship,
    /// Whether the pupil lives in the household.
    pub in_household: bool,
    /// Since when; not in the future.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// Until when; not before `starts_on` and not in the future.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// The adults of the pupil's household, and others with parental responsibility.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    #[schema(max_items = 10)]
    pub adults: Vec<FamilyAdult>,
    /// What else has to be known.
    #[serde(default)]
    pub note: Option<Text<2000>>,
    /// Whether the record should never have been made: it stays, marked so.
    #[serde(default)]
    pub withdrawn: bool,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for FamilyMemberCorrection {}

/// A pupil's place in a family, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "number": 1, "family_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "relationship": "half_sibling", "in_household": true, "starts_on": "2024-09-02", "adults": [{
        "name": "Joan Fenwick", "relationship": "Mother", "parental_responsibility": "held", "in_household": true,
        "address_confidential": true
    }], "withdrawn": false, "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct FamilyMemberView {
    /// The place: the same for all its versions.
    pub id: Id,
    /// 1 as first recorded; a correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The family.
    pub family_id: Id,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// What the pupil is in the family.
    pub relationship: FamilyRelationship,
    /// Whether the pupil lives in the household.
    pub in_household: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// The adults of the pupil's household, and others with parental responsibility.
    #[schema(max_items = 10)]
    pub adults: Vec<FamilyAdult>,
    /// What else has to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<2000>>,
    /// Whether the record was withdrawn: it should never have been made.
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

impl FamilyMemberView {
    /// The view of a version.
    pub fn new(row: MemberRow, body: MemberBody) -> Self {
        Self {
            id: row.id,
            number: row.number,
            family_id: row.family_id,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            relationship: body.relationship,
            in_household: body.in_household,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            adults: body.adults,
            note: body.note,
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

/// What a family is called, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "number": 1, "name": "Fenwick, Mill Lane", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct FamilyNameView {
    /// 1 for the first name; the next one is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The name.
    pub name: Name<150>,
    /// The school that named the family.
    pub school_id: Id,
    /// Who recorded this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When.
    pub recorded_at: Timestamp,
    /// Why it took the place of the name before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl FamilyNameView {
    /// The view of a version.
    pub fn new(row: NameRow, body: NameBody, school_id: Id) -> Self {
        Self {
            number: row.number,
            name: body.name,
            school_id,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }
}

/// A family, as far as you may know it: others may belong to it whom you do not see.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "named": {
        "number": 1, "name": "Fenwick, Mill Lane", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
        "recorded_at": "2026-01-15T14:10:00.000000Z"
    }, "members": [{
        "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "number": 1, "family_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
        "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
        "relationship": "half_sibling", "in_household": true, "adults": [], "withdrawn": false,
        "recorded_at": "2026-01-15T14:10:00.000000Z"
    }]
}))]
pub struct FamilyView {
    /// The family.
    pub id: Id,
    /// What it is called: for the school that named it, while it has a pupil of the family, and for the trust's lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<FamilyNameView>,
    /// The pupils in it whom you may see, the one who was recorded first first.
    #[schema(max_items = 200)]
    pub members: Vec<FamilyMemberView>,
}

impl FamilyView {
    /// The tag: the version of its name, where the caller sees that, and what is shown.
    pub fn tag(&self) -> ETag {
        let number = self.named.as_ref().map_or(1, |named| named.number);
        ETag::version_and_view(i64::from(number), self)
    }
}

/// As of when.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FamilyFilter {
    /// Gives what was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
