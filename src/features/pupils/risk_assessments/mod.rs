//! Assessments of a pupil's risks and needs (KCSIE 2025, Part 5, on sexual violence and harassment; domain 3.4): what the
//! risks are and to whom, what the child needs, what is done about it and by whom, who took part, and when it is looked at
//! again. A review is the next version.

mod actions;
mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use actions::actions_due;
pub use service::reviews_due;
pub use store::{AssessmentBody, AssessmentRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::review)
        .service(api::end)
        .service(api::correct)
        .service(api::withdraw);
    actions::routes(config);
}
