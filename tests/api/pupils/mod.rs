//! Pupils, and who may know them.

mod case;
mod chronology;
mod complex;
mod enrolment_and_reach;
mod families;
mod family_support;
mod former;
mod interventions;
mod known_about_them;
mod matches;
mod merging;
mod place;
mod sharing;
mod statuses;
