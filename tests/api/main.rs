//! The one integration binary. Its tree mirrors `src/features`; every behaviour is tested on both databases.

#![expect(missing_docs, reason = "a test's name says what it shows")]

mod categories;
mod contract;
mod db;
mod organisation;
mod pupils;
mod recording_guidance;
mod support;
