//! Keys and sealed text.
//!
//! Three levels, so that a key can be destroyed or changed without touching what lies under the others: a master key
//! outside the database wraps the keys of each trust; a trust's key wraps one data key a case record; the data key seals
//! the record's text, bound to the trust, table, column and row where it stands, and its files, piece by piece. Beside them
//! stand the service's own signing keys, sealed under a master key.

mod key_file;
mod master;
mod rewrap;
mod sealed;
mod service;
mod signing;
mod stream;
mod vault;

pub use key_file::KeyFile;
pub use master::{MasterKey, MasterKeys, create as create_master_key_file};
pub use sealed::{Place, RecordKey, Sealed};
pub use service::{KeyService, Wrapped};
pub use signing::{PURPOSES, PublicKey, Revoked, SigningKeyName, published};
pub use stream::{Opening, PIECE, Sealing, sealed_size};
pub use vault::Vault;
