//! What the school saw of a placement: the review of each half-term, attendance, safety.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::ReviewsOf;
pub use store::{CheckBody, CheckRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::correct)
        .service(api::withdraw);
}
