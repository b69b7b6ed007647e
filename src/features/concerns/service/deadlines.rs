//! What is due in concerns, for the deadlines: of the concerns that the caller reads whole.

pub use super::super::dto::ScrutinyCapacity;
use super::super::store;
pub use super::super::store::{
    ActionDue, ActionsAsked, EscalationDue, EscalationsAsked, Mine, ReferralsAsked, Referred, ScrutinyAsked,
    ScrutinyDue, Theirs,
};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::organisation::trust::ScrutinyRule;

/// The stamps that a trust's setting asks for.
pub fn capacities(rule: ScrutinyRule) -> Vec<ScrutinyCapacity> {
    match rule {
        ScrutinyRule::TeamAndTrustLead => vec![ScrutinyCapacity::Team, ScrutinyCapacity::TrustLead],
        ScrutinyRule::DslTeam => vec![ScrutinyCapacity::Team],
    }
}

/// Actions with a day, by day and identifier.
pub fn actions_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ActionsAsked,
    rows: i64,
) -> ApiResult<Vec<ActionDue>> {
    store::actions_due(conn, scope, asked, rows)
}

/// How many actions with a day.
pub fn count_actions_due(conn: &mut Conn, scope: &Scope, asked: &ActionsAsked) -> ApiResult<i64> {
    store::count_actions_due(conn, scope, asked)
}

/// Concerns that are to be scrutinised, the one that has waited longest at the head.
pub fn scrutiny_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ScrutinyAsked,
    rows: i64,
) -> ApiResult<Vec<ScrutinyDue>> {
    store::scrutiny_due(conn, scope, asked, rows)
}

/// How many concerns are to be scrutinised.
pub fn count_scrutiny_due(conn: &mut Conn, scope: &Scope, asked: &ScrutinyAsked) -> ApiResult<i64> {
    store::count_scrutiny_due(conn, scope, asked)
}

/// Referrals, by moment and identifier: of the concerns whose referrals the caller reads.
pub fn referred(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ReferralsAsked,
    rows: i64,
) -> ApiResult<Vec<Referred>> {
    store::referred(conn, scope, asked, rows)
}

/// How many referrals.
pub fn count_referred(conn: &mut Conn, scope: &Scope, asked: &ReferralsAsked) -> ApiResult<i64> {
    store::count_referred(conn, scope, asked)
}

/// Escalations, by the day on which they are looked at again, and identifier.
pub fn escalations_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &EscalationsAsked,
    rows: i64,
) -> ApiResult<Vec<EscalationDue>> {
    store::escalations_due(conn, scope, asked, rows)
}

/// How many escalations.
pub fn count_escalations_due(conn: &mut Conn, scope: &Scope, asked: &EscalationsAsked) -> ApiResult<i64> {
    store::count_escalations_due(conn, scope, asked)
}
