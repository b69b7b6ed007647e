//! Restrictive interventions: each significant use of force, seclusion or other restraint, what led to it, and what was done
//! afterwards; above all that the parent was told (Education and Inspections Act 2006, section 93A; Schools (Recording and
//! Reporting of Seclusion and Restraint) Regulations, from 1 April 2026). Whoever took part, and whoever submits one,
//! reads what they submitted and nothing of what came afterwards.

mod api;
mod content;
mod dto;
mod service;

use crate::http::Mount;

pub use content::InterventionBody;
pub use service::due;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::list_versions)
        .service(api::correct)
        .service(api::follow_up)
        .service(api::withdraw);
}
