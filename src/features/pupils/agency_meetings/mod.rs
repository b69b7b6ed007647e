//! Meetings of agencies about a pupil: strategy discussions, child protection conferences and their reviews, core groups,
//! meetings about a child in need, teams around the family, reviews of looked-after children, personal education plans
//! (domain 3.4, 5.2). Another agency calls them, so they are no meetings of the school's own (`meetings`): what is recorded is
//! the invitation, who goes for the school, the school's report, who went or why nobody did, and what came of it.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::{follow, meetings_due, next_due, reports_due};
pub use store::{MeetingBody, MeetingRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::report)
        .service(api::outcome)
        .service(api::correct)
        .service(api::withdraw);
}
