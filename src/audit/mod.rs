//! What was done and seen. An act's entry is in the act's transaction; reads' entries are committed in groups before
//! the answer leaves: no entry, no answer.

mod entry;
mod recorder;

pub use entry::{Entry, EntryRow, Outcome, first_about, insert};
pub use recorder::Recorder;
