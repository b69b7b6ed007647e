//! The one integration binary. Its tree mirrors `src/features`; every behaviour is tested on both databases.

#![expect(missing_docs, reason = "a test's name says what it shows")]

mod contract;
mod db;
mod organisation;
mod people;
mod support;
