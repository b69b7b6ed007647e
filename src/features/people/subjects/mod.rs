//! Subjects: under which name an identity provider knows a person, where its tokens do not carry our identifier. A
//! mapping lets whoever holds that name in as this person, so only a right to the whole trust makes one.

mod api;
mod dto;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::create).service(api::list).service(api::remove);
}
