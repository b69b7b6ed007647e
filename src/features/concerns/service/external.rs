//! What is not the school's to decide: the level of support of a child who has one from the local authority (B-55, B-56).

use super::super::dto::PupilRole;
use super::super::store::{self, ConcernRow};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// Whether a child whom the concern is about has a level of the local authority's that has not ended by its recorded
/// decision.
pub fn awaits_decision(conn: &mut Conn, row: &ConcernRow) -> ApiResult<bool> {
    let named = store::named(conn, row.trust_id, row.id, row.account_number)?;
    let about = |role| matches!(role, PupilRole::Subject | PupilRole::Victim | PupilRole::AllegedPerpetrator);
    let pupils: Vec<Id> =
        named.pupils.iter().filter(|pupil| about(pupil.role)).map(|pupil| pupil.pupil_id).collect();
    has_open_statutory(conn, row.trust_id, &pupils)
}

/// Statutory statuses are not kept yet: none is open.
const fn has_open_statutory(_: &mut Conn, _: Id, _: &[Id]) -> ApiResult<bool> {
    Ok(false)
}
