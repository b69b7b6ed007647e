//! Every query on matches.

use std::collections::{HashMap, HashSet};

use crate::db::prelude::*;
use diesel::dsl::{exists, not};

use super::dto::PupilMatchState;
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::portable::AmongIds;
use crate::db::schema::{conflicts, enrolments, pupil_matches};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

/// A match as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pupil_matches, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct MatchRow {
    pub trust_id: Id,
    pub id: Id,
    /// The record of the school that gave the number; it is gone once the match is confirmed.
    pub claiming_id: Id,
    /// The pupil who holds the number.
    pub pupil_id: Id,
    /// The school that gave the number.
    pub school_id: Id,
    pub state: PupilMatchState,
    pub settled_at: Option<Timestamp>,
    pub settled_by: Option<String>,
    pub version: i64,
    pub created_at: Timestamp,
}

type Query<'a> = pupil_matches::BoxedQuery<'a, Backend>;

/// The matches with pupils whom schools within reach have, or had last where nobody has them: never those that a school
/// within reach only claims, nor those about a child with whom the caller has a conflict of interest.
fn visible<'a>(scope: &Scope) -> Query<'a> {
    let mut all = pupil_matches::table.filter(pupil_matches::trust_id.eq(scope.trust())).into_boxed();
    if let Some(person) = scope.person() {
        let linked = conflicts::table
            .filter(conflicts::trust_id.eq(pupil_matches::trust_id))
            .filter(conflicts::person_id.eq(person))
            .filter(conflicts::ended_at.is_null())
            .filter(
                conflicts::pupil_id
                    .eq(pupil_matches::pupil_id)
                    .or(conflicts::pupil_id.eq(pupil_matches::claiming_id)),
            );
        all = all.filter(not(exists(linked)));
    }
    let Some(schools) = scope.school_limit() else { return all };
    if schools.is_empty() {
        return all.filter(pupil_matches::id.ne(pupil_matches::id));
    }
    let theirs = enrolments::table
        .filter(enrolments::trust_id.eq(pupil_matches::trust_id))
        .filter(enrolments::pupil_id.eq(pupil_matches::pupil_id));
    let open = enrolments::ends_on.is_null().or(enrolments::ends_on.ge(scope.today()));
    let have = exists(theirs.filter(enrolments::school_id.eq_any(schools.to_vec())).filter(open));
    all.filter(have.or(AmongIds::new(pupil_matches::table, HAD_LAST, schools)))
}

/// No school has had the pupil longer than one of these: one that has the pupil today has no last day yet.
const HAD_LAST: &str = "EXISTS (SELECT 1 FROM enrolments own \
    WHERE own.trust_id = pupil_matches.trust_id AND own.pupil_id = pupil_matches.pupil_id AND own.school_id IN ? \
    AND NOT EXISTS (SELECT 1 FROM enrolments later \
        WHERE later.trust_id = own.trust_id AND later.pupil_id = own.pupil_id \
        AND (later.ends_on IS NULL OR later.ends_on > own.ends_on)))";

fn filtered<'a>(scope: &Scope, state: Option<PupilMatchState>) -> Query<'a> {
    match state {
        Some(state) => visible(scope).filter(pupil_matches::state.eq(state)),
        None => visible(scope),
    }
}

/// One match.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<MatchRow> {
    visible(scope)
        .filter(pupil_matches::id.eq(id))
        .select(MatchRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    state: Option<PupilMatchState>,
    paging: &Paging,
) -> ApiResult<Vec<MatchRow>> {
    let mut query = filtered(scope, state);
    if let Some(after) = paging.after_id()? {
        query = query.filter(pupil_matches::id.gt(after));
    }
    Ok(query.order(pupil_matches::id).limit(paging.rows()).select(MatchRow::as_select()).load(conn)?)
}

/// How many the list has.
pub fn count(conn: &mut Conn, scope: &Scope, state: Option<PupilMatchState>) -> ApiResult<i64> {
    Ok(filtered(scope, state).count().get_result(conn)?)
}

/// The open matches with a pupil, whoever asks.
pub fn open_with(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Vec<MatchRow>> {
    Ok(pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::pupil_id.eq(pupil))
        .filter(pupil_matches::state.eq(PupilMatchState::Open))
        .order(pupil_matches::id)
        .select(MatchRow::as_select())
        .load(conn)?)
}

/// The open matches of a claiming record, whoever asks.
pub fn open_of(conn: &mut Conn, trust: Id, claiming: Id) -> ApiResult<Vec<MatchRow>> {
    Ok(pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::claiming_id.eq(claiming))
        .filter(pupil_matches::state.eq(PupilMatchState::Open))
        .select(MatchRow::as_select())
        .load(conn)?)
}

/// The pupils into whom records have gone, by the record.
pub fn became(conn: &mut Conn, trust: Id, claiming: &[Id]) -> ApiResult<HashMap<Id, Id>> {
    let gone: Vec<(Id, Id)> = pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::claiming_id.eq_any(claiming.to_vec()))
        .filter(pupil_matches::state.eq(PupilMatchState::Confirmed))
        .select((pupil_matches::claiming_id, pupil_matches::pupil_id))
        .load(conn)?;
    Ok(gone.into_iter().collect())
}

/// The newest match of each of these claiming records, the oldest first.
pub fn newest_of(conn: &mut Conn, trust: Id, claiming: &[Id]) -> ApiResult<Vec<MatchRow>> {
    let mut rows: Vec<MatchRow> = pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::claiming_id.eq_any(claiming.to_vec()))
        .order(pupil_matches::id.desc())
        .select(MatchRow::as_select())
        .load(conn)?;
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(row.claiming_id));
    rows.reverse();
    Ok(rows)
}

/// The open matches that a scope shows, the oldest first.
pub fn to_settle(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    Ok(filtered(scope, Some(PupilMatchState::Open))
        .order(pupil_matches::id)
        .select(pupil_matches::id)
        .load(conn)?)
}

/// Lets matches with a record that goes be matches with the one into which it goes.
pub fn hand_over(conn: &mut Conn, trust: Id, from: Id, to: Id) -> ApiResult<()> {
    let theirs = pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::pupil_id.eq(from));
    diesel::update(theirs).set(pupil_matches::pupil_id.eq(to)).execute(conn)?;
    Ok(())
}

/// Stores a new match.
pub fn insert(conn: &mut Conn, row: &MatchRow) -> ApiResult<()> {
    diesel::insert_into(pupil_matches::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores how a match was settled, where nobody has settled it since.
pub fn update(conn: &mut Conn, row: &MatchRow) -> ApiResult<()> {
    let stored = diesel::update(pupil_matches::table.find((row.trust_id, row.id)))
        .filter(pupil_matches::version.eq(row.version - 1))
        .set((
            pupil_matches::state.eq(row.state),
            pupil_matches::settled_at.eq(row.settled_at),
            pupil_matches::settled_by.eq(&row.settled_by),
            pupil_matches::version.eq(row.version),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
