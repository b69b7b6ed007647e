//! One folder a business word; the file names inside are always the same few (see ARCHITECTURE.md).

pub mod access_rights;
pub mod audit_log;
pub mod categories;
pub mod concerns;
pub mod keys;
pub mod me;
pub mod meetings;
pub mod organisation;
pub mod people;
pub mod pupils;
pub mod recording_guidance;
pub mod revocations;
