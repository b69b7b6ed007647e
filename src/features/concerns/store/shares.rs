//! Who was let in by name: the history, and the table that every query joins.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{ConcernShareKind, ConcernShareScope};
use super::ConcernRow;
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{
    concern_grants, concern_part_grants, concern_shares, concern_support_grants, concerns,
};
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
    pub scope: ConcernShareScope,
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

/// Makes a person's grants from the shares that are open, one for each scope: it lasts as long as the longest of them.
pub fn renew_grant(conn: &mut Conn, trust: Id, person: Id, concern: Id) -> ApiResult<()> {
    let open: Vec<(ConcernShareScope, ConcernShareKind, Option<Timestamp>)> = concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq(concern))
        .filter(concern_shares::person_id.eq(person))
        .filter(concern_shares::ended_at.is_null())
        .select((concern_shares::scope, concern_shares::kind, concern_shares::ends_at))
        .load(conn)?;
    let by_route = open.iter().any(|(_, kind, _)| *kind == ConcernShareKind::ConflictRoute);
    let ends = |scope: ConcernShareScope| -> Vec<Option<Timestamp>> {
        open.iter().filter(|(of, ..)| *of == scope).map(|(.., end)| *end).collect()
    };
    let (part, whole) = (ends(ConcernShareScope::Submission), ends(ConcernShareScope::Record));
    let shares = open.iter().filter(|(of, ..)| *of == ConcernShareScope::Record);
    let is_for_support = rests_on_support(shares.map(|(_, kind, end)| (*kind, *end)));
    diesel::delete(concern_support_grants::table.find((trust, person, concern))).execute(conn)?;
    if is_for_support {
        diesel::insert_into(concern_support_grants::table)
            .values((
                concern_support_grants::trust_id.eq(trust),
                concern_support_grants::person_id.eq(person),
                concern_support_grants::concern_id.eq(concern),
            ))
            .execute(conn)?;
    }
    diesel::delete(concern_part_grants::table.find((trust, person, concern))).execute(conn)?;
    if !part.is_empty() {
        diesel::insert_into(concern_part_grants::table)
            .values((
                concern_part_grants::trust_id.eq(trust),
                concern_part_grants::person_id.eq(person),
                concern_part_grants::concern_id.eq(concern),
                concern_part_grants::ends_at.eq(longest(&part)),
            ))
            .execute(conn)?;
    }
    diesel::delete(concern_grants::table.find((trust, person, concern))).execute(conn)?;
    if whole.is_empty() {
        return Ok(());
    }
    let school: Id = concerns::table.find((trust, concern)).select(concerns::school_id).first(conn)?;
    diesel::insert_into(concern_grants::table)
        .values((
            concern_grants::trust_id.eq(trust),
            concern_grants::person_id.eq(person),
            concern_grants::concern_id.eq(concern),
            concern_grants::ends_at.eq(longest(&whole)),
            concern_grants::by_route.eq(by_route),
            concern_grants::school_id.eq(school),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether a grant that is made of these shares is the trust lead's, who gives support: where none of the others lasts as
/// long. While both last they are one grant, which is then no longer than the post.
fn rests_on_support(shares: impl Iterator<Item = (ConcernShareKind, Option<Timestamp>)>) -> bool {
    let (support, others): (Vec<_>, Vec<_>) =
        shares.partition(|(kind, _)| *kind == ConcernShareKind::Support);
    let ends = |shares: &[(ConcernShareKind, Option<Timestamp>)]| -> Vec<Option<Timestamp>> {
        shares.iter().map(|(_, end)| *end).collect()
    };
    let outlasts = |one: Option<Timestamp>, other: Option<Timestamp>| match (one, other) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(one), Some(other)) => one > other,
    };
    !support.is_empty() && (others.is_empty() || outlasts(longest(&ends(&support)), longest(&ends(&others))))
}

/// Whether what a person reads by these open shares is read to give support.
pub fn is_for_support(open: &[ShareRow]) -> bool {
    let whole = open.iter().filter(|share| share.scope == ConcernShareScope::Record);
    rests_on_support(whole.map(|share| (share.kind, share.ends_at)))
}

/// When the longest of several shares ends: never, where one of them has no end.
fn longest(ends: &[Option<Timestamp>]) -> Option<Timestamp> {
    if ends.contains(&None) { None } else { ends.iter().flatten().max().copied() }
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
