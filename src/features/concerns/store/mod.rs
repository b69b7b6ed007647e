//! Every query on concerns. Whoever wants a concern, or a part of one, comes through [`load`].

mod about;
mod accounts;
mod around;
mod closing;
mod deadlines;
mod entries;
mod escalations;
mod events;
mod evidence;
mod joins;
mod links;
mod list;
mod namings;
mod placements;
mod referrals;
mod referred;
mod searched;
mod shares;
mod support;
mod tasks;

use std::collections::BTreeSet;

use crate::db::prelude::*;

pub use about::*;
pub use accounts::*;
pub use around::*;
pub use closing::*;
pub use deadlines::*;
pub use entries::*;
pub use escalations::*;
pub use events::*;
pub use evidence::*;
pub use joins::rename_pupil;
pub use links::*;
pub use list::*;
pub use namings::*;
pub use placements::*;
pub use referrals::*;
pub use referred::*;
pub use searched::*;
pub use shares::*;
pub use support::*;
pub use tasks::*;

use super::dto::{ConcernLog, ConcernSeverity, ConcernState, ReporterKind};
use crate::access::Scope;
use crate::access::visible::{self, Branch, FieldSet};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::concerns;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// A concern as it is stored, without its text.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concerns, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct ConcernRow {
    pub trust_id: Id,
    pub id: Id,
    pub school_id: Id,
    pub log: ConcernLog,
    pub raised_by: Option<Id>,
    pub raised_by_principal: String,
    pub reporter_kind: ReporterKind,
    pub reporter_protected: bool,
    pub guidance_id: Option<Id>,
    pub reported_at: Timestamp,
    pub account_number: i32,
    pub state: ConcernState,
    pub severity: Option<ConcernSeverity>,
    pub school_view_level: Option<i16>,
    pub monitor: bool,
    pub data_key: Sealed,
    pub version: i64,
    pub updated_at: Timestamp,
    /// One, and one more for each reopening.
    pub round: i32,
    /// The version at which something of the case itself was recorded last.
    pub content_version: i64,
    /// Whether the reporter has added something since it was closed.
    pub added_since_closure: bool,
    /// When it was reported or, in a later round, reopened.
    pub round_began_at: Timestamp,
}

/// A concern that the caller may know of, and how much of it.
#[derive(Clone, Debug)]
pub struct Found {
    pub row: ConcernRow,
    pub fields: FieldSet,
    /// Which account is shown.
    pub account: i32,
}

impl Found {
    /// As a way shows it.
    pub fn by(branch: Branch, fields: FieldSet, row: ConcernRow) -> Self {
        let account = if branch.shows_newest_account() { row.account_number } else { 1 };
        Self { row, fields, account }
    }
}

/// The concern of an identifier, by the way that shows the caller most of it; 404 where there is none.
pub fn load(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<Found> {
    for (branch, fields) in visible::branches(scope) {
        let row = concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::id.eq(id))
            .filter(visible::condition(scope, branch))
            .select(ConcernRow::as_select())
            .first(conn)
            .optional()?;
        if let Some(row) = row {
            note_reached(conn, scope, branch, fields, std::slice::from_ref(&row))?;
            return Ok(Found::by(branch, fields, row));
        }
    }
    Err(ApiError::not_found())
}

/// Notes for the audit entry, and for what hangs on it, by which rule rows were reached.
pub fn note_reached(
    conn: &mut Conn,
    scope: &Scope,
    branch: Branch,
    fields: FieldSet,
    rows: &[ConcernRow],
) -> ApiResult<()> {
    let asked: Vec<Id> = rows
        .iter()
        .filter(|row| branch == Branch::Granted || row.reporter_protected)
        .map(|row| row.id)
        .collect();
    let routed = routed_among(conn, scope, &asked)?;
    for concern in &routed {
        scope.let_in_by_route(*concern);
    }
    for row in rows {
        let rule = branch.rule(row.log == ConcernLog::Restricted, routed.contains(&row.id), fields);
        scope.reached(rule, Some(row.school_id));
    }
    Ok(())
}

