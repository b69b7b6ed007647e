//! Who may send a file now: each that arrives holds a thread and a few pieces, for as long as its sender takes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ApiResult, Code};

/// How many files may arrive at once.
const AT_ONCE: usize = 64;
/// How many of these from one sender.
const OF_ONE: usize = 4;
/// How long a file waits for its turn.
const WAIT: Duration = Duration::from_secs(5);

type Senders = Arc<Mutex<HashMap<String, usize>>>;

/// The turns of a node.
#[derive(Clone)]
pub struct Turns {
    all: Arc<Semaphore>,
    senders: Senders,
}

impl Default for Turns {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), senders: Senders::default() }
    }
}

impl Turns {
    /// Takes a turn: 429 where the sender has as many as one may, 503 where all are taken for longer than one waits.
    pub async fn take(&self, sender: &str) -> ApiResult<Turn> {
        let place = Place::of(&self.senders, sender)?;
        match tokio::time::timeout(WAIT, Arc::clone(&self.all).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn { _place: place, _permit: permit }),
            _ => Err(ApiError::unavailable("too many files arrive at once")),
        }
    }
}

/// A turn: while it is held, its file arrives.
pub struct Turn {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

/// One of a sender's places.
struct Place {
    senders: Senders,
    sender: String,
}

impl Place {
    fn of(senders: &Senders, sender: &str) -> ApiResult<Self> {
        let mut counts = senders.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(sender.to_owned()).or_default();
        if *count >= OF_ONE {
            return Err(ApiError::because(
                Code::RateLimited,
                format!("at most {OF_ONE} files of yours arrive at once"),
            ));
        }
        *count += 1;
        drop(counts);
        Ok(Self { senders: Arc::clone(senders), sender: sender.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.sender) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_sender_has_a_few_turns_and_leaves_the_others_theirs() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for _ in 0..OF_ONE {
            held.push(turns.take("one").await.unwrap());
        }
        assert_eq!(turns.take("one").await.err().map(|error| error.code), Some(Code::RateLimited));
        assert!(turns.take("another").await.is_ok());
        held.pop();
        assert!(turns.take("one").await.is_ok());
        drop(held);
        assert!(turns.senders.lock().unwrap().is_empty());
    }
}
