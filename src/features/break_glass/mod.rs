//! Breaking the glass: whoever has the right reads for an hour at most a case that their roles do not open, because a
//! child cannot wait (domain 8.3-6; `4-need-to-know.md` 8). The school's safeguarding leads and its headteacher are told in
//! the same transaction, every reading says by which rule it was allowed, and a second person says afterwards whether it
//! was right. It opens no case with which the person has a conflict of interest, and writes nothing.
//!
//! What is open by it is asked in `access/visible.rs` (concerns) and here, for what is written about a pupil outside any
//! concern: [`schools_opened`].

mod api;
mod behind;
mod dto;
mod service;
mod store;

use crate::http::Mount;

pub use service::{Review, reviews, schools_opened, tasks_of};

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(api::create).service(api::list).service(api::get).service(api::end).service(api::review);
}
