//! Deadlines: computed from what is recorded, and shown to those who may read what they are about.

mod records;
mod weeks;
