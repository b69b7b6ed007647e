//! The calendar: academic years with their six half-terms and closed days, for the trust or for one school, and from
//! them the two clocks by which deadlines run, school days and working days.

mod api;
mod dto;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use dto::{ClosedDay, ClosedKind, HalfTerm};
pub use rules::days::{Calendar, Sixth};
pub use rules::label;
pub use service::calendar;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change).service(api::days);
}
