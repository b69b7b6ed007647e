//! Categories of concern: the two-level taxonomy that every trust shares, mapped to the DfE's assessment factors, and
//! the categories that a trust adds below it (domain §3.5, §3.6; A-21…A-25, B-54).
//!
//! The shared ones are a file of the repository (`reference/categories.toml`); nobody changes them here. A record
//! names categories by code: ask [`check_codes`] before it is stored.

mod api;
mod code;
mod dto;
mod reference;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use code::{CategoryCode, GroupCode};
pub use rules::Standing;
pub use service::check_codes;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::change)
        .service(api::retire)
        .service(api::list_factors);
}
