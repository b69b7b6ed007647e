//! The register of national guidance: which version was in force when (A-20, B-04). It is a file of the repository
//! (`reference/guidance.toml`) and the same for every trust.

mod api;
mod dto;
mod reference;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(api::list);
}
