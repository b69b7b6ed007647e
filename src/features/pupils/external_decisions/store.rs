//! Every query on external decisions. A version is never changed; the moment at which the next one took its place is
//! the only thing that is written to it afterwards.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::case::Window;
use super::super::statuses::{Agency, DecisionOutcome, Ground, SupportLevel};
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::external_decisions;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A version of a decision as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = external_decisions, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct ExternalDecisionRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub pupil_id: Id,
    pub school_id: Id,
    pub agency: Agency,
    pub outcome: DecisionOutcome,
    pub level: Option<SupportLevel>,
    pub decided_on: Date,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExternalDecisionBody {
    pub decision_maker_name: Name<150>,
    pub decision_maker_role: Name<150>,
    pub reference: Option<Name<60>>,
    pub summary: Option<Text<5000>>,
    /// Why the version before was corrected or withdrawn; none in the first.
    pub reason: Option<Text<2000>>,
}

impl ExternalDecisionRow {
    /// What statuses rest on.
    pub const fn ground(&self) -> Ground {
        Ground { agency: self.agency, outcome: self.outcome, level: self.level, decided_on: self.decided_on }
    }

    /// Whether this version held at a moment.
    pub fn held(&self, at: Timestamp) -> bool {
        self.recorded_at <= at && self.superseded_at.is_none_or(|end| end > at)
    }
}

type Query<'a> = external_decisions::BoxedQuery<'a, Backend>;

/// The versions that held at a moment, as far as the window shows them.
fn visible<'a>(window: &Window, at: Timestamp) -> Query<'a> {
    let all = external_decisions::table
        .filter(external_decisions::trust_id.eq(window.trust))
        .filter(external_decisions::pupil_id.eq(window.pupil))
        .filter(external_decisions::recorded_at.le(at))
        .filter(
            external_decisions::superseded_at
                .is_null()
                .or(external_decisions::superseded_at.gt(at).assume_not_null()),
        )
        .into_boxed();
    match window.schools() {
        None => all,
        Some(schools) => all.filter(external_decisions::school_id.eq_any(schools.to_vec())),
    }
}

/// One decision as it held at a moment.
pub fn get(conn: &mut Conn, window: &Window, id: Id, at: Timestamp) -> ApiResult<ExternalDecisionRow> {
    visible(window, at)
        .filter(external_decisions::id.eq(id))
        .select(ExternalDecisionRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page by identifier.
pub fn list(
    conn: &mut Conn,
    window: &Window,
    at: Timestamp,
    paging: &Paging,
) -> ApiResult<Vec<ExternalDecisionRow>> {
    let mut query = visible(window, at);
    if let Some(after) = paging.after_id()? {
        query = query.filter(external_decisions::id.gt(after));
    }
    Ok(query
        .order(external_decisions::id)
        .limit(paging.rows())
        .select(ExternalDecisionRow::as_select())
        .load(conn)?)
}

/// How many the list has.
pub fn count(conn: &mut Conn, window: &Window, at: Timestamp) -> ApiResult<i64> {
    Ok(visible(window, at).count().get_result(conn)?)
}

/// Every version of the decisions about several pupils, whoever recorded them.
pub fn versions(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<ExternalDecisionRow>> {
    Ok(external_decisions::table
        .filter(external_decisions::trust_id.eq(trust))
        .filter(external_decisions::pupil_id.eq_any(pupils.to_vec()))
        .select(ExternalDecisionRow::as_select())
        .load(conn)?)
}

/// The decisions about several pupils as they were known at a moment, withdrawn ones too, whoever recorded them.
pub fn known(
    conn: &mut Conn,
    trust: Id,
    pupils: &[Id],
    at: Timestamp,
) -> ApiResult<Vec<ExternalDecisionRow>> {
    let mut rows = versions(conn, trust, pupils)?;
    rows.retain(|row| row.held(at));
    Ok(rows)
}

/// What was decided, and the school that recorded it, by decision: of those of these that stand.
pub fn outcomes(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<(Id, Id, DecisionOutcome)>> {
    Ok(external_decisions::table
        .filter(external_decisions::trust_id.eq(trust))
        .filter(external_decisions::id.eq_any(ids.to_vec()))
        .filter(external_decisions::superseded_at.is_null())
        .filter(external_decisions::withdrawn.eq(false))
        .select((external_decisions::id, external_decisions::school_id, external_decisions::outcome))
        .load(conn)?)
}

/// Those that stood at a moment: what statuses are judged by.
pub fn standing(
    conn: &mut Conn,
    trust: Id,
    pupils: &[Id],
    at: Timestamp,
) -> ApiResult<Vec<ExternalDecisionRow>> {
    let mut rows = known(conn, trust, pupils, at)?;
    rows.retain(|row| !row.withdrawn);
    Ok(rows)
}

/// Stores a new decision.
pub fn insert(conn: &mut Conn, row: &ExternalDecisionRow) -> ApiResult<()> {
    diesel::insert_into(external_decisions::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the next version of a decision, which takes the place of the one before.
pub fn replace(conn: &mut Conn, row: &ExternalDecisionRow) -> ApiResult<()> {
    let ended = diesel::update(external_decisions::table)
        .filter(external_decisions::trust_id.eq(row.trust_id))
        .filter(external_decisions::id.eq(row.id))
        .filter(external_decisions::number.eq(row.number - 1))
        .filter(external_decisions::superseded_at.is_null())
        .set(external_decisions::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    insert(conn, row)
}
