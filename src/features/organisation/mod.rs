//! The trust and how it is organised: its settings, hubs, schools and calendar, and the national register of
//! establishments from which its schools are made.

pub mod calendar;
pub mod establishments;
pub mod hubs;
pub mod schools;
pub mod trust;

use crate::http::Mount;

/// Mounts the operations of every resource here.
pub fn routes(config: &mut impl Mount) {
    trust::routes(config);
    establishments::routes(config);
    hubs::routes(config);
    schools::routes(config);
    calendar::routes(config);
}
