//! What a closure asks before it lets a concern go: which open statuses belong to the local authority, and whether its
//! decision about them is recorded (B-53, B-55, B-56).

use super::super::external_decisions::{self, ExternalDecisionRow};
use super::store::{self, StatusRow};
use super::words::{DecisionOutcome, StatusKind, StatusOwner, SupportLevel};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// An open status of a pupil that is the local authority's to decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityStatus {
    /// The pupil.
    pub pupil_id: Id,
    /// The status.
    pub status_id: Id,
    /// What it is.
    pub kind: StatusKind,
    /// Its first day.
    pub starts_on: Date,
    /// The newest decision about it that is recorded and stands: the one that began it, or one since. None where there
    /// is none, or the one that was there has been withdrawn.
    pub decision: Option<AuthorityDecision>,
}

/// A decision about such a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityDecision {
    /// The external decision.
    pub id: Id,
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// The level that it sets.
    pub level: Option<SupportLevel>,
    /// When it was decided.
    pub decided_on: Date,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

impl AuthorityStatus {
    /// Whether the authority has decided on a day or later, and that is recorded.
    pub fn is_decided_since(&self, day: Date) -> bool {
        self.decision.is_some_and(|decision| decision.decided_on >= day)
    }
}

/// The open statuses of these pupils that belong to the local authority, with what is recorded of its decisions,
/// whatever the caller may see of them: for a rule of the service, never for an answer. Lock the pupils first
/// ([`super::super::lock_named`]): a status that begins at the same moment is then seen or waits.
pub fn open_authority_statuses(
    conn: &mut Conn,
    trust: Id,
    pupils: &[Id],
    now: Timestamp,
) -> ApiResult<Vec<AuthorityStatus>> {
    let today = now.london_date();
    let mut open = store::current(conn, trust, pupils)?;
    open.retain(|row| {
        row.kind.basis().owner == StatusOwner::LocalAuthority && row.ends_on.is_none_or(|end| end >= today)
    });
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let decisions = external_decisions::standing(conn, trust, pupils, now)?;
    Ok(open.iter().map(|row| with_decision(row, &decisions)).collect())
}

fn with_decision(row: &StatusRow, decisions: &[ExternalDecisionRow]) -> AuthorityStatus {
    let newest = decisions
        .iter()
        .filter(|decision| is_about(row, decision))
        .max_by_key(|decision| (decision.decided_on, decision.recorded_at, decision.id));
    AuthorityStatus {
        pupil_id: row.pupil_id,
        status_id: row.id,
        kind: row.kind,
        starts_on: row.starts_on,
        decision: newest.map(|decision| AuthorityDecision {
            id: decision.id,
            outcome: decision.outcome,
            level: decision.level,
            decided_on: decision.decided_on,
            recorded_at: decision.recorded_at,
        }),
    }
}

/// A decision is about a status where it is of those who decide on it, names its level or none, and began it or was
/// made since. One that ends it is followed by the status's end, not by a closure.
fn is_about(row: &StatusRow, decision: &ExternalDecisionRow) -> bool {
    let basis = row.kind.basis();
    let in_time = Some(decision.id) == row.start_decision_id || decision.decided_on >= row.starts_on;
    row.pupil_id == decision.pupil_id
        && in_time
        && basis.agencies.contains(&decision.agency)
        && (basis.level.is_none() || decision.level.is_none() || decision.level == basis.level)
        && decision.outcome != DecisionOutcome::Ends
}
