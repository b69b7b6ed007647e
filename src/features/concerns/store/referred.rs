//! Referrals across concerns: for the deadlines, the tasks, and how often each agency was asked.

use diesel::prelude::*;

use super::super::dto::ConcernState;
use super::deadlines::whole;
use crate::access::Scope;
use crate::access::visible::Joined;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{concern_referrals, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// Which referrals are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferralsAsked {
    /// Of concerns of this school only.
    pub school: Option<Id>,
    /// To this agency only.
    pub agency: Option<Id>,
    /// Only those to which nobody has answered, in open concerns.
    pub is_unanswered: bool,
    /// Made at this moment or later.
    pub from: Option<Timestamp>,
    /// Made before this moment.
    pub before: Option<Timestamp>,
}

/// A referral without its text.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Referred {
    /// The concern.
    pub concern_id: Id,
    /// Its school.
    pub school_id: Id,
    /// The referral.
    pub id: Id,
    /// The agency.
    pub agency_id: Id,
    /// Who made it.
    pub made_by: Id,
    /// When.
    pub made_at: Timestamp,
    /// When the agency said that it has it.
    pub acknowledged_at: Option<Timestamp>,
    /// When its decision about the last of the pupils was recorded.
    pub decided_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

impl Referred {
    /// When the agency answered: that it has it, or by deciding.
    pub fn answered_at(&self) -> Option<Timestamp> {
        self.acknowledged_at.into_iter().chain(self.decided_at).min()
    }
}

/// The referrals of the concerns whose referrals the caller reads, by moment. In a closed concern nobody is waited for.
pub fn referred(conn: &mut Conn, scope: &Scope, asked: ReferralsAsked) -> ApiResult<Vec<Referred>> {
    let mut found: Vec<Referred> = Vec::new();
    for way in whole(scope) {
        let mut query = concern_referrals::table
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_referrals::trust_id)
                    .and(concerns::id.eq(concern_referrals::concern_id))),
            )
            .filter(concern_referrals::trust_id.eq(scope.trust()))
            .filter(Joined(way))
            .filter(concern_referrals::superseded_at.is_null())
            .into_boxed();
        if asked.is_unanswered {
            query = query
                .filter(concern_referrals::acknowledged_at.is_null())
                .filter(concern_referrals::decided_at.is_null())
                .filter(concern_referrals::withdrawn_at.is_null())
                .filter(concerns::state.ne(ConcernState::Closed));
        }
        if let Some(school) = asked.school {
            query = query.filter(concerns::school_id.eq(school));
        }
        if let Some(agency) = asked.agency {
            query = query.filter(concern_referrals::agency_id.eq(agency));
        }
        if let Some(from) = asked.from {
            query = query.filter(concern_referrals::made_at.ge(from));
        }
        if let Some(before) = asked.before {
            query = query.filter(concern_referrals::made_at.lt(before));
        }
        let some: Vec<Referred> = query
            .order((concern_referrals::made_at, concern_referrals::id))
            .select((
                concerns::id,
                concerns::school_id,
                concern_referrals::id,
                concern_referrals::agency_id,
                concern_referrals::made_by,
                concern_referrals::made_at,
                concern_referrals::acknowledged_at,
                concern_referrals::decided_at,
                concern_referrals::withdrawn_at,
            ))
            .load(conn)?;
        found.extend(some);
    }
    found.sort_by_key(|one| (one.made_at, one.id));
    Ok(found)
}
