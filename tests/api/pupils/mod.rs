//! Pupils, and who may know them.

mod chronology;
mod complex;
mod enrolment_and_reach;
mod former;
mod known_about_them;
mod matches;
mod merging;
mod place;
mod statuses;
