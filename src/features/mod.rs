//! One folder a business word; the file names inside are always the same few (see ARCHITECTURE.md).

pub mod categories;
pub mod organisation;
pub mod pupils;
pub mod recording_guidance;
