//! The audit log, read: who did and saw what. Own entries for everybody, a school's for its safeguarding leads, all for
//! the trust's; nobody sees entries about records that are hidden from them, and reading the log is itself an entry.
//!
//! Other features call [`entries_about`] for a record's own access log, and [`entries_about_any`] for that of several.

mod api;
mod dto;
mod service;
mod sight;
mod store;

use crate::http::Mount;

pub use dto::AuditEntryView;
pub use service::{entries_about, entries_about_any};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::list).service(api::get);
}
