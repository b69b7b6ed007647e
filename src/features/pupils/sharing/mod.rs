//! Sharing of information: every time that information about a pupil was shared with somebody outside the school, and every
//! decision not to share it, with the reason and the legal basis (domain 3.7). The bases are a dated file of the repository
//! (`reference/sharing-bases.toml`).

mod api;
mod content;
mod dto;
mod reference;
mod service;

use crate::http::Mount;

pub use content::SharingBody;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::bases)
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::list_versions)
        .service(api::correct)
        .service(api::withdraw);
}
