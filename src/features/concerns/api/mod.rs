//! Operations on concerns.

mod concerns;

pub use concerns::*;
