//! Every query on conflicts of interest.

use std::collections::HashMap;

use crate::db::prelude::*;
use diesel::dsl::exists;

use super::super::case::PupilKey;
use super::dto::{ConflictFilter, Relationship};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::{Sealed, Vault};
use crate::db::schema::{appointments, concern_pupils, concerns, conflicts, engagements, enrolments, people};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Text;

/// A conflict as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = conflicts, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct ConflictRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub pupil_id: Id,
    pub relationship: Relationship,
    pub recorded_by: String,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
    /// Why it ended: stored sealed, and opened by [`opened`].
    pub end_reason: Option<Text<1000>>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub body: Option<Sealed>,
}

const TABLE: &str = "conflicts";

/// Opens why conflicts ended.
fn opened(
    conn: &mut Conn,
    vault: &Vault,
    trust: Id,
    mut rows: Vec<ConflictRow>,
) -> ApiResult<Vec<ConflictRow>> {
    let mut keys: HashMap<Id, PupilKey> = HashMap::new();
    for row in &mut rows {
        let Some(body) = &row.body else { continue };
        let key = match keys.remove(&row.pupil_id) {
            Some(key) => key,
            None => PupilKey::open(vault, conn, trust, row.pupil_id)?
                .ok_or_else(|| ApiError::internal("a sealed reason of a pupil without a key"))?,
        };
        row.end_reason = Some(key.unseal(TABLE, row.id, body)?);
        keys.insert(row.pupil_id, key);
    }
    Ok(rows)
}

type Query<'a> = conflicts::BoxedQuery<'a, Backend>;

/// Whether a person must not read of a pupil's case today.
pub fn has_conflict(conn: &mut Conn, trust: Id, person: Id, pupil: Id) -> ApiResult<bool> {
    let query = conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::person_id.eq(person))
        .filter(conflicts::pupil_id.eq(pupil))
        .filter(conflicts::ended_at.is_null());
    Ok(diesel::select(exists(query)).get_result(conn)?)
}

/// The pupils with whom a person has a conflict today.
pub fn conflicted_pupils(conn: &mut Conn, trust: Id, person: Option<Id>) -> ApiResult<Vec<Id>> {
    let Some(person) = person else { return Ok(Vec::new()) };
    Ok(conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::person_id.eq(person))
        .filter(conflicts::ended_at.is_null())
        .select(conflicts::pupil_id)
        .load(conn)?)
}

/// Conflicts about pupils whom schools within reach have or had, or name in a concern, and the caller's own; of a pupil with whom the caller has a
/// conflict, the caller's own only.
fn visible<'a>(conn: &mut Conn, scope: &Scope) -> ApiResult<Query<'a>> {
    let mut query = conflicts::table.filter(conflicts::trust_id.eq(scope.trust())).into_boxed();
    let hidden = conflicted_pupils(conn, scope.trust(), scope.person())?;
    // No conflict stands under the trust's own identifier: a service without a person has none of its own.
    let own = conflicts::person_id.eq(scope.person().unwrap_or_else(|| scope.trust()));
    if !hidden.is_empty() {
        query = query.filter(conflicts::pupil_id.ne_all(hidden).or(own));
    }
    let Some(schools) = scope.school_limit() else { return Ok(query) };
    let reached = enrolments::table
        .filter(enrolments::trust_id.eq(conflicts::trust_id))
        .filter(enrolments::pupil_id.eq(conflicts::pupil_id))
        .filter(enrolments::school_id.eq_any(schools.to_vec()));
    let named = concern_pupils::table
        .inner_join(concerns::table.on(
            concerns::trust_id.eq(concern_pupils::trust_id).and(concerns::id.eq(concern_pupils::concern_id)),
        ))
        .filter(concern_pupils::trust_id.eq(conflicts::trust_id))
        .filter(concern_pupils::pupil_id.eq(conflicts::pupil_id))
        .filter(concerns::school_id.eq_any(schools.to_vec()));
    Ok(query.filter(exists(reached).or(exists(named)).or(own)))
}

/// Whether a pupil is named in a concern at one of these schools.
pub fn is_named_at(conn: &mut Conn, trust: Id, pupil: Id, schools: &[Id]) -> ApiResult<bool> {
    let named = concern_pupils::table
        .inner_join(concerns::table.on(
            concerns::trust_id.eq(concern_pupils::trust_id).and(concerns::id.eq(concern_pupils::concern_id)),
        ))
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::pupil_id.eq(pupil))
        .filter(concerns::school_id.eq_any(schools.to_vec()));
    Ok(diesel::select(exists(named)).get_result(conn)?)
}

/// Whether a school of the trust has a pupil on a day, or is about to.
pub fn is_enrolled(conn: &mut Conn, trust: Id, pupil: Id, on: Date) -> ApiResult<bool> {
    let here = enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::pupil_id.eq(pupil))
        .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(on)));
    Ok(diesel::select(exists(here)).get_result(conn)?)
}

