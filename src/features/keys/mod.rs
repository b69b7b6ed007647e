//! API keys: made for a person or a service, never for whoever makes them; shown once, stored as a keyed hash. A key
//! can do what its scopes say and its owner may do today, whichever is less.
//!
//! Three rules keep administrators out of cases: a person's key is made by that person alone, a service reads concerns
//! only after a DSL, headteacher or trust lead has granted it to that very key, and a service's key that shows people,
//! pupils or the log works only after a second person with a right to that has confirmed it.

mod api;
mod dto;
mod network;
mod rules;
mod service;
mod store;

use crate::http::Mount;

pub use service::{create_first_admin_key, owner_of};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::rotate)
        .service(api::revoke)
        .service(api::confirm)
        .service(api::grant);
}
