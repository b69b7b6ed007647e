//! What goes over the wire about matches.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Name;

crate::words! {
    /// Where a match stands.
    pub enum PupilMatchState {
        /// Nobody has said yet whether the two are one child.
        Open = "open",
        /// They are one child, and one record.
        Confirmed = "confirmed",
        /// They are two children.
        Refused = "refused",
        /// The other school has taken the number back.
        Withdrawn = "withdrawn",
    }
}

/// That another school's new pupil may be a child whom yours has. What that school knows besides stays with it until the
/// match is confirmed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "state": "open", "given_name": "Amara",
    "family_name": "Fenwick", "birth_date": "2015-10-01", "starts_on": "2026-01-05",
    "created_at": "2026-01-15T09:30:00.000000Z", "settled_at": null
}))]
pub struct PupilMatchView {
    /// The match.
    pub id: Id,
    /// The pupil whom your school has, with the number that the other school gave.
    pub pupil_id: Id,
    /// The other school.
    pub school_id: Id,
    /// Where it stands.
    pub state: PupilMatchState,
    /// The given name that the other school sent; null once it is settled.
    pub given_name: Option<Name<100>>,
    /// The family name that it sent; null once it is settled.
    pub family_name: Option<Name<100>>,
    /// The day of birth that it sent; null once it is settled.
    pub birth_date: Option<Date>,
    /// The first day on roll there; null once it is settled.
    pub starts_on: Option<Date>,
    /// When the other school gave the number.
    pub created_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// Its version.
    #[serde(skip)]
    pub version: i64,
}

impl PupilMatchView {
    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(self.version, self)
    }
}

/// That the two are one child: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct PupilMatchConfirmation {}

impl MediaType for PupilMatchConfirmation {}

/// That the two are different children: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct PupilMatchRefusal {}

impl MediaType for PupilMatchRefusal {}

/// Which matches to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PupilMatchFilter {
    /// Only matches in this state.
    #[param(required = false)]
    pub state: Option<PupilMatchState>,
}
