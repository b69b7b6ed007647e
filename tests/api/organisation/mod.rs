//! Tests of `features/organisation`.

mod hubs;
