//! The one integration binary. Its tree mirrors `src/features`; every behaviour is tested on both databases.

#![allow(missing_docs, reason = "a test's name says what it shows")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::manual_assert,
    clippy::similar_names,
    clippy::cmp_owned,
    clippy::needless_for_each,
    clippy::unnested_or_patterns,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test may fail where it stands"
)]

mod agencies;
mod auth;
mod categories;
mod concerns;
mod contract;
mod crypto;
mod db;
mod deadlines;
mod evidence;
mod exchange;
mod jobs;
mod meetings;
mod need_to_know;
mod organisation;
mod people;
#[path = "../process/mod.rs"]
mod process;
mod pupils;
mod races;
mod recording_guidance;
mod support;
mod year;
