//! Tests that start the real binary: its command line, its start, its end, and its bad luck. They are a module of the one integration
//! binary (`tests/api/main.rs` names this folder), so that they share its databases and clients and are linked once.

mod arguments;
mod commands;
mod demo;
mod disk_full;
mod drain;
mod kills;
pub mod load;
mod logs;
mod lost_connections;
mod migrations;
mod nodes;
pub mod program;
mod register;
mod settings;
mod slow_bodies;
mod start;
mod writers;
