//! Matches: that a pupil whom a school has made may be a child whom the trust knows.
//!
//! A school that gives a number which a pupil of another school holds is answered as if nobody held it: it gets a record
//! of its own, in which it sees what it has sent itself. The school that has the child is told, and says whether the two
//! are one: then the new record goes into the one that was there (decision 0005).

mod api;
mod dto;
mod merge;
mod service;
mod store;

use crate::http::Mount;

pub use service::{all_present, hold, open, pass_on, present, settle_after_leaving, to_settle, withdraw};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::list).service(api::get).service(api::confirm).service(api::refuse);
}
