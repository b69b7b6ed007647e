//! Characteristics: what is known about a pupil over time, one value of a kind on a day. The protected ones of the
//! Equality Act 2010 are known to the safeguarding team, the head and the trust lead only; a person with a conflict
//! of interest knows none.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::{agree, hand_over};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
