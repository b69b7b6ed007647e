//! Family support: what somebody who is allocated to a family agrees with it, where they show it the way to early help, whom
//! they speak to and what comes of it (B-51). It is about one pupil, and says where the whole family is meant; who sees it is
//! decided by that pupil, so that it tells nobody of a brother or sister. The person allocated sees it by name.

mod api;
mod content;
mod dto;
mod entries;
mod service;

use crate::http::Mount;

pub use content::SupportBody;
pub use service::{due, to_review};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::support::create)
        .service(api::support::list)
        .service(api::support::get)
        .service(api::support::list_versions)
        .service(api::support::correct)
        .service(api::support::review)
        .service(api::support::end)
        .service(api::support::withdraw)
        .service(api::entries::create)
        .service(api::entries::list)
        .service(api::entries::get)
        .service(api::entries::correct);
}
