//! How many tokens an address may get wrong. It can be asked before anything is verified, so that whoever guesses does
//! not make the service work; and it counts what has failed only, so that callers who are recognised go on.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_mins(1);

/// The buckets of all addresses.
#[derive(Debug)]
pub struct Failures {
    a_minute: NonZeroU32,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// When an address' bucket will be empty again.
    empty_at: HashMap<IpAddr, Instant>,
    swept_at: Instant,
}

impl Failures {
    /// So many a minute and address.
    pub fn new(a_minute: NonZeroU32) -> Self {
        let kept = Kept { empty_at: HashMap::new(), swept_at: Instant::now() };
        Self { a_minute, kept: Mutex::new(kept) }
    }

    /// Whether the address may try: else how long it has to wait.
    pub fn may_try(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let kept = self.lock();
        let filled = kept.empty_at.get(&network(address)).map_or(Duration::ZERO, |at| at.duration_since(now));
        match (filled + self.share()).checked_sub(MINUTE).filter(|wait| !wait.is_zero()) {
            None => Ok(()),
            Some(wait) => Err(wait),
        }
    }

    /// Counts one failure.
    pub fn count(&self, address: IpAddr, now: Instant) {
        let share = self.share();
        let mut kept = self.lock();
        if now.duration_since(kept.swept_at) >= MINUTE {
            kept.empty_at.retain(|_, at| *at > now);
            kept.empty_at.shrink_to_fit();
            kept.swept_at = now;
        }
        let at = kept.empty_at.entry(network(address)).or_insert(now);
        *at = (*at).max(now) + share;
    }

    /// What one failure adds.
    fn share(&self) -> Duration {
        MINUTE / self.a_minute.get()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One customer has a whole /64 of IPv6: its addresses count together.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Failures {
        Failures::new(NonZeroU32::new(3).unwrap())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn asking_costs_nothing_and_failing_does() {
        let (failures, now, one) = (three(), Instant::now(), address("192.0.2.1"));
        for _ in 0..100 {
            assert!(failures.may_try(one, now).is_ok());
        }
        for _ in 0..3 {
            assert!(failures.may_try(one, now).is_ok());
            failures.count(one, now);
        }
        assert_eq!(failures.may_try(one, now), Err(Duration::from_secs(20)));
        assert!(failures.may_try(address("192.0.2.2"), now).is_ok());
        assert!(failures.may_try(one, now + Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let (failures, now) = (three(), Instant::now());
        for n in 1..=3 {
            failures.count(address(&format!("2001:db8:0:1::{n}")), now);
        }
        assert!(failures.may_try(address("2001:db8:0:1:ffff::9"), now).is_err());
        assert!(failures.may_try(address("2001:db8:0:2::1"), now).is_ok());
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let (failures, now) = (three(), Instant::now());
        for n in 0..200 {
            failures.count(address(&format!("192.0.2.{n}")), now);
        }
        failures.count(address("198.51.100.1"), now + 2 * MINUTE);
        assert_eq!(failures.lock().empty_at.len(), 1);
    }
}
