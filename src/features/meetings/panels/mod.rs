//! Panels: one a school and week, with its agenda of open concerns, who attended, minutes, decisions, and each
//! attendee's answer on each concern whose closing is proposed. No answer is given for another; whoever has a conflict
//! of interest is not asked, and does not learn that others are.
//!
//! Locks are taken in one order: first the concern's row, then the panel's.

mod api;
mod dto;
mod rules;
mod service;
mod store;

pub use api::routes;
pub use service::{
    AboutConcern, ClosureCase, DecisionDue, DueAsked, PanelText, answers_about, check_closure,
    decisions_about, decisions_due, decisions_to_do, held, tasks_of, texts_about,
};
