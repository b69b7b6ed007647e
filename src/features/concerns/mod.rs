//! Concerns about children: raised by anybody, read by those who need to know, never changed but by adding (KCSIE
//! Part 1 on record keeping, B-52 to B-55, B-71).
//!
//! What a caller sees of a concern is decided in `access/visible.rs`; every part of a concern is reached through
//! `store::load`, which asks it.

mod api;
mod content;
mod dto;
mod rules;
mod service;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::search).service(api::raise).service(api::list).service(api::get);
}
