//! Imports: records in bulk from a file (issue B-47's history, registers, pupils and staff from other systems).
//!
//! A file is uploaded in pieces and kept sealed; a worker rehearses it into a plan, a row each, with a hash over it. Whoever
//! may applies exactly that plan: the worker takes it block by block through the functions that single records are made
//! with by hand, so the same rules hold and the same audit entries and events are left. Each block is one transaction under
//! a lease: a node that stops half way is taken over, and every row is done once. What was uploaded is destroyed after a
//! set time, with its key.
//!
//! What a file is, is a [map](map) in `reference/imports`; what its rows become is a [target](targets).

mod api;
mod apply;
mod content;
mod convert;
mod dto;
pub mod establishments;
mod map;
mod plan;
mod reading;
mod rehearse;
mod rejected;
mod rows;
mod service;
mod store;
mod targets;
mod text;
mod upload;
mod work;

use crate::http::Mount;

pub use work::Imports;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::list_maps)
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::rows)
        .service(api::rejected_rows)
        .service(api::apply)
        .service(api::cancel);
}
