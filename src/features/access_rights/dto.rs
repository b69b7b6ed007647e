//! What goes over the wire about rights.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::matrix::{Reach, TrustLeadColumn};
use crate::access::viewer::Extent;
use crate::access::{Action, Role};
use crate::ids::Id;

/// The access matrix: how far each role's right to each action reaches.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"actions": [{
    "action": "concern.work", "meaning": "Work a concern: triage, notes, actions, decisions, corrections.",
    "cells": [{"role": "dsl", "lead": null, "reach": "school"}]
}]}))]
pub struct MatrixView {
    /// One entry an action, in the order of the table.
    #[schema(max_items = 500)]
    pub actions: Vec<MatrixAction>,
}

/// One row of the matrix.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "action": "concern.work", "meaning": "Work a concern: triage, notes, actions, decisions, corrections.",
    "cells": [{"role": "dsl", "lead": null, "reach": "school"}]
}))]
pub struct MatrixAction {
    /// The action.
    pub action: Action,
    /// What it allows.
    #[schema(max_length = 300)]
    pub meaning: String,
    /// One entry a column.
    #[schema(max_items = 50)]
    pub cells: Vec<MatrixCell>,
}

/// One cell of the matrix.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "trust-safeguarding-lead", "lead": "casework", "reach": "trust"}))]
pub struct MatrixCell {
    /// The role.
    pub role: Role,
    /// For the trust's safeguarding lead: in which of the two ways the trust uses its lead.
    pub lead: Option<TrustLeadColumn>,
    /// How far the right reaches.
    pub reach: Reach,
}

/// How far the caller's right to one action reaches, all roles together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "action": "concern.read", "trust": false, "school_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ab"],
    "assigned": true, "routed": false, "own": true, "break_glass": false, "metadata": false
}))]
#[expect(clippy::struct_excessive_bools, reason = "each is a reach of its own, as the matrix has them")]
pub struct RightView {
    /// The action.
    pub action: Action,
    /// Whether it reaches the whole trust.
    pub trust: bool,
    /// The schools that it reaches as a whole.
    #[schema(max_items = 1000)]
    pub school_ids: Vec<Id>,
    /// Whether it reaches what is shared with or assigned to the caller by name.
    pub assigned: bool,
    /// Whether it reaches the concerns to which the service let the caller in, since everybody before them is linked to
    /// the case.
    pub routed: bool,
    /// Whether it reaches what the caller raised, holds or did.
    pub own: bool,
    /// Whether it reaches what the caller broke the glass for, as long as that lasts.
    pub break_glass: bool,
    /// Whether it reaches the metadata of what this service fed.
    pub metadata: bool,
}

impl RightView {
    /// From the extent of an action.
    pub fn new(action: Action, extent: Extent) -> Self {
        Self {
            action,
            trust: extent.trust,
            school_ids: extent.schools,
            assigned: extent.assigned,
            routed: extent.routed,
            own: extent.own,
            break_glass: extent.glass,
            metadata: extent.metadata,
        }
    }
}

/// What to explain.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// The action.
    #[param(inline, example = "concern.work")]
    pub action: Action,
    /// At this school; one that is not the trust's is answered like one where you have no right.
    #[serde(default)]
    #[param(inline)]
    pub school_id: Option<Id>,
    /// To this concern; one that you may not know of is answered like one that does not exist. Only with actions on
    /// concerns (`concern.…`).
    #[serde(default)]
    #[param(inline)]
    pub record_id: Option<Id>,
}

/// Why the caller may do something or may not. Without a record it speaks of roles and schools: a conflict of interest and
/// the restricted log can still close a record. Of a record that the caller may not know of it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "action": "concern.work", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "allowed": true,
    "record_id": null, "rule": "within-reach", "reach": "school", "role": "dsl", "because": "The role dsl has concern.work at its schools."
}))]
pub struct ExplanationView {
    /// The action.
    pub action: Action,
    /// The school asked about.
    pub school_id: Option<Id>,
    /// The concern asked about.
    pub record_id: Option<Id>,
    /// Whether there is any right to the action, there.
    pub allowed: bool,
    /// The rule, in the words of the audit log: `within-reach`, `restricted-log`, `named-grant`, `conflict-route`,
    /// `break-glass`, `named-part`, `reporter`, `own`, `fed`, `out-of-reach`, `key-scope`, `key-schools` …
    #[schema(max_length = 40)]
    pub rule: &'static str,
    /// How far it reaches.
    pub reach: Reach,
    /// The role that gives it: the one that reaches furthest.
    pub role: Option<Role>,
    /// The rule in words.
    #[schema(max_length = 300)]
    pub because: String,
}
