//! Hubs: groups of schools that share supervision and support (B-24).

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::get;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
