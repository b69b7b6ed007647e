//! Revocations: a person or principal that is shut out, whatever a token says, on every node within 5 seconds; and let
//! in again. Nobody shuts out themselves.

mod api;
mod dto;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::create).service(api::list).service(api::get).service(api::lift);
}
