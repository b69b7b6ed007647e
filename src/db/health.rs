//! How a thread that stores things is doing, for the readiness probe.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a failure counts: without requests nothing would show that it is over, and a service that is never asked
/// again would never be ready again.
const REMEMBERED: Duration = Duration::from_secs(15);

/// What the probe sees; cloning it is cheap.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<State>>);

/// What the thread holds: when it ends, for whatever reason, that is seen.
#[derive(Debug)]
pub struct Pulse(Health);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Well,
    Failed(Instant),
    Gone,
}

impl Health {
    /// For the thread.
    pub fn pulse(&self) -> Pulse {
        Pulse(self.clone())
    }

    /// Whether the thread is there, and its last commit was stored.
    pub fn is_well(&self) -> bool {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Well => true,
            State::Failed(at) => at.elapsed() > REMEMBERED,
            State::Gone => false,
        }
    }

    fn set(&self, state: State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Pulse {
    /// How a commit ended.
    pub fn committed(&self, stored: bool) {
        self.0.set(if stored { State::Well } else { State::Failed(Instant::now()) });
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.0.set(State::Gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_commit_and_the_end_are_seen() {
        let health = Health::default();
        let pulse = health.pulse();
        assert!(health.is_well());
        pulse.committed(false);
        assert!(!health.is_well());
        pulse.committed(true);
        assert!(health.is_well());
        drop(pulse);
        assert!(!health.is_well());
    }
}
