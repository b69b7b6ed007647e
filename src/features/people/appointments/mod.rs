//! Appointments: who holds which role at which school or in the trust, and from when to when (B-35 to B-37). A role in
//! a token counts no longer than the appointment on record; a person's API key has the roles appointed today.
//!
//! Nobody appoints themselves: who may appoint has no case content, and must not be able to give it to themselves.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::{
    add, holders, holders_by_school, places_of_roles, refuse_lead, roles_held, roles_on, roles_on_record,
};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::change);
}
