//! What concerns the caller: who they are and may be, what they are told, and what they have to do. A notification is
//! an identifier and a kind, in the transaction of the act that it tells of; never a name or category (domain §8.3).

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::get)
        .service(api::notifications)
        .service(api::read_notification)
        .service(api::tasks)
        .service(api::shares);
}
