//! Agencies: the trust's directory of those to whom concerns are referred, such as a local authority's front door, with
//! how each is reached by day and by night (KCSIE Part 1: everybody knows whom to ring; domain 3.4). Anybody reads it; who
//! refers keeps it up to date, since a referral must never wait for somebody who may write to a directory.
//!
//! A referral names an agency of this directory: ask [`find`].

mod api;
mod dto;
mod service;
mod store;
mod web_address;

use crate::http::Mount;

pub use service::find;
pub use store::AgencyRow;
pub use web_address::WebAddress;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
