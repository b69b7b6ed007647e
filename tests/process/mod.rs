//! Tests that start the real binary: its command line, its start, and its end. They are a module of the one integration
//! binary (`tests/api/main.rs` names this folder), so that they share its databases and clients and are linked once.

mod commands;
mod demo;
mod disk_full;
mod drain;
mod migrations;
mod program;
mod settings;
mod start;
