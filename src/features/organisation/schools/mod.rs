//! Schools of the trust: made from the national register by URN, grouped in hubs. Nearly every other record belongs
//! to one of them.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use dto::{SchoolCreate, SchoolPatch};
pub use rules::Phase;
pub use service::{change, check_new, create, school_exists_in, schools, with_urns};
pub use store::SchoolRow;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
