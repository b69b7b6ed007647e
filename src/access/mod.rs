//! May you: roles, actions, the matrix, and the [`Scope`] that every query demands.
//!
//! A handler asks its [`Context`] for the scope of an action; only this module makes one. Each record class has one
//! `visible` condition in SQL that starts from it, and one pure `decide` from the same matrix; a property test holds
//! the two equal.

pub mod actions;
mod authenticate;
mod behind;
pub mod change;
pub mod context;
pub mod decide;
pub mod exclusions;
mod guard;
pub mod key_scopes;
mod mandate;
pub mod matrix;
pub mod refer;
pub mod remembered;
pub mod roles;
pub mod scope;
mod standing;
pub mod tx;
pub mod versions;
pub mod viewer;
pub mod visible;

pub use actions::Action;
pub use authenticate::Authenticator;
pub use behind::branches_with_any;
pub use context::{Context, Seen, Services};
pub use guard::{Gate, guard};
pub use mandate::Mandate;
pub use roles::Role;
pub use scope::Scope;
pub use standing::trusts as every_trust;
pub use tx::{Tx, Versioned};
pub use viewer::{Grant, Viewer};
