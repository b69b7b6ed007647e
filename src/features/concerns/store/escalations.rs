//! Escalations, and which of them are to be looked at again.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{ConcernState, EscalationLevel};
use super::ConcernRow;
use super::deadlines::whole;
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
#[derive(Clone, Copy, Debug, Default)]
pub struct EscalationsAsked {
    /// Of concerns of this school only.
    pub school: Option<Id>,
    /// Of this owner only.
    pub owner: Option<Id>,
    /// Whether they have ended.
    pub is_ended: bool,
    /// To be looked at again on this day or later.
    pub from: Option<Date>,
    /// To be looked at again on this day or earlier.
    pub to: Option<Date>,
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

/// Escalations of the concerns that the caller reads whole, by day. In a closed concern none is due.
pub fn escalations_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: EscalationsAsked,
) -> ApiResult<Vec<EscalationDue>> {
    let mut found: Vec<EscalationDue> = Vec::new();
    for way in whole(scope) {
        let mut query = concern_escalations::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_escalations::trust_id)
                    .and(concerns::id.eq(concern_escalations::concern_id))),
            )
            .filter(concern_escalations::trust_id.eq(scope.trust()))
            .filter(Joined(way))
            .filter(concern_escalations::superseded_at.is_null())
            .into_boxed();
        query = if asked.is_ended {
            query.filter(concern_escalations::ended_at.is_not_null())
        } else {
            query
                .filter(concern_escalations::ended_at.is_null())
                .filter(concerns::state.ne(ConcernState::Closed))
        };
        if let Some(school) = asked.school {
            query = query.filter(concerns::school_id.eq(school));
        }
        if let Some(owner) = asked.owner {
            query = query.filter(concern_escalations::owner_id.eq(owner));
        }
        if let Some(from) = asked.from {
            query = query.filter(concern_escalations::review_on.ge(from));
        }
        if let Some(to) = asked.to {
            query = query.filter(concern_escalations::review_on.le(to));
        }
        let some: Vec<EscalationDue> = query
            .order((concern_escalations::review_on, concern_escalations::id))
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
    Ok(found)
}
