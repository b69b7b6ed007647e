//! How many requests a caller may make, and how many failed log-ins an address may try.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

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
    failures: Limiter<IpAddr>,
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
        Self { callers, failures: RateLimiter::keyed(Quota::per_minute(failures)).with_middleware() }
    }

    /// Counts one failed authentication of an address. Callers behind the same address who are recognised go on.
    pub fn failed(&self, address: IpAddr) -> ApiResult<()> {
        self.failures.check_key(&address).map(|_| ()).map_err(|busy| too_many(&busy))
    }

    /// Counts one request of a caller.
    pub fn count(&self, caller: &str) -> ApiResult<Option<Allowance>> {
        let Some((limiter, rate)) = &self.callers else { return Ok(None) };
        let window = rate.burst.get().div_ceil(rate.per_second.get());
        match limiter.check_key(&caller.to_owned()) {
            Ok(state) => Ok(Some(Allowance {
                burst: rate.burst.get(),
                window,
                remaining: state.remaining_burst_capacity(),
            })),
            Err(busy) => Err(too_many(&busy)),
        }
    }
}

fn too_many(busy: &governor::NotUntil<<DefaultClock as governor::clock::Clock>::Instant>) -> ApiError {
    let wait = busy.wait_time_from(DefaultClock::default().now()).as_secs();
    let wait = u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1);
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
