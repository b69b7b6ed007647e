//! Conflicts of interest: which adults must not read of a pupil's case, under any role (domain §8.3-3).

mod api;
mod dto;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use store::{hand_over, has_conflict};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::create).service(api::list).service(api::get).service(api::end);
}
