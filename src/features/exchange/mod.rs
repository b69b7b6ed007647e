//! In and out: files that are brought in.

pub mod imports;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    imports::routes(config);
}
