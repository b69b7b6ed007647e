//! Weeks without a panel: held or not, and nothing else.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Date;
use crate::ids::Id;

/// A school week that is over and in which no panel was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "week_starts_on": "2026-01-12"
}))]
pub struct MissedWeekView {
    /// The school.
    pub school_id: Id,
    /// The Monday of the ISO week.
    pub week_starts_on: Date,
}

/// Which weeks to look at.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct WeeksFilter {
    /// Of this school only.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// From the week of this day on; where absent, from the beginning of the academic year.
    #[param(inline)]
    pub from: Option<Date>,
    /// Up to the week of this day, at most 800 days after `from` (409 `rule_broken` with `range` at `?to`); where absent,
    /// to the last week that is over.
    #[param(inline)]
    pub to: Option<Date>,
}
