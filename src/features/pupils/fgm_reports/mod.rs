//! Reports of female genital mutilation to the police (Female Genital Mutilation Act 2003, section 5B): what a teacher
//! discovered of a child under 18, that the teacher reported it themselves, under which reference, and when a safeguarding
//! lead was told. The duty is the teacher's own: nobody reports in their place. The teacher records it and goes on seeing it;
//! who else reads it are the leads and the headteacher.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::reports_due;
pub use store::{FgmBody, FgmRow};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::report)
        .service(api::tell_lead)
        .service(api::correct)
        .service(api::withdraw);
}
