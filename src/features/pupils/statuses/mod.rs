//! Statuses: what outside decisions, or the school's own knowledge, make of a pupil for a time: early help, in need,
//! child protection, looked after and the like (domain 3.3, 3.4; B-55, B-56). What is the local authority's begins,
//! changes and ends only by an external decision that is on record.

mod api;
mod authority;
mod dto;
mod read;
mod rules;
mod service;
mod store;
mod words;

use crate::http::Mount;

pub use authority::{AuthorityDecision, AuthorityStatus, open_authority_statuses};
pub use read::{current_rows, go_together};
pub use rules::Ground;
pub use store::{StatusBody, StatusRow};
pub use words::{Agency, DecisionOutcome, SupportLevel};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::step)
        .service(api::end)
        .service(api::correct)
        .service(api::withdraw);
}
