//! Where files are kept: sealed bytes under a name that tells nothing, in a directory or in a bucket of an S3-compatible
//! service (decision 0017).
//!
//! This layer knows nothing of what a file is. Whoever stores one has sealed it, and has said before its first byte that it
//! comes, so that what no row speaks for is taken away again.

mod directory;
mod place;
mod s3;
mod transfer;
mod turns;

use std::io::Read;
use std::sync::Arc;

use turns::Turns;

pub use directory::Directory;
pub use place::{FileStorePlace, StoreKey};
pub use s3::S3;
pub use transfer::Arriving;
pub use turns::Turn;

use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// What a file is kept under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileName {
    /// The trust.
    pub trust: Id,
    /// The row that it belongs to.
    pub file: Id,
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.trust, self.file)
    }
}

/// A place for files. Its functions block: they are called on threads that may wait.
pub trait FileStore: Send + Sync + 'static {
    /// Keeps exactly `size` bytes under a name that nothing is kept under yet. Once it returns, they are there after a loss
    /// of power too; where it fails, or where the content breaks off, nothing is there.
    fn put(&self, name: FileName, size: u64, content: &mut dyn Read) -> ApiResult<()>;

    /// What is kept under a name.
    fn get(&self, name: FileName) -> ApiResult<Box<dyn Read + Send>>;

    /// Takes away what is kept under a name, and what a broken-off [`FileStore::put`] has left; nothing being there is no
    /// fault.
    fn delete(&self, name: FileName) -> ApiResult<()>;
}

/// The handle to the file store; cloning it is cheap.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn FileStore>,
    turns: Turns,
    largest: u64,
}

impl Files {
    /// A store whose files have at most so many bytes.
    pub fn new(store: impl FileStore, largest: u64) -> Self {
        Self { store: Arc::new(store), turns: Turns::default(), largest }
    }

    /// The most bytes of a file, before it is sealed.
    pub const fn largest(&self) -> u64 {
        self.largest
    }

    /// Waits until a sender may send a file.
    pub async fn turn(&self, sender: &str) -> ApiResult<Turn> {
        self.turns.take(sender).await
    }

    /// Begins to store a file of exactly so many bytes.
    pub fn put(&self, turn: Turn, name: FileName, size: u64) -> Arriving {
        Arriving::begin(Arc::clone(&self.store), turn, name, size)
    }

    /// What is kept under a name; for threads that may wait.
    pub fn get_now(&self, name: FileName) -> ApiResult<Box<dyn Read + Send>> {
        self.store.get(name)
    }

    /// Takes away what is kept under a name; for threads that may wait.
    pub fn delete_now(&self, name: FileName) -> ApiResult<()> {
        self.store.delete(name)
    }

    /// The same from a request.
    pub async fn delete(&self, name: FileName) -> ApiResult<()> {
        let store = Arc::clone(&self.store);
        waiting(move || store.delete(name)).await
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Files(…)")
    }
}

/// Runs work that blocks on a thread that may wait.
pub async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    actix_web::web::block(work)
        .await
        .unwrap_or_else(|_| Err(ApiError::internal("work on a file panicked on its blocking thread")))
}
