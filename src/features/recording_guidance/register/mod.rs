//! The register of national guidance: which version was in force when (A-20, B-04). It is a file of the repository
//! (`reference/guidance.toml`) and the same for every trust.

mod api;
mod dto;
mod reference;

use crate::http::Mount;

/// Mounts the operation.
pub fn routes(config: &mut impl Mount) {
    config.service(api::list);
}
