//! Use cases of concerns.

mod about;
mod access_log;
mod actions;
mod addenda;
mod case;
mod correct;
mod decisions;
mod entries;
mod events;
mod links;
mod notes;
mod raise;
mod read;
mod receivers;
mod search;
mod shares;
mod tasks;
mod triage;

pub use about::schools_by_name;
pub use access_log::access_log;
pub use actions::{correct_action, create_action, record_outcome};
pub use addenda::add;
pub use case::Made;
pub use correct::correct;
pub use decisions::{correct_decision, create_decision};
pub use entries::list as list_entries;
pub use events::{CaseEvent, CaseEventKind, Cases};
pub use links::{create_link, list_links};
pub use notes::{correct_note, create_note};
pub use raise::raise;
pub use read::{facts, get, list};
pub use receivers::ensure_readers;
pub use search::search;
pub use shares::{create_share, list_shares, revoke_share};
pub use tasks::{Task, TaskKind, tasks_of};
pub use triage::{create_triage, list_triages};
