//! Requests for the support of the trust's safeguarding lead.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use serde::{Deserialize, Serialize};

use super::super::dto::{ConcernShareKind, SupportFilter, SupportState};
use super::ConcernRow;
use crate::access::Scope;
use crate::access::visible::{self, Condition, Joined};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_shares, concern_support_requests, concerns};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A request as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_support_requests, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct SupportRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub state: SupportState,
    pub requested_by: Id,
    pub requested_at: Timestamp,
    pub wanted_until: Option<Timestamp>,
    pub answered_by: Option<Id>,
    pub answered_at: Option<Timestamp>,
    pub share_id: Option<Id>,
    pub ended_by: Option<Id>,
    pub ended_at: Option<Timestamp>,
    pub body: Sealed,
    pub version: i64,
}

/// The text of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SupportBody {
    pub help: Text<5000>,
    pub answer_reason: Option<Text<2000>>,
    pub end_reason: Option<Text<2000>>,
}

/// A concern's requests, by identifier.
pub fn support_requests(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<SupportRow>> {
    Ok(concern_support_requests::table
        .filter(concern_support_requests::trust_id.eq(concern.trust_id))
        .filter(concern_support_requests::concern_id.eq(concern.id))
        .order(concern_support_requests::id)
        .select(SupportRow::as_select())
        .load(conn)?)
}

/// One request of a concern.
pub fn support_request(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<SupportRow> {
    Ok(concern_support_requests::table
        .find((concern.trust_id, id))
        .filter(concern_support_requests::concern_id.eq(concern.id))
        .select(SupportRow::as_select())
        .first(conn)?)
}

/// Which requests are asked for.
#[derive(Clone, Debug, Default)]
pub struct SupportAsked {
    /// What the caller filters by.
    pub filter: SupportFilter,
    /// This one only.
    pub id: Option<Id>,
    /// Those after this one.
    pub after: Option<Id>,
}

/// The requests that are addressed to the caller: as the trust's lead those of all concerns within reach, as who stands in
/// for them those of the concerns in which they do; none of a case with which they have a conflict of interest.
pub fn addressed(
    conn: &mut Conn,
    scope: &Scope,
    asked: &SupportAsked,
    rows: i64,
) -> ApiResult<Vec<(SupportRow, ConcernRow)>> {
    let mut query = concern_support_requests::table
        .inner_join(
            concerns::table.on(concerns::trust_id
                .eq(concern_support_requests::trust_id)
                .and(concerns::id.eq(concern_support_requests::concern_id))),
        )
        .filter(concern_support_requests::trust_id.eq(scope.trust()))
        .filter(Joined(to_whom(scope)))
        .into_boxed();
    if let Some(id) = asked.id {
        query = query.filter(concern_support_requests::id.eq(id));
    }
    if let Some(after) = asked.after {
        query = query.filter(concern_support_requests::id.gt(after));
    }
    if let Some(school) = asked.filter.school_id {
        query = query.filter(concerns::school_id.eq(school));
    }
    let until = concern_support_requests::wanted_until;
    let is_over = until.is_not_null().and(until.assume_not_null().le(scope.now()));
    let open = [SupportState::Requested, SupportState::Accepted];
    query = match asked.filter.state {
        None => query,
        Some(state) if open.contains(&state) => {
            query.filter(concern_support_requests::state.eq(state)).filter(not(is_over))
        }
        Some(SupportState::Ended) => query.filter(
            concern_support_requests::state
                .eq(SupportState::Ended)
                .or(concern_support_requests::state.eq_any(open).and(is_over)),
        ),
        Some(state) => query.filter(concern_support_requests::state.eq(state)),
    };
    Ok(query
        .order(concern_support_requests::id)
        .limit(rows)
        .select((SupportRow::as_select(), ConcernRow::as_select()))
        .load(conn)?)
}

fn to_whom(scope: &Scope) -> Condition {
    let Some(person) = scope.person() else { return Box::new(concerns::id.ne(concerns::id)) };
    let free: Condition = Box::new(not(visible::linked(scope.trust(), person)));
    let extent = scope.extent();
    if extent.trust {
        return free;
    }
    let stands_in = exists(
        concern_shares::table
            .filter(concern_shares::trust_id.eq(scope.trust()))
            .filter(concern_shares::concern_id.eq(concerns::id))
            .filter(concern_shares::person_id.eq(person))
            .filter(concern_shares::kind.eq(ConcernShareKind::TrustLeadDeputy))
            .filter(concern_shares::ended_at.is_null()),
    );
    // A key that is narrowed to schools narrows the trust's lead to them.
    let at_schools = concerns::school_id.eq_any(extent.schools.clone());
    let within_key = concerns::school_id.eq_any(scope.key_schools().unwrap_or_default().to_vec());
    match scope.key_schools() {
        None => Box::new(free.and(stands_in.or(at_schools))),
        Some(_) => Box::new(free.and(stands_in.or(at_schools)).and(within_key)),
    }
}

/// Stores a request.
pub fn insert_support(conn: &mut Conn, row: &SupportRow) -> ApiResult<()> {
    diesel::insert_into(concern_support_requests::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores what became of a request, where nobody has answered or ended it since.
pub fn update_support(conn: &mut Conn, row: &SupportRow) -> ApiResult<()> {
    let stored = diesel::update(concern_support_requests::table.find((row.trust_id, row.id)))
        .filter(concern_support_requests::version.eq(row.version - 1))
        .set((
            concern_support_requests::state.eq(row.state),
            concern_support_requests::answered_by.eq(row.answered_by),
            concern_support_requests::answered_at.eq(row.answered_at),
            concern_support_requests::share_id.eq(row.share_id),
            concern_support_requests::ended_by.eq(row.ended_by),
            concern_support_requests::ended_at.eq(row.ended_at),
            concern_support_requests::body.eq(&row.body),
            concern_support_requests::version.eq(row.version),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
