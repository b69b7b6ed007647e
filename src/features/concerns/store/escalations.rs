//! Escalations, and which of them are to be looked at again.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{ConcernState, EscalationLevel};
use super::deadlines::whole;
use super::{ConcernRow, Theirs};
use crate::access::Scope;
use crate::access::visible::Joined;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_escalations, concerns};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::in_versions;
use crate::text::Text;

/// A version of an escalation as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_escalations, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct EscalationRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub level: EscalationLevel,
    pub owner_id: Id,
    pub raised_at: Timestamp,
    pub review_on: Date,
    pub ended_at: Option<Timestamp>,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of an escalation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EscalationBody {
    pub reason: Text<5000>,
    /// What the newest review found.
    pub found: Option<Text<5000>>,
    pub outcome: Option<Text<5000>>,
    pub correction_reason: Option<Text<2000>>,
}

in_versions!(EscalationRow, concern_escalations, EscalationBody, ConcernRow, concern_id);

/// Which escalations are asked for.
#[derive(Clone, Debug, Default)]
pub struct EscalationsAsked {
    /// Of concerns of this school only.
    pub school: Option<Id>,
    /// Of this owner only.
    pub owner: Option<Id>,
    /// Other people's, that this person recorded or that are at these schools.
    pub of_others: Option<Theirs>,
    /// Whether they have ended.
    pub is_ended: bool,
    /// To be looked at again on this day or later.
    pub from: Option<Date>,
    /// To be looked at again on this day or earlier.
    pub to: Option<Date>,
    /// After this one, by day and identifier.
    pub after: Option<(Date, Id)>,
}

/// An escalation that is, or was, to be looked at again.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct EscalationDue {
    /// The concern.
    pub concern_id: Id,
    /// Its school.
    pub school_id: Id,
    /// The escalation.
    pub id: Id,
    /// Who sees to it.
    pub owner_id: Id,
    /// By when it is looked at again.
    pub review_on: Date,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// The escalations of the concerns of one way. In a closed concern none is due.
macro_rules! asked {
    ($scope:expr, $way:expr, $asked:expr) => {{
        let mut query = concern_escalations::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_escalations::trust_id)
                    .and(concerns::id.eq(concern_escalations::concern_id))),
            )
            .filter(concern_escalations::trust_id.eq($scope.trust()))
            .filter(Joined($way))
            .filter(concern_escalations::superseded_at.is_null())
            .into_boxed();
        query = if $asked.is_ended {
            query.filter(concern_escalations::ended_at.is_not_null())
        } else {
            query
                .filter(concern_escalations::ended_at.is_null())
                .filter(concerns::state.ne(ConcernState::Closed))
        };
        if let Some(school) = $asked.school {
            query = query.filter(concerns::school_id.eq(school));
        }
        if let Some(owner) = $asked.owner {
            query = query.filter(concern_escalations::owner_id.eq(owner));
        }
        if let Some(theirs) = &$asked.of_others {
            let at_school = concerns::school_id.eq_any(theirs.team.clone());
            let recorded = concern_escalations::author_id
                .is_not_null()
                .and(concern_escalations::author_id.eq(theirs.person).assume_not_null());
            query =
                query.filter(concern_escalations::owner_id.ne(theirs.person)).filter(recorded.or(at_school));
        }
        if let Some(from) = $asked.from {
            query = query.filter(concern_escalations::review_on.ge(from));
        }
        if let Some(to) = $asked.to {
            query = query.filter(concern_escalations::review_on.le(to));
        }
        query
    }};
}

/// Escalations of the concerns that the caller reads whole, by day and identifier.
pub fn escalations_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &EscalationsAsked,
    rows: i64,
) -> ApiResult<Vec<EscalationDue>> {
    let mut found: Vec<EscalationDue> = Vec::new();
    for way in whole(scope) {
        let mut query = asked!(scope, way, asked);
        if let Some((day, id)) = asked.after {
            query = query
                .filter(concern_escalations::review_on.ge(day))
                .filter(concern_escalations::review_on.gt(day).or(concern_escalations::id.gt(id)));
        }
        let some: Vec<EscalationDue> = query
            .order((concern_escalations::review_on, concern_escalations::id))
            .limit(rows)
            .select((
                concerns::id,
                concerns::school_id,
                concern_escalations::id,
                concern_escalations::owner_id,
                concern_escalations::review_on,
                concern_escalations::ended_at,
            ))
            .load(conn)?;
        found.extend(some);
    }
    found.sort_by_key(|due| (due.review_on, due.id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// How many escalations there are.
pub fn count_escalations_due(conn: &mut Conn, scope: &Scope, asked: &EscalationsAsked) -> ApiResult<i64> {
    whole(scope).into_iter().try_fold(0, |sum, way| {
        let some: i64 = asked!(scope, way, asked).count().get_result(conn)?;
        Ok(sum + some)
    })
}
