//! Revocations: a person or principal that is shut out, whatever a token says, on every node within 5 seconds; and let
//! in again. Nobody shuts out themselves.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::lift);
}
