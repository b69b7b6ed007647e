//! What tests stand on: a database a test, a server a test, a client per role.

mod app;
mod books;
mod client;
pub mod created;
mod databases;
pub mod made;
mod postgres;
mod signer;
mod statements;
pub mod world;

use std::io::Write;

pub use app::{DemoApp, LARGEST_FILE, MASTER_KEY, TestApp, serve, services};
pub use books::Reader;
pub use client::{Answer, Client, version_of};
pub use databases::{Backend, Database};
pub use postgres::Cluster;
pub use postgres::dump;
pub use signer::{Signer, issuers_file, key_set};
pub use statements::Statements;

/// Prints a line that is shown for tests that pass too: which databases there were, and what was counted. (The test harness
/// keeps back what `println!` says.)
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {
        $crate::support::say(&format!($($words)*))
    };
}

pub fn say(words: &str) {
    let mut out = std::io::stderr().lock();
    out.write_all(words.as_bytes()).and_then(|()| out.write_all(b"\n")).unwrap();
}

/// Declares tests that run on every database that there is: `on_both! { fn name(backend) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($backend:ident) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn check($backend: $crate::support::Backend) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                check($crate::support::Backend::Sqlite);
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if $crate::support::Backend::Postgres.is_there() {
                    check($crate::support::Backend::Postgres);
                }
            }
        })+
    };
}
