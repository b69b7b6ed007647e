//! Adults: who they are, where they work, which roles they hold, and under which name an identity provider knows them
//! (B-09 to B-17). Pupils are in `pupils`; the single central record hangs on these people later.
//!
//! Other features ask here whether somebody exists and who holds a role at a school on a day.

mod api;
pub mod appointments;
mod dto;
mod email;
pub mod engagements;
mod many;
mod rules;
pub mod service;
mod store;
pub mod subjects;

use crate::http::Mount;

pub use appointments::{holders, holders_by_school, places_of_roles, roles_held, roles_on, roles_on_record};
pub use dto::{NewAdmin, PersonCreate, PersonPatch};
pub use email::WorkEmail;
pub use engagements::{Amendment, EngagementCreate, EngagementPatch};
pub use many::{Known, KnownPerson, amend, create_all, known_by_email};
pub use service::{enrol_admin, get, person_exists, require_person};
pub use subjects::principals_of;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::search)
        .service(api::get)
        .service(api::change);
    engagements::routes(config);
    subjects::routes(config);
    appointments::routes(config);
}
