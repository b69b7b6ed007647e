//! Subjects: under which name an identity provider knows a person, where its tokens do not carry our identifier. A
//! mapping lets whoever holds that name in as this person, so it takes two people who may manage subjects: one makes it,
//! for somebody else and a login that they do not call with, another confirms it, and the person is told.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::principals_of;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::confirm).service(api::list).service(api::remove);
}
