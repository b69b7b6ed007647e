//! Tests of `crypto` that need a database and a service around it.

mod destroyed;
mod published;
mod rotation;
