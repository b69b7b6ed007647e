//! What a store needs of diesel, with the house's own way to run a query.

pub use diesel::prelude::*;

pub use super::query::RunQueryDsl;
