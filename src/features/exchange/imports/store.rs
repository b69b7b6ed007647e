//! Every query on imports.

use std::collections::BTreeSet;

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use diesel::sql_types::{Bool, Nullable};

use super::dto::{ImportFilter, ImportState};
use super::plan::Counts;
use super::targets;
use super::text::Encoding;
use crate::access::Scope;
use crate::access::viewer::Extent;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::schema::{import_blocks, import_parts, import_schools, imports};
use crate::db::violations::expect_one;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

/// An import as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, check_for_backend(Backend), treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(primary_key(trust_id, id))]
pub struct ImportRow {
    pub trust_id: Id,
    pub id: Id,
    pub map: String,
    pub map_version: i64,
    pub school_id: Option<Id>,
    pub principal: String,
    pub mandate: String,
    pub state: ImportState,
    pub encoding: Option<Encoding>,
    pub size: i64,
    pub header: Option<Sealed>,
    /// The import's key. It is written when the row is made and taken away when the import is destroyed, by nothing else
    /// here: who changes the row may have read it before the key was put under another one.
    #[diesel(skip_update)]
    pub wrapped: Option<Sealed>,
    pub read_to: i64,
    pub next_line: i64,
    pub blocks: i64,
    pub blocks_applied: i64,
    pub plan_hash: Option<Vec<u8>>,
    pub creates: i64,
    pub changes: i64,
    pub skips: i64,
    pub conflicts: i64,
    pub refusals: i64,
    pub applied: i64,
    pub failed: i64,
    pub problem: Option<String>,
    pub expires_at: Timestamp,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A block of the plan as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_blocks, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct BlockRow {
    pub trust_id: Id,
    pub import_id: Id,
    pub number: i64,
    pub first_row: i64,
    pub row_count: i64,
    pub creates: i64,
    pub changes: i64,
    pub skips: i64,
    pub conflicts: i64,
    pub refusals: i64,
    pub failed: i64,
    pub applied_at: Option<Timestamp>,
    pub body: Sealed,
}

impl ImportRow {
    /// With one more planned block.
    pub fn with_block(self, counts: &Counts) -> Self {
        Self {
            blocks: self.blocks + 1,
            creates: self.creates + counts.creates,
            changes: self.changes + counts.changes,
            skips: self.skips + counts.skips,
            conflicts: self.conflicts + counts.conflicts,
            refusals: self.refusals + counts.refusals,
            version: self.version + 1,
            ..self
        }
    }
}

impl BlockRow {
    /// The next block of an import, which begins after so many rows.
    pub const fn next(import: &ImportRow, after: i64, rows: i64, counts: &Counts, body: Sealed) -> Self {
        Self {
            trust_id: import.trust_id,
            import_id: import.id,
            number: import.blocks,
            first_row: after,
            row_count: rows,
            creates: counts.creates,
            changes: counts.changes,
            skips: counts.skips,
            conflicts: counts.conflicts,
            refusals: counts.refusals,
            failed: 0,
            applied_at: None,
            body,
        }
    }
}

type Condition = Box<dyn BoxableExpression<imports::table, Backend, SqlType = Nullable<Bool>>>;

/// The imports that a scope reaches: of every kind that the caller may bring in today, those at schools where the right
/// to both reaches, and those that the caller made and whose rows touch no other school.
fn visible(scope: &Scope) -> Condition {
    let mut known: Condition = Box::new(imports::map.eq("").nullable());
    for target in targets::all() {
        let Ok(theirs) = scope.under(target.action()) else { continue };
        let here = imports::map.eq(target.name());
        match shared(scope.extent(), theirs.extent()) {
            None => known = Box::new(known.or(here.nullable())),
            Some(schools) => {
                let beyond = import_schools::table
                    .filter(import_schools::trust_id.eq(imports::trust_id))
                    .filter(import_schools::import_id.eq(imports::id))
                    .filter(import_schools::school_id.ne_all(schools.clone()));
                let schools: Vec<Option<Id>> = schools.into_iter().map(Some).collect();
                let own = imports::principal
                    .eq(scope.principal().to_owned())
                    .nullable()
                    .and(imports::school_id.is_null().nullable())
                    .and(not(exists(beyond)).nullable());
                let reached = own.or(imports::school_id.eq_any(schools));
                known = Box::new(known.or(here.nullable().and(reached)));
            }
        }
    }
    Box::new(imports::trust_id.eq(scope.trust()).nullable().and(known))
}

/// The schools that two rights both reach; none for the whole trust.
fn shared(one: &Extent, other: &Extent) -> Option<Vec<Id>> {
    match (one.trust, other.trust) {
        (true, true) => None,
        (true, false) => Some(other.schools.clone()),
        (false, true) => Some(one.schools.clone()),
        (false, false) => Some(one.schools.iter().filter(|id| other.schools.contains(id)).copied().collect()),
    }
}

/// The import of an identifier, where the scope reaches it.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ImportRow> {
    imports::table
        .filter(imports::id.eq(id))
        .filter(visible(scope))
        .select(ImportRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// The import of an identifier, for the worker.
pub fn load(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Option<ImportRow>> {
    Ok(imports::table.find((trust, id)).select(ImportRow::as_select()).first(conn).optional()?)
}

type Query<'a> = imports::BoxedQuery<'a, Backend>;

fn filtered<'a>(scope: &Scope, filter: &ImportFilter) -> Query<'a> {
    let mut query = imports::table.filter(visible(scope)).into_boxed();
    if let Some(map) = filter.map {
        query = query.filter(imports::map.eq(map.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(imports::state.eq(state));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(imports::school_id.eq(Some(school)));
    }
    query
}

/// A page of imports, the newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ImportFilter,
    paging: &Paging,
) -> ApiResult<Vec<ImportRow>> {
    let mut query = filtered(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(imports::id.lt(after));
    }
    Ok(query.order(imports::id.desc()).limit(paging.rows()).select(ImportRow::as_select()).load(conn)?)
}

/// How many imports the filter leaves.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &ImportFilter) -> ApiResult<i64> {
    Ok(filtered(scope, filter).count().get_result(conn)?)
}

/// Stores a new import.
pub fn insert(conn: &mut Conn, row: &ImportRow) -> ApiResult<()> {
    diesel::insert_into(imports::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores an import's new values, where nobody has changed it since. A key that the row no longer has is destroyed; one
/// that it has stays as it is stored.
pub fn update(conn: &mut Conn, row: &ImportRow) -> ApiResult<()> {
    let place = diesel::update(imports::table.find((row.trust_id, row.id)))
        .filter(imports::version.eq(row.version - 1));
    let stored = if row.wrapped.is_some() {
        place.set(row).execute(conn)?
    } else {
        place.set((row, imports::wrapped.eq(None::<Sealed>))).execute(conn)?
    };
    expect_one(stored)
}

/// Removes an import that was never completed.
pub fn delete(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    destroy(conn, trust, id)?;
    diesel::delete(import_schools::table)
        .filter(import_schools::trust_id.eq(trust))
        .filter(import_schools::import_id.eq(id))
        .execute(conn)?;
    diesel::delete(imports::table.find((trust, id))).execute(conn)?;
    Ok(())
}

/// Destroys what was uploaded and planned; the caller destroys the key.
pub fn destroy(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    delete_parts(conn, trust, id)?;
    diesel::delete(import_blocks::table)
        .filter(import_blocks::trust_id.eq(trust))
        .filter(import_blocks::import_id.eq(id))
        .execute(conn)?;
    Ok(())
}

/// Stores a part of the file.
pub fn insert_part(conn: &mut Conn, trust: Id, import: Id, number: i64, body: &Sealed) -> ApiResult<()> {
    diesel::insert_into(import_parts::table)
        .values((
            import_parts::trust_id.eq(trust),
            import_parts::import_id.eq(import),
            import_parts::number.eq(number),
            import_parts::body.eq(body),
        ))
        .execute(conn)?;
    Ok(())
}

/// A part of the file.
pub fn part(conn: &mut Conn, trust: Id, import: Id, number: i64) -> ApiResult<Option<Sealed>> {
    let found = import_parts::table.find((trust, import, number)).select(import_parts::body);
    Ok(found.first(conn).optional()?)
}

/// Destroys the file, once its plan stands.
pub fn delete_parts(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<()> {
    diesel::delete(import_parts::table)
        .filter(import_parts::trust_id.eq(trust))
        .filter(import_parts::import_id.eq(id))
        .execute(conn)?;
    Ok(())
}

/// Stores a block of the plan.
pub fn insert_block(conn: &mut Conn, row: &BlockRow) -> ApiResult<()> {
    diesel::insert_into(import_blocks::table).values(row).execute(conn)?;
    Ok(())
}

/// Notes the schools that a plan's rows touch.
pub fn note_schools(conn: &mut Conn, trust: Id, import: Id, schools: BTreeSet<Id>) -> ApiResult<()> {
    use import_schools as noted;
    let known: Vec<Id> = noted::table
        .filter(noted::trust_id.eq(trust))
        .filter(noted::import_id.eq(import))
        .select(noted::school_id)
        .load(conn)?;
    for school in schools.into_iter().filter(|school| !known.contains(school)) {
        diesel::insert_into(noted::table)
            .values((noted::trust_id.eq(trust), noted::import_id.eq(import), noted::school_id.eq(school)))
            .execute(conn)?;
    }
    Ok(())
}

/// A block of the plan.
pub fn block(conn: &mut Conn, trust: Id, import: Id, number: i64) -> ApiResult<Option<BlockRow>> {
    let found = import_blocks::table.find((trust, import, number)).select(BlockRow::as_select());
    Ok(found.first(conn).optional()?)
}

/// The first block from a row on that a condition is true of, as far as its counts tell.
pub fn next_block(
    conn: &mut Conn,
    trust: Id,
    import: Id,
    from_row: i64,
    wanted: super::dto::RowFilter,
) -> ApiResult<Option<BlockRow>> {
    use super::plan::RowOutcome;
    let mut query = import_blocks::table
        .filter(import_blocks::trust_id.eq(trust))
        .filter(import_blocks::import_id.eq(import))
        .filter((import_blocks::first_row + import_blocks::row_count).gt(from_row))
        .into_boxed();
    query = match wanted.outcome {
        None => query,
        Some(RowOutcome::Create) => query.filter(import_blocks::creates.gt(0)),
        Some(RowOutcome::Change) => query.filter(import_blocks::changes.gt(0)),
        Some(RowOutcome::Skip) => query.filter(import_blocks::skips.gt(0)),
        Some(RowOutcome::Conflict) => query.filter(import_blocks::conflicts.gt(0)),
        Some(RowOutcome::Refuse) => query.filter(import_blocks::refusals.gt(0)),
    };
    if wanted.rejected == Some(true) {
        let rejected = import_blocks::conflicts + import_blocks::refusals + import_blocks::failed;
        query = query.filter(rejected.gt(0));
    }
    Ok(query.order(import_blocks::number).select(BlockRow::as_select()).first(conn).optional()?)
}

/// Stores what became of a block's rows: once.
pub fn finish_block(conn: &mut Conn, row: &BlockRow) -> ApiResult<()> {
    let stored = diesel::update(import_blocks::table.find((row.trust_id, row.import_id, row.number)))
        .filter(import_blocks::applied_at.is_null())
        .set((
            import_blocks::failed.eq(row.failed),
            import_blocks::applied_at.eq(row.applied_at),
            import_blocks::body.eq(&row.body),
        ))
        .execute(conn)?;
    expect_one(stored)
}

/// Whether the caller has used an idempotency key that is remembered.
pub fn knows_key(conn: &mut Conn, scope: &Scope, key: &str) -> ApiResult<bool> {
    use crate::access::remembered;
    use crate::db::schema::idempotency_keys as keys;
    let found = keys::table
        .find((scope.trust(), scope.principal(), key))
        .filter(keys::created_at.ge(remembered::since(scope.now())))
        .select(keys::principal);
    Ok(found.first::<String>(conn).optional()?.is_some())
}

#[cfg(test)]
mod tests;
