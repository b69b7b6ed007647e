//! How many requests a caller may make, and how many failed log-ins an address may try.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::failures::Failures;
use crate::error::{ApiError, ApiResult, Code};

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Requests a second that one caller may make over time, and at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Refilled every second.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// The limiters of one process.
pub struct Limits {
    callers: Option<(Limiter<String>, Rate)>,
    swept_at: Mutex<Instant>,
    failures: Failures,
}

/// What a caller has left, for the `RateLimit` headers.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    burst: u32,
    window: u32,
    remaining: u32,
}

impl Limits {
    /// Limits with this rate a caller (none switches that limit off), and so many failed authentications a minute
    /// that one address may try.
    pub fn new(rate: Option<Rate>, failures: NonZeroU32) -> Self {
        let callers = rate.map(|rate| {
            let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
            (RateLimiter::keyed(quota).with_middleware(), rate)
        });
        Self { callers, swept_at: Mutex::new(Instant::now()), failures: Failures::new(failures) }
    }

    /// Whether an address may try another token that is not known yet.
    pub fn may_try(&self, address: IpAddr) -> ApiResult<()> {
        self.failures.may_try(address, Instant::now()).map_err(too_many)
    }

    /// Counts one failed authentication of an address. Callers behind the same address who are recognised go on.
    pub fn failed(&self, address: IpAddr) {
        self.failures.count(address, Instant::now());
    }

    /// Counts one request of a caller; what is left is told with a refusal too.
    pub fn count(&self, caller: &str) -> Result<Option<Allowance>, (ApiError, Allowance)> {
        let Some((limiter, rate)) = &self.callers else { return Ok(None) };
        self.sweep(limiter);
        let window = rate.burst.get().div_ceil(rate.per_second.get());
        let allowance = |remaining| Allowance { burst: rate.burst.get(), window, remaining };
        match limiter.check_key(&caller.to_owned()) {
            Ok(state) => Ok(Some(allowance(state.remaining_burst_capacity()))),
            Err(busy) => Err((too_many(busy.wait_time_from(DefaultClock::default().now())), allowance(0))),
        }
    }

    /// Forgets once a minute who has not come for so long that nothing is held against them.
    fn sweep(&self, limiter: &Limiter<String>) {
        let now = Instant::now();
        {
            let mut swept_at = self.swept_at.lock().unwrap_or_else(PoisonError::into_inner);
            if now.duration_since(*swept_at) < Duration::from_mins(1) {
                return;
            }
            *swept_at = now;
        }
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
}

fn too_many(wait: Duration) -> ApiError {
    let wait = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    ApiError { retry_after: Some(wait), ..ApiError::of(Code::RateLimited) }
}

impl Allowance {
    /// Writes the headers of draft-ietf-httpapi-ratelimit-headers-11.
    pub fn write(&self, headers: &mut HeaderMap) {
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        set("ratelimit-policy", format!("\"default\";q={};w={}", self.burst, self.window));
        set("ratelimit", format!("\"default\";r={};t={}", self.remaining, self.window));
    }
}
