//! Engagements: where a person works, volunteers or governs, as what, and from when to when. Who has had engagements
//! that are all over is a leaver, and gets in no more.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use dto::{Category, EngagementCreate, EngagementPatch, EngagementView};
pub use service::{Amendment, add_all, amend, check_place, of_people};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
