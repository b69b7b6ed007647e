//! Use cases of concerns.

mod raise;
mod read;
mod receivers;
mod search;

pub use raise::raise;
pub use read::{Shown, get, list};
pub use search::search;
