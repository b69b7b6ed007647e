//! What goes over the wire about agencies.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::AgencyRow;
use super::web_address::WebAddress;
use crate::clock::{Date, Timestamp};
use crate::features::organisation::establishments::LaCode;
use crate::features::people::WorkEmail;
use crate::features::pupils::Agency;
use crate::http::Patch;
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;
use crate::text::Name;

/// A new entry in the directory.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "mash", "name": "Council A: front door", "la_code": "935", "telephone": "01632 960 001",
    "secure_email": "front.door@council-a.example", "web_form": "https://www.council-a.example/worried-about-a-child",
    "hours": "Monday to Friday, 8.30 to 17.00", "out_of_hours_telephone": "01632 960 002", "used_from": "2025-09-01"
}))]
pub struct AgencyCreate {
    /// What kind of agency it is.
    pub kind: Agency,
    /// Its name, unique in the trust.
    pub name: Name<150>,
    /// The local authority whose agency it is; absent for one that belongs to none, such as a police force.
    pub la_code: Option<LaCode>,
    /// Where it is rung in its hours.
    pub telephone: Option<Name<40>>,
    /// Where what is about a child is sent.
    pub secure_email: Option<WorkEmail>,
    /// The page on which it takes referrals.
    pub web_form: Option<WebAddress>,
    /// Its hours, in words.
    pub hours: Option<Name<200>>,
    /// Where it, or who stands in for it, is rung at other times.
    pub out_of_hours_telephone: Option<Name<40>>,
    /// The first day on which the trust refers to it.
    pub used_from: Date,
    /// The last day; not before the first.
    pub used_until: Option<Date>,
}

impl MediaType for AgencyCreate {}

/// Changes to an entry: absent fields stay as they are, `null` clears a field that may be empty.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"telephone": "01632 960 003", "out_of_hours_telephone": null}))]
pub struct AgencyPatch {
    /// What kind of agency it is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub kind: Option<Agency>,
    /// Its name, unique in the trust.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name<150>>,
    /// The local authority whose agency it is.
    #[serde(default)]
    #[schema(value_type = Option<LaCode>)]
    pub la_code: Patch<LaCode>,
    /// Where it is rung in its hours.
    #[serde(default)]
    #[schema(value_type = Option<Name<40>>)]
    pub telephone: Patch<Name<40>>,
    /// Where what is about a child is sent.
    #[serde(default)]
    #[schema(value_type = Option<WorkEmail>)]
    pub secure_email: Patch<WorkEmail>,
    /// The page on which it takes referrals.
    #[serde(default)]
    #[schema(value_type = Option<WebAddress>)]
    pub web_form: Patch<WebAddress>,
    /// Its hours, in words.
    #[serde(default)]
    #[schema(value_type = Option<Name<200>>)]
    pub hours: Patch<Name<200>>,
    /// Where it, or who stands in for it, is rung at other times.
    #[serde(default)]
    #[schema(value_type = Option<Name<40>>)]
    pub out_of_hours_telephone: Patch<Name<40>>,
    /// The first day on which the trust refers to it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub used_from: Option<Date>,
    /// The last day; not before the first.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub used_until: Patch<Date>,
}

impl MediaType for AgencyPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// An agency to which the trust refers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "kind": "mash", "name": "Council A: front door", "la_code": "935",
    "telephone": "01632 960 001", "secure_email": "front.door@council-a.example", "used_from": "2025-09-01",
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct AgencyView {
    /// The agency.
    pub id: Id,
    /// What kind of agency it is.
    pub kind: Agency,
    /// Its name, unique in the trust.
    pub name: Name<150>,
    /// The local authority whose agency it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub la_code: Option<LaCode>,
    /// Where it is rung in its hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<Name<40>>,
    /// Where what is about a child is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secure_email: Option<WorkEmail>,
    /// The page on which it takes referrals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_form: Option<WebAddress>,
    /// Its hours, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Name<200>>,
    /// Where it, or who stands in for it, is rung at other times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_of_hours_telephone: Option<Name<40>>,
    /// The first day on which the trust refers to it.
    pub used_from: Date,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_until: Option<Date>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<AgencyRow> for AgencyView {
    fn from(row: AgencyRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            la_code: row.la_code,
            telephone: row.telephone,
            secure_email: row.secure_email,
            web_form: row.web_form,
            hours: row.hours,
            out_of_hours_telephone: row.out_of_hours_telephone,
            used_from: row.used_from,
            used_until: row.used_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Which agencies to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyFilter {
    /// Of this kind.
    pub kind: Option<Agency>,
    /// Of this local authority: its number, three digits.
    #[param(value_type = Option<String>, required = false, pattern = "^[0-9]{3}$", max_length = 3, example = "935")]
    pub la_code: Option<LaCode>,
    /// To which the trust refers on this day.
    pub used_on: Option<Date>,
}
