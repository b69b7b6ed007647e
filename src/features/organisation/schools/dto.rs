//! What goes over the wire about schools.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules::Phase;
use super::store::SchoolRow;
use crate::clock::{Date, Timestamp};
use crate::http::Patch;
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A school of the trust, to be made from the national register.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"urn": 199_001, "tas": false, "joined_on": "2014-09-01", "phase": "alternative_provision"}))]
pub struct SchoolCreate {
    /// The unique reference number in the national register (GIAS), six digits; 409
    /// `rule_broken` with `unknown_reference` where the register does not have it.
    #[validate(range(min = 100_000, max = 999_999))]
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub urn: i32,
    /// The hub to which the school belongs.
    pub hub_id: Option<Id>,
    /// Whether it is a TAS school (the trust's own term, B-92).
    #[serde(default)]
    #[schema(default = false)]
    pub tas: bool,
    /// The day on which the school joined the trust.
    pub joined_on: Option<Date>,
    /// The name by which the trust calls the school; the register's where it is absent.
    pub name: Option<Name<200>>,
    /// The phase of education; the register's where it is absent. Required where the register does not know it, as
    /// after an import of the five-column extract.
    pub phase: Option<Phase>,
    /// Local authority and establishment number (`935/4999`), for a school whose numbers the register here lacks; 409
    /// `rule_broken` with `contradicts` where it has others.
    #[schema(value_type = Option<String>, max_length = 8, pattern = "^[0-9]{3}/[0-9]{4}$", example = "935/4999")]
    pub laestab: Option<Laestab>,
}

impl MediaType for SchoolCreate {}

/// A LAESTAB: three digits, a stroke, four digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laestab(pub String);

impl<'de> Deserialize<'de> for Laestab {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let shape = text.len() == 8
            && text.bytes().enumerate().all(|(i, b)| if i == 3 { b == b'/' } else { b.is_ascii_digit() });
        if shape {
            Ok(Self(text.into_owned()))
        } else {
            Err(serde::de::Error::custom("not a LAESTAB: 935/4999 is the form that is expected"))
        }
    }
}

/// Changes to a school: absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tas": true, "left_on": null}))]
pub struct SchoolPatch {
    /// The name by which the trust calls the school.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name<200>>,
    /// The phase of education.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub phase: Option<Phase>,
    /// The hub to which the school belongs; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    pub hub_id: Patch<Id>,
    /// Whether it is a TAS school (the trust's own term, B-92).
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub tas: Option<bool>,
    /// The day on which the school joined the trust.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub joined_on: Patch<Date>,
    /// The last day on which the school belongs to the trust: from the next day on no role at it counts.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub left_on: Patch<Date>,
}

impl MediaType for SchoolPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// A school of the trust.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "urn": 199_001, "name": "Harbour View Academy",
    "laestab": "935/4999", "la_name": "Suffolk", "phase": "alternative_provision", "hub_id": null, "tas": false,
    "joined_on": "2014-09-01", "left_on": null,
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct SchoolView {
    /// The school.
    pub id: Id,
    /// Its unique reference number in the national register (GIAS), six digits.
    #[schema(minimum = 100_000, maximum = 999_999)]
    pub urn: i32,
    /// The name by which the trust calls it.
    pub name: Name<200>,
    /// Local authority and establishment number, where they are known.
    #[schema(max_length = 8, pattern = "^[0-9]{3}/[0-9]{4}$")]
    pub laestab: Option<String>,
    /// The local authority's name, where it is known.
    #[schema(max_length = 200)]
    pub la_name: Option<String>,
    /// The phase of education.
    pub phase: Phase,
    /// The hub to which it belongs.
    pub hub_id: Option<Id>,
    /// Whether it is a TAS school (the trust's own term, B-92).
    pub tas: bool,
    /// The day on which it joined the trust.
    pub joined_on: Option<Date>,
    /// The last day on which it belongs to the trust.
    pub left_on: Option<Date>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<SchoolRow> for SchoolView {
    fn from(row: SchoolRow) -> Self {
        Self {
            id: row.id,
            urn: row.urn,
            name: row.name,
            laestab: row.laestab,
            la_name: row.la_name,
            phase: row.phase,
            hub_id: row.hub_id,
            tas: row.tas,
            joined_on: row.joined_on,
            left_on: row.left_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which schools to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SchoolFilter {
    /// Only the schools of this hub.
    #[param(required = false)]
    pub hub_id: Option<Id>,
    /// Only TAS schools (the trust's own term, B-92), or only the others.
    #[param(required = false)]
    pub tas: Option<bool>,
    /// Only schools that belong to the trust today, or only those that do not.
    #[param(required = false)]
    pub current: Option<bool>,
}
