//! Where a concern stands, and what was put right about it.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use serde::{Deserialize, Serialize};

use super::super::dto::ConcernLog;
use super::ConcernRow;
use crate::access::visible::Condition;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_grants, concern_placements, concerns};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A placement as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_placements, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct PlacementRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    /// 1 for the first: what it was before is how the concern was raised.
    pub number: i32,
    pub school_before: Id,
    pub school_after: Id,
    pub log_before: ConcernLog,
    pub log_after: ConcernLog,
    pub placed_by: Option<Id>,
    pub placed_at: Timestamp,
    pub body: Sealed,
}

/// Its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlacementBody {
    pub reason: Text<2000>,
}

impl PlacementRow {
    /// Whether it tells that the concern stood, or stands, in the restricted log.
    pub fn touches_restricted(&self) -> bool {
        [self.log_before, self.log_after].contains(&ConcernLog::Restricted)
    }
}

/// Puts a concern whose version was claimed where it belongs, and keeps why.
pub fn place(conn: &mut Conn, row: &ConcernRow, placement: &PlacementRow) -> ApiResult<()> {
    let stored = diesel::update(concerns::table.find((row.trust_id, row.id)))
        .filter(concerns::version.eq(row.version))
        .set((concerns::school_id.eq(row.school_id), concerns::log.eq(row.log)))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)?;
    diesel::update(concern_grants::table)
        .filter(concern_grants::trust_id.eq(row.trust_id))
        .filter(concern_grants::concern_id.eq(row.id))
        .set(concern_grants::school_id.eq(row.school_id))
        .execute(conn)?;
    diesel::insert_into(concern_placements::table).values(placement).execute(conn)?;
    Ok(())
}

/// The placements of a concern, the first one first.
pub fn placements(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<PlacementRow>> {
    placements_of(conn, concern.trust_id, &[concern.id])
}

/// The placements of several concerns, each concern's first one first.
pub fn placements_of(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<PlacementRow>> {
    Ok(concern_placements::table
        .filter(concern_placements::trust_id.eq(trust))
        .filter(concern_placements::concern_id.eq_any(concerns.to_vec()))
        .order((concern_placements::concern_id, concern_placements::number))
        .select(PlacementRow::as_select())
        .load(conn)?)
}

/// One placement of a concern.
pub fn placement(conn: &mut Conn, trust: Id, concern: Id, id: Id) -> ApiResult<PlacementRow> {
    Ok(concern_placements::table
        .find((trust, id))
        .filter(concern_placements::concern_id.eq(concern))
        .select(PlacementRow::as_select())
        .first(conn)?)
}

/// The first placement of the concern of a row, if it has any.
macro_rules! first {
    ($trust:expr) => {
        concern_placements::table
            .filter(concern_placements::trust_id.eq($trust))
            .filter(concern_placements::concern_id.eq(concerns::id))
            .filter(concern_placements::number.eq(1))
    };
}

/// That a concern was raised under a school, wherever it stands now.
pub fn raised_at(trust: Id, school: Id) -> Condition {
    let stayed = concerns::school_id.eq(school).and(not(exists(first!(trust))));
    Box::new(stayed.or(exists(first!(trust).filter(concern_placements::school_before.eq(school)))))
}

/// That a concern was raised in a log, wherever it stands now.
pub fn raised_in(trust: Id, log: ConcernLog) -> Condition {
    let stayed = concerns::log.eq(log).and(not(exists(first!(trust))));
    Box::new(stayed.or(exists(first!(trust).filter(concern_placements::log_before.eq(log)))))
}
