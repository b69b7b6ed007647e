//! Master keys in a file that is read again when a name is met that it did not have: a node that is running learns of a
//! new master key without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::master::MasterKeys;
use super::sealed::{Place, RecordKey};
use super::service::{KeyService, Wrapped};
use crate::error::{ApiError, ApiResult};

/// The master keys of a file.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    read: Mutex<Arc<MasterKeys>>,
}

impl KeyFile {
    /// Reads the file, which must be there and right.
    pub fn load(path: &Path) -> Result<Self, String> {
        Ok(Self { path: path.to_owned(), read: Mutex::new(Arc::new(MasterKeys::load(path)?)) })
    }

    fn keys(&self) -> Arc<MasterKeys> {
        Arc::clone(&self.read.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read_again(&self) -> ApiResult<Arc<MasterKeys>> {
        let keys = Arc::new(MasterKeys::load(&self.path).map_err(ApiError::internal)?);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }
}

impl KeyService for KeyFile {
    fn current(&self) -> ApiResult<String> {
        self.keys().current()
    }

    fn wrap(&self, place: Place, key: &RecordKey) -> ApiResult<Wrapped> {
        self.keys().wrap(place, key)
    }

    fn open(&self, place: Place, wrapped: &Wrapped) -> ApiResult<RecordKey> {
        let keys = self.keys();
        if keys.named(&wrapped.master).is_some() {
            return keys.open(place, wrapped);
        }
        self.read_again()?.open(place, wrapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    #[test]
    fn a_key_that_was_added_to_the_file_is_found_without_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        super::super::master::create(&old).unwrap();
        super::super::master::create(&new).unwrap();
        let running = KeyFile::load(&old).unwrap();
        let place = Place::new(Id::from_bytes([1; 16]), "trust_keys", "wrapped", Id::from_bytes([2; 16]));
        let key = RecordKey::generate().unwrap();
        let wrapped = KeyFile::load(&new).unwrap().wrap(place, &key).unwrap();
        assert!(running.open(place, &wrapped).is_err());
        let both = [&new, &old].map(|file| std::fs::read_to_string(file).unwrap()).concat();
        std::fs::write(&old, both).unwrap();
        assert_eq!(running.open(place, &wrapped).unwrap().expose(), key.expose());
        assert_eq!(running.current().unwrap(), wrapped.master);
    }
}
