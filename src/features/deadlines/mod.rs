//! Deadlines: what is due, overdue or waits for a decision, for whom and by which rule (domain §8.4). The rules are a
//! file of the repository (`reference/deadlines.toml`); what is due under them is computed from the records and the
//! calendar each time it is asked for, and nothing of it is stored.
//!
//! A new kind of deadline is a rule in the file, a word in [`reference::DeadlineRule`], and a source in `service/`.

mod api;
mod dto;
mod reference;
mod rules;
mod service;

use crate::http::Mount;

pub use reference::DeadlineRule;
pub use service::{due_after, fgm_report_due_on, meeting_report_due_on, referral_due_on};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::rules).service(api::list);
}
