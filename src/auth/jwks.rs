//! Where an issuer's keys come from, and when they are read again.
//!
//! A set that was read stays in use while a newer one cannot be had; without any set nothing is verified. A reading
//! happens outside the lock that verification takes, by one caller at a time, and a failed one is not repeated sooner
//! than a successful one would be.

mod set;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, SystemTime};

pub use set::{Algorithm, Key, KeySet, Miss};

use crate::clock::Timestamp;

/// Gets the text behind a URL: over the network, or from a test's hand.
pub type Fetch = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// How often a file's modification time is looked at.
const FILE_SECONDS: i64 = 5;
/// How often a URL is fetched while its keys suffice.
const REFRESH_SECONDS: i64 = 600;
/// The shortest time between two fetches, whatever tokens ask for.
const RETRY_SECONDS: i64 = 30;
/// The largest set that is read.
const LARGEST: u64 = 256 * 1024;
/// How long a fetch may take in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// The keys of one issuer, kept up to date.
pub struct Keys {
    source: Source,
    symmetric: bool,
    state: Mutex<State>,
    /// Held while keys are read; never taken while `state` is held.
    reading: Mutex<()>,
}

enum Source {
    Fixed,
    File(PathBuf),
    Url(String, Fetch),
}

#[derive(Default)]
struct State {
    set: Option<Arc<KeySet>>,
    tried: Option<Timestamp>,
    read: Option<Timestamp>,
    stamp: Option<Stamp>,
}

/// What tells that a file has changed: its modification time, and its length for file systems with coarse times.
type Stamp = (Option<SystemTime>, u64);

impl Keys {
    /// Keys that never change.
    pub fn fixed(set: Arc<KeySet>) -> Self {
        Self::of(Source::Fixed, false, State { set: Some(set), ..State::default() })
    }

    /// Keys from a file, which must be readable now: a wrong path is found at start-up.
    pub fn from_file(path: PathBuf, symmetric: bool) -> Result<Self, String> {
        let stamp = stamp_of(&path)?;
        let set = KeySet::parse(&read_file(&path)?, symmetric)?;
        if set.is_empty() {
            return Err("it holds no key that can be used".to_owned());
        }
        let state = State { set: Some(Arc::new(set)), stamp: Some(stamp), ..State::default() };
        Ok(Self::of(Source::File(path), symmetric, state))
    }

    /// Keys from a URL, fetched when the first token asks for them: an issuer that is down does not keep us from
    /// starting.
    pub fn from_url(url: String, fetch: Fetch, symmetric: bool) -> Self {
        Self::of(Source::Url(url, fetch), symmetric, State::default())
    }

    fn of(source: Source, symmetric: bool, state: State) -> Self {
        Self { source, symmetric, state: Mutex::new(state), reading: Mutex::new(()) }
    }

    /// The key for a token. This may fetch, and then takes up to five seconds: call it on a blocking thread.
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm, now: Timestamp) -> Result<Arc<Key>, Miss> {
        let found = self.select(kid, algorithm);
        let wanting = matches!(found, Err(Miss::Unknown));
        if !self.is_due(wanting, now) {
            return found;
        }
        let Some(_turn) = self.turn(wanting) else { return found };
        // Whoever had the turn before may have done it.
        if self.is_due(wanting, now) {
            self.read_again(now);
        }
        self.select(kid, algorithm)
    }

    fn select(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Arc<Key>, Miss> {
        let set = lock(&self.state).set.clone();
        set.ok_or(Miss::Unknown)?.select(kid, algorithm)
    }

    /// The turn to read: a caller without a key waits for it, one that has a key goes on with that.
    fn turn(&self, wanting: bool) -> Option<MutexGuard<'_, ()>> {
        if wanting {
            return Some(lock(&self.reading));
        }
        match self.reading.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn is_due(&self, wanting: bool, now: Timestamp) -> bool {
        let state = lock(&self.state);
        let (tried, read) = (seconds_between(state.tried, now), seconds_between(state.read, now));
        match self.source {
            Source::Fixed => false,
            Source::File(_) => tried >= FILE_SECONDS,
            Source::Url(..) => tried >= RETRY_SECONDS && (wanting || read >= REFRESH_SECONDS),
        }
    }

    fn read_again(&self, now: Timestamp) {
        let outcome = self.read_source();
        let mut state = lock(&self.state);
        state.tried = Some(now);
        match outcome {
            Ok(None) => {}
            // A well-formed set counts even where it is empty: an issuer may withdraw every key.
            Ok(Some((set, stamp))) => {
                state.set = Some(Arc::new(set));
                state.read = Some(now);
                state.stamp = stamp;
            }
            Err(reason) => {
                log::warn!("keys could not be read again, the last good ones stay in use: {reason}");
            }
        }
    }

    /// The set as it is now, or nothing where a file has not changed.
    fn read_source(&self) -> Result<Option<(KeySet, Option<Stamp>)>, String> {
        match &self.source {
            Source::Fixed => Ok(None),
            Source::Url(url, fetch) => {
                let text = fetch(url).map_err(|error| format!("{url}: {error}"))?;
                Ok(Some((KeySet::parse(&text, self.symmetric)?, None)))
            }
            Source::File(path) => {
                // Taken before the reading: a change in between is seen the next time.
                let stamp = stamp_of(path)?;
                if lock(&self.state).stamp == Some(stamp) {
                    return Ok(None);
                }
                Ok(Some((KeySet::parse(&read_file(path)?, self.symmetric)?, Some(stamp))))
            }
        }
    }
}

/// Whole seconds either way: a clock that was set back must not stop the readings until it has caught up.
fn seconds_between(earlier: Option<Timestamp>, now: Timestamp) -> i64 {
    earlier.map_or(i64::MAX, |at| now.micros().saturating_sub(at.micros()).saturating_abs() / 1_000_000)
}

/// Nothing half-done is ever left behind these locks, so a panic elsewhere does not spoil what they hold.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stamp_of(path: &Path) -> Result<Stamp, String> {
    let about = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((about.modified().ok(), about.len()))
}

fn read_file(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let length = file.take(LARGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if u64::try_from(length).is_ok_and(|length| length <= LARGEST) {
        return Ok(text);
    }
    Err(format!("{}: larger than {LARGEST} bytes", path.display()))
}

/// Fetches over the network: five seconds in all, no redirect, no large answer.
pub fn over_network() -> Fetch {
    Arc::new(|url| {
        let mut response = agent_for(url).get(url).call().map_err(|error| error.to_string())?;
        if response.status() != 200 {
            return Err(format!("answered with status {}", response.status().as_u16()));
        }
        let body = response.body_mut().with_config().limit(LARGEST);
        body.read_to_string().map_err(|error| error.to_string())
    })
}

/// A client of its own for each fetch: fetches are minutes apart, and a kept connection would be stale.
fn agent_for(url: &str) -> ureq::Agent {
    let secure = url.starts_with("https:");
    let settings = ureq::Agent::config_builder()
        .https_only(secure)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .accept("application/jwk-set+json, application/json");
    // Plain HTTP is for this machine only, so it must not leave it by way of a proxy.
    let settings = if secure { settings } else { settings.proxy(None) };
    settings.build().new_agent()
}

#[cfg(test)]
mod tests;
