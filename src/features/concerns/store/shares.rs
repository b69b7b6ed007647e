//! Who was let in by name: the history, and the table that every query joins.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::ConcernShareKind;
use super::ConcernRow;
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_grants, concern_shares, concerns};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A share as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_shares, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct ShareRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub person_id: Id,
    pub kind: ConcernShareKind,
    pub granted_by: Option<Id>,
    pub granted_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<Id>,
    pub body: Sealed,
}

/// The text of a share.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ShareBody {
    pub reason: Option<Text<2000>>,
    pub end_reason: Option<Text<2000>>,
}

impl ShareRow {
    /// Whether it lets the person in at a moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.ends_at.is_none_or(|end| end > now)
    }
}

/// Shares of a concern that were known at a moment, by identifier.
pub fn shares(
    conn: &mut Conn,
    concern: &ConcernRow,
    at: Timestamp,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<ShareRow>> {
    let mut query = concern_shares::table
        .filter(concern_shares::trust_id.eq(concern.trust_id))
        .filter(concern_shares::concern_id.eq(concern.id))
        .filter(concern_shares::granted_at.le(at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(concern_shares::id.gt(after));
    }
    Ok(query.order(concern_shares::id).limit(rows).select(ShareRow::as_select()).load(conn)?)
}

/// How many shares a concern had had at a moment.
pub fn count_shares(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<i64> {
    Ok(concern_shares::table
        .filter(concern_shares::trust_id.eq(concern.trust_id))
        .filter(concern_shares::concern_id.eq(concern.id))
        .filter(concern_shares::granted_at.le(at))
        .count()
        .get_result(conn)?)
}

/// One share of a concern.
pub fn share(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<ShareRow> {
    Ok(concern_shares::table
        .find((concern.trust_id, id))
        .filter(concern_shares::concern_id.eq(concern.id))
        .select(ShareRow::as_select())
        .first(conn)?)
}

/// A person's shares of a concern.
pub fn shares_with(conn: &mut Conn, concern: &ConcernRow, person: Id) -> ApiResult<Vec<ShareRow>> {
    Ok(concern_shares::table
        .filter(concern_shares::trust_id.eq(concern.trust_id))
        .filter(concern_shares::concern_id.eq(concern.id))
        .filter(concern_shares::person_id.eq(person))
        .select(ShareRow::as_select())
        .load(conn)?)
}

/// The open shares by which the service itself let people into several concerns.
pub fn open_routes(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<ShareRow>> {
    Ok(concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_shares::kind.eq(ConcernShareKind::ConflictRoute))
        .filter(concern_shares::ended_at.is_null())
        .order(concern_shares::id)
        .select(ShareRow::as_select())
        .load(conn)?)
}

/// Stores the end of a share that is open, and what follows from it.
pub fn end_share(conn: &mut Conn, row: &ShareRow) -> ApiResult<()> {
    let ended = diesel::update(concern_shares::table.find((row.trust_id, row.id)))
        .filter(concern_shares::ended_at.is_null())
        .set((
            concern_shares::ended_at.eq(row.ended_at),
            concern_shares::ended_by.eq(row.ended_by),
            concern_shares::body.eq(&row.body),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    renew_grant(conn, row.trust_id, row.person_id, row.concern_id)
}

/// Stores a share, and what follows from it.
pub fn insert_share(conn: &mut Conn, row: &ShareRow) -> ApiResult<()> {
    diesel::insert_into(concern_shares::table).values(row).execute(conn)?;
    renew_grant(conn, row.trust_id, row.person_id, row.concern_id)
}

/// Makes a person's grant from the shares that are open: it lasts as long as the longest of them.
pub fn renew_grant(conn: &mut Conn, trust: Id, person: Id, concern: Id) -> ApiResult<()> {
    let open: Vec<(ConcernShareKind, Option<Timestamp>)> = concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq(concern))
        .filter(concern_shares::person_id.eq(person))
        .filter(concern_shares::ended_at.is_null())
        .select((concern_shares::kind, concern_shares::ends_at))
        .load(conn)?;
    let by_route = open.iter().any(|(kind, _)| *kind == ConcernShareKind::ConflictRoute);
    let ends: Vec<Option<Timestamp>> = open.into_iter().map(|(_, end)| end).collect();
    diesel::delete(concern_grants::table.find((trust, person, concern))).execute(conn)?;
    if ends.is_empty() {
        return Ok(());
    }
    let school: Id = concerns::table.find((trust, concern)).select(concerns::school_id).first(conn)?;
    let ends_at = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
    diesel::insert_into(concern_grants::table)
        .values((
            concern_grants::trust_id.eq(trust),
            concern_grants::person_id.eq(person),
            concern_grants::concern_id.eq(concern),
            concern_grants::ends_at.eq(ends_at),
            concern_grants::by_route.eq(by_route),
            concern_grants::school_id.eq(school),
        ))
        .execute(conn)?;
    Ok(())
}

/// Those of several concerns to which the service let the caller in, since everybody before them is linked.
pub fn routed_among(conn: &mut Conn, scope: &Scope, concerns: &[Id]) -> ApiResult<Vec<Id>> {
    let Some(person) = scope.person().filter(|_| !concerns.is_empty()) else { return Ok(Vec::new()) };
    Ok(concern_grants::table
        .filter(concern_grants::trust_id.eq(scope.trust()))
        .filter(concern_grants::person_id.eq(person))
        .filter(concern_grants::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_grants::by_route)
        .select(concern_grants::concern_id)
        .load(conn)?)
}
