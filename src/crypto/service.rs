//! The one way to master keys, wherever they are kept: a file, the environment, or a service that lets no key out.

use super::master::MasterKeys;
use super::sealed::{Place, RecordKey, Sealed};
use crate::error::{ApiError, ApiResult};

/// A key as it is stored: wrapped, with the name of the master key that opens it.
#[derive(Clone, Debug)]
pub struct Wrapped {
    /// The master key's name.
    pub master: String,
    /// The wrapped key.
    pub sealed: Sealed,
}

/// Wraps keys and opens them under master keys that are never in the database.
pub trait KeyService: std::fmt::Debug + Send + Sync {
    /// The name of the master key that wraps what is new.
    fn current(&self) -> ApiResult<String>;

    /// Wraps a key for one place under the current master key.
    fn wrap(&self, place: Place, key: &RecordKey) -> ApiResult<Wrapped>;

    /// Opens a key that was wrapped for this place.
    fn open(&self, place: Place, wrapped: &Wrapped) -> ApiResult<RecordKey>;
}

impl KeyService for Box<dyn KeyService> {
    fn current(&self) -> ApiResult<String> {
        (**self).current()
    }

    fn wrap(&self, place: Place, key: &RecordKey) -> ApiResult<Wrapped> {
        (**self).wrap(place, key)
    }

    fn open(&self, place: Place, wrapped: &Wrapped) -> ApiResult<RecordKey> {
        (**self).open(place, wrapped)
    }
}

/// Master keys that were given once, such as in the environment.
impl KeyService for MasterKeys {
    fn current(&self) -> ApiResult<String> {
        Ok(self.newest().name().to_owned())
    }

    fn wrap(&self, place: Place, key: &RecordKey) -> ApiResult<Wrapped> {
        let master = self.newest();
        Ok(Wrapped { master: master.name().to_owned(), sealed: master.key().seal(place, key.expose())? })
    }

    fn open(&self, place: Place, wrapped: &Wrapped) -> ApiResult<RecordKey> {
        let master = self.named(&wrapped.master).ok_or_else(|| {
            ApiError::internal(format!("master key {} is not among the master keys", wrapped.master))
        })?;
        RecordKey::from_slice(&master.key().open(place, &wrapped.sealed)?)
    }
}
