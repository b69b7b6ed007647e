//! Families: which pupils of the trust belong together, at whichever of its schools, and how. A family spreads nothing:
//! whoever reads one child's case sees that the child has a family, and of its members only those whom they may see
//! themselves; a concern about one stays with that one, and so does their role in it (decision 0019).

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::{closed, hand_over, has, rows_of};
pub use store::{MemberBody, MemberRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::get)
        .service(api::list_of_pupil)
        .service(api::rename)
        .service(api::add)
        .service(api::get_member)
        .service(api::correct);
}
