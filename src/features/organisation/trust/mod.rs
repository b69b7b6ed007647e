//! The trust and its settings: what two trusts do differently is kept here as data, never as a fork in the code.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use rules::{ALERT_DAYS, ClosureRule, PanelExpected, ScrutinyRule, Settings};
pub use service::{NewTrust, create_trust, found, settings, within};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::get).service(api::change);
}
