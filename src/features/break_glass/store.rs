//! Every query on broken glass.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::dto::{BreakGlassFilter, BreakGlassOutcome};
use crate::access::Scope;
use crate::access::exclusions::Hidden;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::schema::break_glass;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::text::Text;

/// An entry as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = break_glass, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct GlassRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub school_id: Id,
    pub concern_id: Option<Id>,
    pub pupil_id: Option<Id>,
    pub broken_at: Timestamp,
    pub ends_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<Id>,
    /// Nobody at the school could review it: whoever is above does.
    pub goes_above: bool,
    pub outcome: Option<BreakGlassOutcome>,
    pub reviewed_by: Option<Id>,
    pub reviewed_at: Option<Timestamp>,
    pub body: Sealed,
    pub version: i64,
}

/// The text of an entry, under the key of the case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GlassBody {
    pub reason: Text<2000>,
    pub words: Option<Text<5000>>,
}

impl GlassRow {
    /// Whether it opens the case at a moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.ends_at > now
    }
}

type Query<'a> = break_glass::BoxedQuery<'a, Backend>;

/// What has to be known of a caller before entries are asked for.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// What is hidden from them.
    pub hidden: Hidden,
    /// What nobody at its school is left to review, and they are.
    pub left: Vec<Id>,
}

/// One's own entries, those of the schools within reach, and of whoever is above what nobody there could or can review;
/// but none of a case that is hidden from the caller.
fn visible<'a>(scope: &Scope, sight: &Sight) -> Query<'a> {
    let extent = scope.extent();
    let query = break_glass::table
        .filter(break_glass::trust_id.eq(scope.trust()))
        .filter(break_glass::id.ne_all(sight.hidden.records.clone()))
        .into_boxed();
    if extent.trust {
        return query;
    }
    // A key that is narrowed to schools shows these alone.
    let is_whole = scope.key_schools().is_none();
    let mine: Vec<Id> = scope.person().filter(|_| is_whole).into_iter().collect();
    let above: Vec<bool> = (extent.routed && is_whole).then_some(true).into_iter().collect();
    query.filter(
        break_glass::person_id
            .eq_any(mine)
            .or(break_glass::school_id.eq_any(extent.schools.clone()))
            .or(break_glass::goes_above.eq_any(above))
            .or(break_glass::id.eq_any(sight.left.clone())),
    )
}

/// All entries that nobody has reviewed, whoever asks: to find out who is left to.
pub fn unreviewed(conn: &mut Conn, trust: Id) -> ApiResult<Vec<GlassRow>> {
    Ok(break_glass::table
        .filter(break_glass::trust_id.eq(trust))
        .filter(break_glass::reviewed_at.is_null())
        .select(GlassRow::as_select())
        .load(conn)?)
}

/// A page of entries, the oldest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    sight: &Sight,
    filter: &BreakGlassFilter,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<GlassRow>> {
    let mut query = visible(scope, sight);
    if let Some(school) = filter.school_id {
        query = query.filter(break_glass::school_id.eq(school));
    }
    query = match filter.unreviewed {
        Some(true) => query.filter(break_glass::reviewed_at.is_null()),
        Some(false) => query.filter(break_glass::reviewed_at.is_not_null()),
        None => query,
    };
    if let Some(after) = after {
        query = query.filter(break_glass::id.gt(after));
    }
    Ok(query.order(break_glass::id).limit(rows).select(GlassRow::as_select()).load(conn)?)
}

/// The entry of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, sight: &Sight, id: Id) -> ApiResult<GlassRow> {
    visible(scope, sight)
        .filter(break_glass::id.eq(id))
        .select(GlassRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A person's entries about a pupil that last at this moment.
pub fn open_for_pupil(conn: &mut Conn, scope: &Scope, person: Id, pupil: Id) -> ApiResult<Vec<GlassRow>> {
    Ok(break_glass::table
        .filter(break_glass::trust_id.eq(scope.trust()))
        .filter(break_glass::person_id.eq(person))
        .filter(break_glass::pupil_id.eq(Some(pupil)))
        .filter(break_glass::ended_at.is_null())
        .filter(break_glass::ends_at.gt(scope.now()))
        .select(GlassRow::as_select())
        .load(conn)?)
}

/// Stores an entry.
pub fn insert(conn: &mut Conn, row: &GlassRow) -> ApiResult<()> {
    diesel::insert_into(break_glass::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores what became of an entry, where nobody has ended or reviewed it since.
pub fn update(conn: &mut Conn, row: &GlassRow) -> ApiResult<()> {
    let stored = diesel::update(break_glass::table.find((row.trust_id, row.id)))
        .filter(break_glass::version.eq(row.version - 1))
        .set((
            break_glass::ended_at.eq(row.ended_at),
            break_glass::ended_by.eq(row.ended_by),
            break_glass::outcome.eq(row.outcome),
            break_glass::reviewed_by.eq(row.reviewed_by),
            break_glass::reviewed_at.eq(row.reviewed_at),
            break_glass::body.eq(&row.body),
            break_glass::version.eq(row.version),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
