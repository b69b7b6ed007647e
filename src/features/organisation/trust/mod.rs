//! The trust and its settings: what two trusts do differently is kept here as data, never as a fork in the code.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use rules::{ALERT_DAYS, ClosureRule, PanelExpected, SLUG_FORM, ScrutinyRule, Settings, is_slug};
pub use service::{NewTrust, create_trust, found, settings, within};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::get).service(api::change);
}
