//! Tests of `src/auth` over HTTP.

mod key_sets;
