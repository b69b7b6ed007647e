//! Use cases of concerns.

mod raise;
mod read;
mod receivers;
mod search;

pub use raise::raise;
pub use read::{get, list};
pub use search::search;
