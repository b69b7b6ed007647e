//! One folder a business word; the file names inside are always the same few (see ARCHITECTURE.md).

pub mod concerns;
pub mod organisation;
