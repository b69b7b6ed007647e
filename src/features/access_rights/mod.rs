//! Rights, made visible: the matrix by which they are given, and why the caller has or has not one. Of records it says
//! nothing: a reason must not tell that a record exists.

mod api;
mod dto;
mod service;

use crate::http::Mount;

pub use dto::RightView;
pub use service::rights;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::matrix).service(api::explain);
}
