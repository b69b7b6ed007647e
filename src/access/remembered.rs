//! How long a request is remembered by its `Idempotency-Key`, and the work that forgets it.

use crate::db::prelude::*;

use super::context::Services;
use super::standing;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::idempotency_keys;
use crate::error::ApiResult;
use crate::ids::Id;
use crate::jobs::{Claim, Step, Worker};

/// For how many seconds: a client that tries again does so within minutes, a queue that was cut off within a day.
const REMEMBERED: i64 = 24 * 3600;
/// How often there is something to forget, in seconds.
const EVERY: i64 = 3600;
/// How many are forgotten in one transaction.
const AT_ONCE: i64 = 500;

/// The kind of work, as tasks name it.
pub const KIND: &str = "forget_requests";

/// The moment before which requests are forgotten: what is older is a new request, whether it is deleted yet or not.
pub fn since(now: Timestamp) -> Timestamp {
    now.plus_seconds(-REMEMBERED)
}

/// Deletes what is remembered no longer, in every trust.
pub struct Forgetting {
    services: Services,
}

impl Forgetting {
    /// With what the service is made of.
    pub const fn new(services: Services) -> Self {
        Self { services }
    }
}

impl Worker for Forgetting {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn stands(&self) -> bool {
        true
    }

    fn step(&self, claim: &Claim) -> ApiResult<Step> {
        let (db, now) = (&self.services.db, self.services.clock.now());
        for (trust, _) in db.read_now(None, standing::trusts)? {
            if !db.read_now(Some(trust), |conn| has_old(conn, trust, now))? {
                continue;
            }
            let claim = claim.clone();
            let is_all = db.write_now(Some(trust), move |conn| {
                claim.hold(conn, now)?;
                forget_some(conn, trust, now)
            })?;
            if !is_all {
                return Ok(Step::More);
            }
        }
        Ok(Step::Later(now.plus_seconds(EVERY)))
    }
}

fn has_old(conn: &mut Conn, trust: Id, now: Timestamp) -> ApiResult<bool> {
    let found: Option<Timestamp> = idempotency_keys::table
        .filter(idempotency_keys::trust_id.eq(trust))
        .filter(idempotency_keys::created_at.lt(since(now)))
        .select(idempotency_keys::created_at)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Deletes the oldest ones, and says whether there are no more.
fn forget_some(conn: &mut Conn, trust: Id, now: Timestamp) -> ApiResult<bool> {
    let last: Option<Timestamp> = idempotency_keys::table
        .filter(idempotency_keys::trust_id.eq(trust))
        .filter(idempotency_keys::created_at.lt(since(now)))
        .order(idempotency_keys::created_at)
        .offset(AT_ONCE - 1)
        .limit(1)
        .select(idempotency_keys::created_at)
        .first(conn)
        .optional()?;
    diesel::delete(idempotency_keys::table)
        .filter(idempotency_keys::trust_id.eq(trust))
        .filter(idempotency_keys::created_at.lt(since(now)))
        .filter(idempotency_keys::created_at.le(last.unwrap_or(now)))
        .execute(conn)?;
    Ok(last.is_none())
}
