//! How often each agency was asked, and what came of it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Date;
use crate::features::pupils::DecisionOutcome;
use crate::ids::Id;

/// Which referrals to count.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyUsageFilter {
    /// Of concerns of this school.
    pub school_id: Option<Id>,
    /// To this agency.
    pub agency_id: Option<Id>,
    /// Made on this day or later.
    pub from: Option<Date>,
    /// Made on this day or earlier.
    pub to: Option<Date>,
}

/// How often an agency was asked, as far as you may see of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "agency_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "referrals": 12, "unanswered": 1, "acknowledged": 3,
    "decided": 7, "withdrawn": 1, "outcomes": [{"outcome": "begins", "count": 4}, {"outcome": "no_further_action", "count": 3}]
}))]
pub struct AgencyUsageView {
    /// The agency.
    pub agency_id: Id,
    /// Referrals in all.
    #[schema(minimum = 1)]
    pub referrals: u32,
    /// Of these, those to which it has not answered, not even by deciding about one of the pupils.
    #[schema(minimum = 0)]
    pub unanswered: u32,
    /// Those that it has answered, and not decided on for every pupil.
    #[schema(minimum = 0)]
    pub acknowledged: u32,
    /// Those on which it has decided for every pupil.
    #[schema(minimum = 0)]
    pub decided: u32,
    /// Those that were withdrawn.
    #[schema(minimum = 0)]
    pub withdrawn: u32,
    /// What it decided, a pupil at a time: of decisions whose record stands, and that a school recorded whose decisions your
    /// role reads.
    #[schema(max_items = 10)]
    pub outcomes: Vec<OutcomeCount>,
}

/// How often an agency decided so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"outcome": "begins", "count": 4}))]
pub struct OutcomeCount {
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// How often.
    #[schema(minimum = 1)]
    pub count: u32,
}
