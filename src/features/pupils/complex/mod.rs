//! Complex pupils: whom a school holds as its most complex cases, why, and when that is reviewed. The trust's lead
//! and the safeguarding team see the list, and nobody else.

mod api;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::rows_of;
pub use store::{ComplexBody, ComplexReviewRow, ComplexRow, ReviewBody, go_together};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::list_versions)
        .service(api::correct)
        .service(api::review)
        .service(api::list_reviews);
}
