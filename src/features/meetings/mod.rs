//! Meetings: the weekly panel of each school, in which concerns are talked through and, where the trust's rule says so,
//! closed (A-41 to A-43, B-83, B-84).

pub mod panels;

use crate::http::Mount;

pub use panels::{
    AboutConcern, ClosureCase, DecisionDue, DueAsked, PanelText, answers_about, check_closure,
    decisions_about, decisions_due, decisions_to_do, held, tasks_of, texts_about,
};

/// Mounts the operations of every resource here.
pub fn routes(config: &mut impl Mount) {
    panels::routes(config);
}
