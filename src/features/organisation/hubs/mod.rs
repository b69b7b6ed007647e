//! Hubs: groups of schools that share supervision and support (B-24).

mod api;
mod dto;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use service::get;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
