//! A pupil's chronology: everything that is recorded about the pupil, in the order in which it happened, one line each
//! (KCSIE Part 2 on child protection files; domain 3.7). It builds itself: nothing is written for it but the marks of what
//! is significant. An entry is there for a caller exactly where its source is.

mod api;
mod around;
mod dto;
mod marks;
mod rules;
mod service;
mod sources;
mod store;

use crate::http::Mount;

pub use store::line_up as line_up_marks;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::list).service(api::mark).service(api::list_marks);
}
