//! Concerns about children: raised by anybody, read by those who need to know, never changed but by adding (KCSIE
//! Part 1 on record keeping, B-52 to B-55, B-71).
//!
//! What a caller sees of a concern is decided in `access/visible.rs`; every part of a concern is reached through
//! `store::load`, which asks it.

mod api;
mod content;
mod dto;
mod rules;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use api::routes;
pub use content::{CaseKey, committed};
pub use dto::{AsOf, ConcernSummary, SharedWithMeFilter, SharedWithMeView};
pub use service::deadlines;
pub use service::panels;
pub use service::{
    CaseEvent, CaseEventKind, Cases, Readers, Sweeping, Task, TaskKind, decision_changed, ensure_readers,
    ensure_readers_after, ensure_readers_at, facts, linked_about, linked_people, rename_pupil,
    schools_by_name, schools_without_readers, shared_with_me, tasks_of,
};
pub use store::{Below, Slice};
