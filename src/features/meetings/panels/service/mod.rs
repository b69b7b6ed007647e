//! Use cases of panels.

mod about;
mod agenda;
mod agreements;
mod attendance;
mod closing;
mod content;
mod decisions;
mod due;
mod keys;
mod minutes;
mod panels;
mod records;
mod tasks;
mod weeks;

pub use about::{AboutConcern, PanelText, answers_about, decisions_about, texts_about};
pub use agenda::agenda;
pub use agreements::{answer, list_answers};
pub use attendance::{
    attendance_versions, correct_attendance, get_attendance, list_attendance, record_attendance,
};
pub use closing::{ClosureCase, check_closure};
pub use decisions::{
    End, correct_decision, decide, decision_versions, end_decision, get_decision, list_decisions,
};
pub use due::{DecisionDue, DueAsked, decisions_due, decisions_to_do};
pub use minutes::{correct_minutes, get_minutes, list_minutes, minutes_versions, record_minutes};
pub use panels::{Made, call, change, get, hold, list};
pub use tasks::tasks_of;
pub use weeks::{held, missed_weeks};
