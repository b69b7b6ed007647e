//! Work that is done outside requests, once, on whichever node gets to it: imports, seals, deliveries.
//!
//! A [`Worker`] is a kind of work. What there is to do is a row in `tasks`, stored in the transaction that made it
//! necessary ([`enqueue`]). A node that wants to do it takes a lease of that name; every transaction of the work begins
//! with [`Claim::hold`], which fails once somebody else has the lease. So a node that was stopped, or thought dead,
//! leaves nothing half done, and another one goes on.

mod desk;
mod lease;
mod runner;

pub use desk::{Claim, Desk, enqueue};
pub use lease::{Lease, acquire, hold, release};
pub use runner::{Runner, Step, Worker};
