//! Establishments: the national register of schools in England (GIAS), the same for every trust, from which a trust's
//! schools are made. It is loaded from the register's own download by [`crate::features::exchange::imports`].

mod api;
mod dto;
mod la_code;
mod service;
mod store;

use crate::http::Mount;

pub use la_code::LaCode;
pub use service::{in_register, in_register_all, postcode, store_all};
pub use store::EstablishmentRow;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::list).service(api::get);
}
