//! What is to be done by an assessment: by whom, by when, and what came of it.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::actions_due;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::outcome)
        .service(api::correct)
        .service(api::withdraw);
}
