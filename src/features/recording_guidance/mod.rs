//! The guidance on recording that everybody sees before they write, in numbered versions that are never changed,
//! and the register of national guidance (A-20, B-04).
//!
//! A concern keeps the version that its reporter was shown: ask [`current`].

mod api;
mod dto;
mod register;
mod service;
mod store;

use crate::http::Mount;

pub use service::{current, exists, seed_default};

/// Mounts the operations; the fixed word before the identifier.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get_current).service(api::get);
    register::routes(config);
}
