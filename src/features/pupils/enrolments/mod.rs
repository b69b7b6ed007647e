//! Enrolments: when a pupil is on roll at a school. They decide which schools may know the pupil.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use dto::{EnrolmentCreate, EnrolmentPatch, EnrolmentView};
pub use service::{
    Amendment, agree, amend, check_school, enrol, enrol_new, hand_over, latest_start, of_pupils,
    school_of_file,
};
pub use store::{has_moved_on, held_elsewhere, on_roll, schools_now_or_last, schools_of};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
