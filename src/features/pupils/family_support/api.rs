//! Operations on family support.

pub mod entries;
pub mod support;
