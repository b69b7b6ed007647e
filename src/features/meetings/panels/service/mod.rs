//! Use cases of panels.

mod about;
mod agenda;
mod agreements;
mod attendance;
mod closing;
mod content;
mod panels;
mod records;
mod tasks;
mod weeks;

pub use about::{AboutConcern, PanelText, answers_about, decisions_about, texts_about};
pub use agenda::agenda;
pub use agreements::{answer, list_answers};
pub use attendance::{list_attendance, record_attendance};
pub use closing::{ClosureCase, check_closure};
pub use panels::{Made, call, change, get, hold, list};
pub use records::{decide, list_decisions, list_minutes, record_minutes};
pub use tasks::tasks_of;
pub use weeks::{held, missed_weeks};
