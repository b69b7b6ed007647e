//! Conflicts of interest: which adults must not read of a pupil's case, under any role (domain §8.3-3).

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::hand_over;
pub use store::{conflicted_pupils, has_conflict, persons_with, persons_with_any};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::end);
}
