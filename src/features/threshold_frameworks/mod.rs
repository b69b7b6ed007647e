//! Threshold frameworks: the document in which a local authority names its levels of need, each mapped to L1 to L4
//! (domain 3.4; B-55). Each version holds from a day on, until the next one of the same authority does. What a school
//! says by one is advice: the level is the authority's decision.
//!
//! A referral names a framework and one of its levels: ask [`find`].

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use dto::ThresholdFrameworkView;
pub use service::find;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
