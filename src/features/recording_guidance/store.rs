//! Every query on the guidance on recording.

use crate::db::prelude::*;

use crate::clock::Timestamp;
use crate::db::schema::recording_guidance;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A version as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = recording_guidance, check_for_backend(Backend))]
pub struct GuidanceRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub title: Name<150>,
    pub body: Text<20000>,
    pub published_by: String,
    pub published_at: Timestamp,
}

/// The version of an identifier.
pub fn get(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<GuidanceRow> {
    recording_guidance::table
        .find((trust, id))
        .select(GuidanceRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// The version with the highest number.
pub fn latest(conn: &mut Conn, trust: Id) -> ApiResult<Option<GuidanceRow>> {
    Ok(recording_guidance::table
        .filter(recording_guidance::trust_id.eq(trust))
        .order(recording_guidance::number.desc())
        .select(GuidanceRow::as_select())
        .first(conn)
        .optional()?)
}

/// A page of versions, newest first.
pub fn list(conn: &mut Conn, trust: Id, paging: &Paging) -> ApiResult<Vec<GuidanceRow>> {
    let mut query = recording_guidance::table.filter(recording_guidance::trust_id.eq(trust)).into_boxed();
    if let Some(after) = paging.after_number()? {
        query = query.filter(recording_guidance::number.lt(i32::try_from(after).unwrap_or(i32::MAX)));
    }
    Ok(query
        .order(recording_guidance::number.desc())
        .limit(paging.rows())
        .select(GuidanceRow::as_select())
        .load(conn)?)
}

/// How many versions there are.
pub fn count(conn: &mut Conn, trust: Id) -> ApiResult<i64> {
    Ok(recording_guidance::table.filter(recording_guidance::trust_id.eq(trust)).count().get_result(conn)?)
}

/// Stores a new version.
pub fn insert(conn: &mut Conn, row: &GuidanceRow) -> ApiResult<()> {
    diesel::insert_into(recording_guidance::table).values(row).execute(conn)?;
    Ok(())
}
