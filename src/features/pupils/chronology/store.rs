//! Every query on the marks of chronologies. A mark is never changed; the moment at which the next one of its entry
//! took its place is the only thing that is written to it afterwards.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::rules::ChronologyKind;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::schema::chronology_marks;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A mark as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = chronology_marks, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct MarkRow {
    pub trust_id: Id,
    pub id: Id,
    pub pupil_id: Id,
    pub kind: ChronologyKind,
    pub source_id: Id,
    pub number: i32,
    pub significant: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarkBody {
    pub reason: Text<2000>,
}

/// The marks that hold on entries with these sources.
pub fn on(conn: &mut Conn, trust: Id, pupil: Id, sources: &[Id]) -> ApiResult<Vec<MarkRow>> {
    Ok(chronology_marks::table
        .filter(chronology_marks::trust_id.eq(trust))
        .filter(chronology_marks::pupil_id.eq(pupil))
        .filter(chronology_marks::source_id.eq_any(sources.to_vec()))
        .filter(chronology_marks::superseded_at.is_null())
        .select(MarkRow::as_select())
        .load(conn)?)
}

/// The entries of a pupil that are marked as significant.
pub fn significant(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<(ChronologyKind, Id)>> {
    Ok(chronology_marks::table
        .filter(chronology_marks::trust_id.eq(trust))
        .filter(chronology_marks::pupil_id.eq(pupil))
        .filter(chronology_marks::superseded_at.is_null())
        .filter(chronology_marks::significant.eq(true))
        .select((chronology_marks::kind, chronology_marks::source_id))
        .load(conn)?)
}

/// Marks of a pupil's entries, all versions, by identifier.
pub fn list(conn: &mut Conn, trust: Id, pupil: Id, after: Option<Id>, rows: i64) -> ApiResult<Vec<MarkRow>> {
    let mut query = chronology_marks::table
        .filter(chronology_marks::trust_id.eq(trust))
        .filter(chronology_marks::pupil_id.eq(pupil))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chronology_marks::id.gt(after));
    }
    Ok(query.order(chronology_marks::id).limit(rows).select(MarkRow::as_select()).load(conn)?)
}

/// One mark of a pupil's entries.
pub fn get(conn: &mut Conn, trust: Id, pupil: Id, id: Id) -> ApiResult<MarkRow> {
    Ok(chronology_marks::table
        .find((trust, id))
        .filter(chronology_marks::pupil_id.eq(pupil))
        .select(MarkRow::as_select())
        .first(conn)?)
}

/// Lets the marks of one pupil that stand on entries which another pupil's marks stand on too be the older versions of
/// those: the other pupil's hold, and all are kept.
pub fn line_up(conn: &mut Conn, trust: Id, (from, to): (Id, Id), now: Timestamp) -> ApiResult<()> {
    let of = |pupil: Id| {
        chronology_marks::table
            .filter(chronology_marks::trust_id.eq(trust))
            .filter(chronology_marks::pupil_id.eq(pupil))
            .order(chronology_marks::number.desc())
            .select(MarkRow::as_select())
    };
    let (older, newer): (Vec<MarkRow>, Vec<MarkRow>) = (of(from).load(conn)?, of(to).load(conn)?);
    let entry = |row: &MarkRow| (row.kind, row.source_id);
    // From the highest number down, so that no two versions of one entry ever have the same.
    for row in &newer {
        let Some(last) = older.iter().find(|old| entry(old) == entry(row)) else { continue };
        diesel::update(chronology_marks::table.find((trust, row.id)))
            .set(chronology_marks::number.eq(row.number + last.number))
            .execute(conn)?;
    }
    for row in older.iter().filter(|old| old.superseded_at.is_none()) {
        if newer.iter().any(|own| entry(own) == entry(row)) {
            diesel::update(chronology_marks::table.find((trust, row.id)))
                .set(chronology_marks::superseded_at.eq(Some(now)))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Stores a mark, which takes the place of the one before.
pub fn insert(conn: &mut Conn, row: &MarkRow) -> ApiResult<()> {
    diesel::update(chronology_marks::table)
        .filter(chronology_marks::trust_id.eq(row.trust_id))
        .filter(chronology_marks::pupil_id.eq(row.pupil_id))
        .filter(chronology_marks::kind.eq(row.kind))
        .filter(chronology_marks::source_id.eq(row.source_id))
        .filter(chronology_marks::superseded_at.is_null())
        .set(chronology_marks::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    diesel::insert_into(chronology_marks::table).values(row).execute(conn)?;
    Ok(())
}
