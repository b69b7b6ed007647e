//! What is not the school's to decide: the level of support of a child who has one from the local authority (B-55, B-56).

use super::super::dto::PupilRole;
use super::super::store::{self, ConcernRow};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::pupils;
use crate::ids::Id;

/// Holds the pupils of a concern before the concern itself, as whoever joins two records holds them: a status that begins
/// at the same moment is seen, or waits.
pub fn hold(conn: &mut Conn, trust: Id, concern: Id) -> ApiResult<()> {
    let named = store::ever_named(conn, trust, concern)?;
    pupils::lock_named(conn, trust, &named)
}

/// Whether a child whom the concern is about has an open status of the local authority's, on which no decision of the
/// authority is recorded since this round of the concern began. The pupils are held ([`hold`]).
pub fn awaits_decision(conn: &mut Conn, row: &ConcernRow, now: Timestamp) -> ApiResult<bool> {
    let named = store::named(conn, row.trust_id, row.id, row.account_number)?;
    let about = |role| matches!(role, PupilRole::Subject | PupilRole::Victim | PupilRole::AllegedPerpetrator);
    let pupils: Vec<Id> =
        named.pupils.iter().filter(|pupil| about(pupil.role)).map(|pupil| pupil.pupil_id).collect();
    let since = began(conn, row)?.london_date();
    let open = pupils::open_authority_statuses(conn, row.trust_id, &pupils, now)?;
    Ok(open.iter().any(|status| !status.is_decided_since(since)))
}

/// When the round began: with the report, or with the reopening.
fn began(conn: &mut Conn, row: &ConcernRow) -> ApiResult<Timestamp> {
    let reopening = store::reopening_of(conn, row, row.round)?;
    Ok(reopening.map_or(row.reported_at, |reopening| reopening.recorded_at))
}
