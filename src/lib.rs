//! Tutela holds the safeguarding record of a school trust in England and serves it as a JSON REST service.
//!
//! The map, with reasons, is in `ARCHITECTURE.md`. In short: `features` hold the business words; they stand on
//! `access` (may you), `audit` (what was done and seen), `events`, `jobs`, `http`, `auth` (who are you), `crypto`, `files` and
//! `db`; those stand on `error`, `ids`, `clock`, `words` and `text`.

pub mod access;
pub mod app;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod error;
pub mod events;
pub mod features;
pub mod files;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod openapi;
pub mod operator;
pub mod routes;
pub mod text;
pub mod words;
