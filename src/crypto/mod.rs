//! Keys and sealed text.
//!
//! Three levels, so that a key can be destroyed or changed without touching what lies under the others: a master key
//! outside the database wraps one key a trust; the trust's key wraps one data key a case record; the data key seals
//! the record's text, bound to the trust, table, column and row where it stands.

mod master;
mod sealed;
mod vault;

pub use master::{MasterKey, MasterKeys, create as create_master_key_file};
pub use sealed::{Place, RecordKey, Sealed};
pub use vault::Vault;
