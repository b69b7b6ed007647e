//! What falls due by its date about who reads concerns: an appointment that begins or ends, a school that leaves. Every
//! day begins with a look at every trust; and where a school has left, its concerns are taken over by whoever is above,
//! some at a time, since there may be many.

use std::sync::Arc;

use super::super::store;
use super::receivers;
use super::roster::Roster;
use crate::access::change::write_under;
use crate::access::matrix::TrustLeadColumn;
use crate::access::{Action, Scope, Services, Tx, Viewer, every_trust};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::events::{NotificationKind, notify};
use crate::ids::Id;
use crate::jobs::{self, Claim, Step, Worker};

/// The kind of the tasks: one stands for every day, one for a trust on a day, one for a school that has left.
const KIND: &str = "readers";
/// Concerns that are taken over in one transaction.
const AT_ONCE: i64 = 100;

/// Sees to it that concerns are read.
pub struct Readers {
    services: Services,
}

impl Readers {
    /// With what the service is made of.
    pub const fn new(services: Services) -> Self {
        Self { services }
    }
}

impl Worker for Readers {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn stands(&self) -> bool {
        true
    }

    fn step(&self, claim: &Claim) -> ApiResult<Step> {
        let now = self.services.clock.now();
        let trusts = self.services.db.read_now(None, every_trust)?;
        if claim.task.trust_id == claim.task.record_id
            && !trusts.iter().any(|(id, _)| *id == claim.task.trust_id)
        {
            return self.begin_day(claim, trusts.into_iter().map(|(id, _)| id).collect(), now);
        }
        let Some((trust, slug)) = trusts.into_iter().find(|(id, _)| *id == claim.task.trust_id) else {
            return Ok(Step::Done);
        };
        if claim.task.record_id == trust {
            self.look_at(claim, &scope(trust, slug, now))?;
        } else {
            self.take_over(claim, trust, &slug)?;
        }
        Ok(Step::Done)
    }
}

impl Readers {
    fn begin_day(&self, claim: &Claim, trusts: Vec<Id>, now: Timestamp) -> ApiResult<Step> {
        let claim = claim.clone();
        self.services.db.write_now(None, move |conn| {
            claim.hold(conn, now)?;
            trusts.into_iter().try_for_each(|trust| jobs::enqueue(conn, KIND, trust, trust, now))
        })?;
        Ok(Step::Later(now.london_date().plus_days(1).begins_at()))
    }

    /// What a date has changed in a trust.
    fn look_at(&self, claim: &Claim, scope: &Scope) -> ApiResult<()> {
        let (claim, work) = (claim.clone(), scope.clone());
        write_under(&self.services, scope, format!("readers-{}", scope.trust()), move |tx| {
            claim.hold(tx.conn, work.now())?;
            receivers::ensure_readers_at(tx, &work, None)?;
            tx.may_be_nothing();
            Ok(())
        })
    }

    /// Goes through the concerns of a school that has left; each transaction holds the claim from its own moment on.
    fn take_over(&self, claim: &Claim, trust: Id, slug: &str) -> ApiResult<()> {
        let (school, mut after) = (claim.task.record_id, None);
        loop {
            let scope = scope(trust, slug.to_owned(), self.services.clock.now());
            let (claim, work) = (claim.clone(), scope.clone());
            after = write_under(&self.services, &scope, format!("readers-{school}"), move |tx| {
                claim.hold(tx.conn, work.now())?;
                tx.may_be_nothing();
                take_over_some(tx, &work, school, after)
            })?;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

/// Takes over the next concerns of a school that has left; the last one, where there may be more.
fn take_over_some(tx: &mut Tx<'_>, scope: &Scope, school: Id, after: Option<Id>) -> ApiResult<Option<Id>> {
    let mut roster = Roster::of(tx.conn, scope, school)?;
    if !roster.has_left() {
        return Ok(None);
    }
    let rows = store::of_school(tx.conn, scope.trust(), school, after, AT_ONCE)?;
    let new = receivers::take_over(tx, scope, &rows, &mut roster)?;
    let waiting = store::waiting_for(tx.conn, scope.trust(), NotificationKind::ConcernsTakenOver, school)?;
    let told: Vec<Id> = new.difference(&waiting).copied().collect();
    notify(tx.conn, scope.trust(), &told, NotificationKind::ConcernsTakenOver, school, scope.now())?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|found| found == AT_ONCE);
    Ok(rows.last().map(|row| row.id).filter(|_| is_full))
}

/// Asks for the concerns of schools that have left to be taken over, in the transaction of what may change by whom.
pub fn enqueue(conn: &mut Conn, scope: &Scope, schools: &[Id]) -> ApiResult<()> {
    schools.iter().try_for_each(|school| jobs::enqueue(conn, KIND, scope.trust(), *school, scope.now()))
}

/// What the service does by itself in a trust.
fn scope(trust: Id, slug: String, now: Timestamp) -> Scope {
    let viewer = Viewer {
        trust,
        trust_slug: slug,
        principal: "service".to_owned(),
        person: None,
        grants: Vec::new(),
        lead: TrustLeadColumn::Aggregate,
        key: None,
    };
    Scope::system(&Arc::new(viewer), Action::ConcernShare, now)
}
