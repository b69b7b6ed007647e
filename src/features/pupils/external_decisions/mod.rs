//! External decisions: what an agency decided about a pupil, by whom, when, and at which level (B-55, B-56). A school
//! refers and challenges; it decides no statutory level.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use dto::ExternalDecisionView;
pub use service::{DecisionKnown, current_rows, decisions_known, decisions_shown, standing_outcomes};
pub use store::{ExternalDecisionBody, ExternalDecisionRow, standing};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::correct)
        .service(api::withdraw);
}