/// The concern of an identifier, for those who see all of it.
pub fn load_full(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ConcernRow> {
    let found = load(conn, scope, id)?;
    if found.fields == FieldSet::Full { Ok(found.row) } else { Err(ApiError::not_found()) }
}

/// Whether a concern is shown by one way, and by none before it.
pub fn is_reached(conn: &mut Conn, scope: &Scope, branch: Branch, id: Id) -> ApiResult<bool> {
    let shown = concerns::table
        .filter(concerns::trust_id.eq(scope.trust()))
        .filter(concerns::id.eq(id))
        .filter(visible::condition(scope, branch));
    Ok(shown.select(concerns::id).first::<Id>(conn).optional()?.is_some())
}

/// What the caller has raised, whatever they may see of it today: for the receipt of a repeated request.
pub fn raised_by(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ConcernRow> {
    concerns::table
        .find((scope.trust(), id))
        .filter(concerns::raised_by_principal.eq(scope.principal()))
        .select(ConcernRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// Whether a person has no way to a concern, whatever their role: as linked to a pupil, or as one of its adults.
pub fn is_linked(conn: &mut Conn, trust: Id, concern: Id, person: Id) -> ApiResult<bool> {
    let linked = concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::id.eq(concern))
        .filter(visible::linked(trust, person))
        .select(concerns::id)
        .first::<Id>(conn)
        .optional()?;
    Ok(linked.is_some())
}

/// Stores a new concern.
pub fn insert(conn: &mut Conn, row: &ConcernRow) -> ApiResult<()> {
    diesel::insert_into(concerns::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes a concern's next version, where nobody has changed it since; the row stays locked until the change is stored.
pub fn claim(conn: &mut Conn, row: &ConcernRow) -> ApiResult<()> {
    let claimed = diesel::update(concerns::table.find((row.trust_id, row.id)))
        .filter(concerns::version.eq(row.version))
        .set(concerns::version.eq(row.version + 1))
        .execute(conn)?;
    crate::db::violations::expect_one(claimed)
}

/// Stores what a change made of a concern whose version was claimed.
pub fn update(conn: &mut Conn, row: &ConcernRow) -> ApiResult<()> {
    let stored = diesel::update(concerns::table.find((row.trust_id, row.id)))
        .filter(concerns::version.eq(row.version))
        .set((
            concerns::account_number.eq(row.account_number),
            concerns::state.eq(row.state),
            concerns::severity.eq(row.severity),
            concerns::school_view_level.eq(row.school_view_level),
            concerns::monitor.eq(row.monitor),
            concerns::updated_at.eq(row.updated_at),
            concerns::round.eq(row.round),
            concerns::round_began_at.eq(row.round_began_at),
            concerns::content_version.eq(row.content_version),
            concerns::added_since_closure.eq(row.added_since_closure),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}

/// The concerns any of whose accounts names a pupil, in the order in which everybody takes them: for what the service does
/// by itself, whoever asked for it.
pub fn naming_pupil(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<Id>> {
    use crate::db::schema::concern_pupils;
    let named = concern_pupils::table
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::pupil_id.eq(pupil))
        .filter(concern_pupils::concern_id.eq(concerns::id));
    Ok(concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(diesel::dsl::exists(named))
        .order(concerns::id)
        .select(concerns::id)
        .load(conn)?)
}

/// The next concerns of a school, by identifier: for what the service does by itself.
pub fn of_school(
    conn: &mut Conn,
    trust: Id,
    school: Id,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<ConcernRow>> {
    let mut query = concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::school_id.eq(school))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(concerns::id.gt(after));
    }
    Ok(query.order(concerns::id).limit(rows).select(ConcernRow::as_select()).load(conn)?)
}

/// The concerns of these schools, or of all, to which anybody is linked, or to which the service let somebody in but for
/// those of schools that have left: for what the service does by itself.
pub fn linked_concerns(
    conn: &mut Conn,
    trust: Id,
    schools: Option<&[Id]>,
    left: &[Id],
) -> ApiResult<Vec<Id>> {
    use crate::db::schema::{concern_adults, concern_grants, concern_pupils, conflicts};
    let routed: Vec<Id> = concern_grants::table
        .filter(concern_grants::trust_id.eq(trust))
        .filter(concern_grants::by_route)
        .filter(concern_grants::school_id.ne_all(left.to_vec()))
        .select(concern_grants::concern_id)
        .load(conn)?;
    let named: Vec<Id> = concern_adults::table
        .filter(concern_adults::trust_id.eq(trust))
        .filter(concern_adults::lifted_at.is_null())
        .select(concern_adults::concern_id)
        .load(conn)?;
    let by_pupil: Vec<Id> = conflicts::table
        .inner_join(
            concern_pupils::table.on(concern_pupils::trust_id
                .eq(conflicts::trust_id)
                .and(concern_pupils::pupil_id.eq(conflicts::pupil_id))),
        )
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::ended_at.is_null())
        .select(concern_pupils::concern_id)
        .load(conn)?;
    let linked: BTreeSet<Id> = routed.into_iter().chain(named).chain(by_pupil).collect();
    match schools {
        Some(schools) => of_schools(conn, trust, linked, schools),
        None => Ok(linked.into_iter().collect()),
    }
}

/// Those of these concerns that belong to some schools.
fn of_schools(conn: &mut Conn, trust: Id, ids: BTreeSet<Id>, schools: &[Id]) -> ApiResult<Vec<Id>> {
    let (ids, mut found) = (ids.into_iter().collect::<Vec<_>>(), Vec::new());
    for some in ids.chunks(CHUNK) {
        let here: Vec<Id> = concerns::table
            .filter(concerns::trust_id.eq(trust))
            .filter(concerns::id.eq_any(some.to_vec()))
            .filter(concerns::school_id.eq_any(schools.to_vec()))
            .order(concerns::id)
            .select(concerns::id)
            .load(conn)?;
        found.extend(here);
    }
    Ok(found)
}
