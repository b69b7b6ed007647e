//! Placements with alternative providers (KCSIE 2025, Part 3): where a child is in school hours while another provider
//! teaches them, that provider's written confirmation of the checks on its staff, and what the school saw of it: a review in
//! each half-term, attendance, safety. The school goes on answering for the child.

mod api;
pub mod checks;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::{PlacementInForce, confirmations_due, in_force};
pub use store::{PlacementBody, PlacementRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::confirm)
        .service(api::end)
        .service(api::correct)
        .service(api::withdraw);
    checks::routes(config);
}
