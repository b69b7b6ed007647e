//! Which concerns a caller asks for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::code::CategoryPrefix;
use super::words::{ConcernLog, ConcernSeverity, ConcernState};
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Name;

/// Which concerns to list. What you see only as the reporter, or as the system that fed it, is found by what you see
/// of it and by nothing else.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ConcernFilter {
    /// Of this school.
    pub school_id: Option<Id>,
    /// That name this pupil.
    pub pupil_id: Option<Id>,
    /// In this state.
    pub state: Option<ConcernState>,
    /// Only open ones (`true`), or only closed ones (`false`).
    pub open: Option<bool>,
    /// Only those to which the reporter has added something since they were closed.
    pub added_since_closure: Option<bool>,
    /// Of this severity.
    pub severity: Option<ConcernSeverity>,
    /// In this log.
    pub log: Option<ConcernLog>,
    /// With this category, or one under it: `COC` finds `COC-BUL`.
    #[param(inline)]
    pub category: Option<CategoryPrefix>,
    /// With the monitor flag, or without it.
    pub monitor: Option<bool>,
    /// Reported at this moment or later.
    pub reported_from: Option<Timestamp>,
    /// Reported before this moment.
    pub reported_to: Option<Timestamp>,
    /// Only those that you have raised.
    pub raised_by_me: Option<bool>,
    /// Only those that are assigned to you.
    pub assigned_to_me: Option<bool>,
}

/// Which concerns of the restricted log to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RestrictedLogFilter {
    /// Of this school.
    pub school_id: Option<Id>,
    /// That name this pupil.
    pub pupil_id: Option<Id>,
    /// In this state.
    pub state: Option<ConcernState>,
    /// Only open ones (`true`), or only closed ones (`false`).
    pub open: Option<bool>,
}

impl RestrictedLogFilter {
    /// The filter in the form of the list of concerns.
    pub fn filter(self) -> ConcernFilter {
        ConcernFilter {
            school_id: self.school_id,
            pupil_id: self.pupil_id,
            state: self.state,
            open: self.open,
            log: Some(ConcernLog::Restricted),
            ..ConcernFilter::default()
        }
    }
}

/// The moment as at which a record is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AsOf {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// A search by words in the text of concerns.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": ["lunch", "older pupils"], "limit": 20}))]
pub struct ConcernSearch {
    /// All of these must occur, in any order; case and accents do not matter.
    #[validate(length(min = 1, max = 8))]
    #[schema(min_items = 1, max_items = 8)]
    pub words: Vec<Name<60>>,
    /// Of this school.
    pub school_id: Option<Id>,
    /// That name this pupil.
    pub pupil_id: Option<Id>,
    /// Reported at this moment or later.
    pub reported_from: Option<Timestamp>,
    /// Reported before this moment.
    pub reported_to: Option<Timestamp>,
    /// How many concerns at most.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u8>,
    /// Where to go on: `next_cursor` of the answer before, with the same words and filters.
    #[schema(value_type = Option<String>, max_length = 600, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<Name<600>>,
}

impl MediaType for ConcernSearch {}

impl ConcernSearch {
    /// The part of the body that a cursor is bound to.
    pub fn binding(&self) -> String {
        let bound = Self { limit: None, cursor: None, ..self.clone() };
        serde_json::to_string(&bound).unwrap_or_default()
    }

    /// The search's filter in the form of the list's.
    pub fn filter(&self) -> ConcernFilter {
        ConcernFilter {
            school_id: self.school_id,
            pupil_id: self.pupil_id,
            reported_from: self.reported_from,
            reported_to: self.reported_to,
            ..ConcernFilter::default()
        }
    }
}

/// A list that takes no filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct NoFilter {}
