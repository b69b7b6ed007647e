//! The contract as a whole: the committed document, its style, and the habits that hold for every operation.

mod access_walk;
mod canaries;
mod document;
mod layering;
pub mod probes;
mod refusals;
mod traces;
mod wire;
