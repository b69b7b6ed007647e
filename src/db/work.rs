//! A use case on its way to its thread and its transaction: without its type, so that the way is compiled once and not for
//! every handler anew (decision 0026). What it answers is left in a slot.

use std::sync::{Arc, Mutex};

use super::Conn;
use crate::error::{ApiError, ApiResult};

/// A use case that leaves its answer elsewhere.
pub(super) type Work = Box<dyn FnOnce(&mut Conn) -> ApiResult<()> + Send>;

/// Where a use case leaves its answer, and where it is found once its transaction has ended well.
#[derive(Debug)]
pub struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Slot<T> {
    /// One without an answer yet.
    pub fn empty() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// The same one, for the other side.
    #[must_use]
    pub fn other_side(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Leaves the answer.
    pub fn put(&self, value: T) -> ApiResult<()> {
        *self.0.lock().map_err(|_| lost())? = Some(value);
        Ok(())
    }

    /// Takes the answer.
    pub fn take(&self) -> ApiResult<T> {
        self.0.lock().map_err(|_| lost())?.take().ok_or_else(lost)
    }
}

fn lost() -> ApiError {
    ApiError::internal("a use case left no answer")
}

/// A use case without its type, and where its answer will be.
pub(super) fn answered<T, F>(work: F) -> (Work, Slot<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
{
    let answer = Slot::empty();
    let there = answer.other_side();
    (Box::new(move |conn| there.put(work(conn)?)), answer)
}
