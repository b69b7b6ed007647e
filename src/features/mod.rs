//! One folder a business word; the file names inside are always the same few (see ARCHITECTURE.md).

pub mod access_rights;
pub mod agencies;
pub mod audit_log;
pub mod break_glass;
pub mod categories;
pub mod concerns;
pub mod deadlines;
pub mod exchange;
pub mod keys;
pub mod me;
pub mod meetings;
pub mod organisation;
pub mod people;
pub mod pupils;
pub mod recording_guidance;
pub mod revocations;
pub mod threshold_frameworks;

use std::sync::Arc;

use crate::access::Services;
use crate::access::remembered::Forgetting;
use crate::jobs::{Desk, Runner, Worker};

/// Starts this process's threads for the work that is done outside requests: one a kind of work.
pub fn start_work(services: &Services) -> Result<Runner, String> {
    let workers: Vec<Arc<dyn Worker>> = vec![
        Arc::new(exchange::imports::Imports::new(services.clone())),
        Arc::new(concerns::Readers::new(services.clone())),
        Arc::new(concerns::Sweeping::new(services.clone())),
        Arc::new(Forgetting::new(services.clone())),
    ];
    Runner::start(&Desk::new(services.db.clone(), services.clock.clone()), workers)
}
