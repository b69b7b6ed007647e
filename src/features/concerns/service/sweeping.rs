//! Takes away files that no record speaks for: uploads that broke off, or whose record could not be stored. Each upload has
//! said so before its first byte; nothing else in the store is ever looked at, so a file that another database knows of,
//! such as one from before a backup was restored, is safe.

use super::super::store;
use crate::access::Services;
use crate::clock::Timestamp;
use crate::error::ApiResult;
use crate::files::FileName;
use crate::jobs::{Claim, Step, Worker};

/// The kind of the tasks: one for each upload.
pub const KIND: &str = "sweep_files";
/// How long a file waits for its record: an upload takes half an hour at most.
const WAIT_SECONDS: i64 = 24 * 3600;

/// When a file that begins to arrive now is looked for.
pub fn after(now: Timestamp) -> Timestamp {
    now.plus_seconds(WAIT_SECONDS)
}

/// Does the work on files.
pub struct Sweeping {
    services: Services,
}

impl Sweeping {
    /// With what the service is made of.
    pub const fn new(services: Services) -> Self {
        Self { services }
    }
}

impl Worker for Sweeping {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn step(&self, claim: &Claim) -> ApiResult<Step> {
        let (trust, file, now) = (claim.task.trust_id, claim.task.record_id, self.services.clock.now());
        let held = claim.clone();
        let is_spoken_for = self.services.db.write_now(Some(trust), move |conn| {
            held.hold(conn, now)?;
            Ok(store::attachment_of_trust(conn, trust, file)?.is_some())
        })?;
        if is_spoken_for {
            return Ok(Step::Done);
        }
        let Some(files) = &self.services.files else { return Ok(Step::Later(after(now))) };
        files.delete_now(FileName { trust, file })?;
        log::info!("the file {file}, for which no record speaks, is not kept");
        Ok(Step::Done)
    }
}
