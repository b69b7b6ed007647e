//! The two databases: equal schemas, and one test for each way in which the same code could behave differently.

mod parity;
mod row_security;
mod traps;
mod values;