fn filtered<'a>(conn: &mut Conn, scope: &Scope, filter: &ConflictFilter) -> ApiResult<Query<'a>> {
    let mut query = visible(conn, scope)?;
    if let Some(person) = filter.person_id {
        query = query.filter(conflicts::person_id.eq(person));
    }
    if let Some(pupil) = filter.pupil_id {
        query = query.filter(conflicts::pupil_id.eq(pupil));
    }
    Ok(query)
}

/// One conflict.
pub fn get(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<ConflictRow> {
    let row =
        visible(conn, scope)?.filter(conflicts::id.eq(id)).select(ConflictRow::as_select()).first(conn)?;
    opened(conn, vault, scope.trust(), vec![row])?.pop().ok_or_else(ApiError::not_found)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &ConflictFilter,
    paging: &Paging,
) -> ApiResult<Vec<ConflictRow>> {
    let mut query = filtered(conn, scope, filter)?;
    if let Some(after) = paging.after_id()? {
        query = query.filter(conflicts::id.gt(after));
    }
    let rows = query.order(conflicts::id).limit(paging.rows()).select(ConflictRow::as_select()).load(conn)?;
    opened(conn, vault, scope.trust(), rows)
}

/// How many the list has.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &ConflictFilter) -> ApiResult<i64> {
    Ok(filtered(conn, scope, filter)?.count().get_result(conn)?)
}

/// Where a person of the trust works or holds a role: schools, and none for the trust itself; nothing for a stranger.
pub fn places_of(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Option<Vec<Option<Id>>>> {
    let known = people::table.find((trust, person)).select(people::id).first::<Id>(conn).optional()?;
    if known.is_none() {
        return Ok(None);
    }
    let mut places: Vec<Option<Id>> = engagements::table
        .filter(engagements::trust_id.eq(trust))
        .filter(engagements::person_id.eq(person))
        .select(engagements::school_id)
        .load(conn)?;
    let roles: Vec<Option<Id>> = appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(appointments::person_id.eq(person))
        .select(appointments::school_id)
        .load(conn)?;
    places.extend(roles);
    Ok(Some(places))
}

/// Stores a new conflict.
pub fn insert(conn: &mut Conn, row: &ConflictRow) -> ApiResult<()> {
    diesel::insert_into(conflicts::table).values(row).execute(conn)?;
    Ok(())
}

/// The persons who have a conflict with a pupil today.
pub fn persons_with(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<Id>> {
    Ok(standing(conn, trust, pupil)?.into_iter().map(|row| row.person_id).collect())
}

/// The people who must not read of these pupils' cases today: pupil, person.
pub fn persons_with_any(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<(Id, Id)>> {
    Ok(conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::pupil_id.eq_any(pupils.to_vec()))
        .filter(conflicts::ended_at.is_null())
        .select((conflicts::pupil_id, conflicts::person_id))
        .load(conn)?)
}

/// The conflicts that stand with a pupil, whoever asks.
pub fn standing(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<ConflictRow>> {
    Ok(conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::pupil_id.eq(pupil))
        .filter(conflicts::ended_at.is_null())
        .select(ConflictRow::as_select())
        .load(conn)?)
}

/// Puts why one pupil's conflicts ended under another pupil's key.
pub fn seal_anew(tx: &mut Tx<'_>, from: Id, to: Id) -> ApiResult<()> {
    let trust = tx.trust();
    let theirs = conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::pupil_id.eq(from))
        .filter(conflicts::body.is_not_null());
    let rows: Vec<ConflictRow> = theirs.select(ConflictRow::as_select()).load(tx.conn)?;
    for row in opened(tx.conn, tx.vault, trust, rows)? {
        let body = sealed(tx, to, &row)?;
        diesel::update(conflicts::table.find((trust, row.id)))
            .set(conflicts::body.eq(body))
            .execute(tx.conn)?;
    }
    Ok(())
}

fn sealed(tx: &mut Tx<'_>, pupil: Id, row: &ConflictRow) -> ApiResult<Option<Sealed>> {
    let Some(reason) = &row.end_reason else { return Ok(None) };
    PupilKey::lock(tx, pupil)?.seal(TABLE, row.id, reason).map(Some)
}

/// Gives one pupil's conflicts to another.
pub fn give(conn: &mut Conn, trust: Id, from: Id, to: Id) -> ApiResult<()> {
    let theirs = conflicts::table.filter(conflicts::trust_id.eq(trust)).filter(conflicts::pupil_id.eq(from));
    diesel::update(theirs)
        .set((conflicts::pupil_id.eq(to), conflicts::version.eq(conflicts::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Stores the end of a conflict, where nobody has changed it since; why stands under the key of the row's pupil.
pub fn update(tx: &mut Tx<'_>, row: &ConflictRow) -> ApiResult<()> {
    let body = sealed(tx, row.pupil_id, row)?;
    let stored = diesel::update(conflicts::table.find((row.trust_id, row.id)))
        .filter(conflicts::version.eq(row.version - 1))
        .set((
            conflicts::ended_at.eq(row.ended_at),
            conflicts::ended_by.eq(&row.ended_by),
            conflicts::end_reason.eq(None::<Text<1000>>),
            conflicts::body.eq(body),
            conflicts::version.eq(row.version),
            conflicts::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    crate::db::violations::expect_one(stored)
}
