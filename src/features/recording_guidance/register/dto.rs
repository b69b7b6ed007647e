//! What goes over the wire about national guidance.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reference::Edition;
use crate::clock::Date;
use crate::text::Name;

/// A version of a piece of national guidance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "KCSIE", "title": "Keeping children safe in education", "version": "2025",
    "publisher": "Department for Education", "in_force_from": "2025-09-01", "in_force_to": null, "in_force": true
}))]
pub struct GuidanceEditionView {
    /// The guidance's code, the same for all its versions.
    #[schema(max_length = 20, pattern = "^[A-Z-]+$", example = "KCSIE")]
    pub code: String,
    /// Its title.
    #[schema(max_length = 200, example = "Keeping children safe in education")]
    pub title: String,
    /// Which version it is, in the publisher's words.
    #[schema(max_length = 50, example = "2025")]
    pub version: String,
    /// Who publishes it.
    #[schema(max_length = 100, example = "Department for Education")]
    pub publisher: String,
    /// The first day on which it is in force.
    pub in_force_from: Date,
    /// The last day; null where no later version is known.
    pub in_force_to: Option<Date>,
    /// Whether it is in force on the day asked for, today where none was.
    pub in_force: bool,
}

impl GuidanceEditionView {
    /// The version as it stands on a day.
    pub fn on(edition: &Edition, day: Date) -> Self {
        Self {
            code: edition.code.clone(),
            title: edition.title.clone(),
            version: edition.version.clone(),
            publisher: edition.publisher.clone(),
            in_force_from: edition.in_force_from,
            in_force_to: edition.in_force_to,
            in_force: edition.is_in_force(day),
        }
    }
}

/// Which versions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct GuidanceRegisterFilter {
    /// The day on which `in_force` is judged; today where absent.
    #[param(required = false)]
    pub on: Option<Date>,
    /// Only versions of this piece of guidance, such as `KCSIE`.
    #[param(required = false)]
    pub code: Option<Name<20>>,
    /// `true` for those in force on that day, `false` for the others; both where absent.
    #[param(required = false)]
    pub in_force: Option<bool>,
}
