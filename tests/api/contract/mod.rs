//! The contract as a whole: the committed document, its style, and the habits that hold for every operation.

pub mod access_walk;
mod canaries;
mod created;
mod document;
mod layering;
pub mod probes;
mod refusals;
mod remembered;
mod tags;
mod traces;
mod wire;
