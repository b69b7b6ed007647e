//! Referrals across concerns: for the deadlines, the tasks, and how often each agency was asked.

use std::collections::BTreeMap;

use crate::db::prelude::*;
use diesel::dsl::{count, count_star};

use super::super::dto::{ConcernState, ReferralStepKind};
use super::deadlines::whole;
use crate::access::Scope;
use crate::access::visible::Joined;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{concern_referral_steps, concern_referrals, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// What is a person's to see to: what they gave, and what is at the schools at which they are of the team.
#[derive(Clone, Debug)]
pub struct Theirs {
    /// The person.
    pub person: Id,
    /// The schools.
    pub team: Vec<Id>,
}

/// Which referrals are asked for.
#[derive(Clone, Debug, Default)]
pub struct ReferralsAsked {
    /// Of concerns of this school only.
    pub school: Option<Id>,
    /// To this agency only.
    pub agency: Option<Id>,
    /// Those that this person made, or that are at these schools.
    pub of: Option<Theirs>,
    /// Those that the agency has answered; or those to which nobody has answered, in open concerns.
    pub is_answered: Option<bool>,
    /// Made at this moment or later.
    pub from: Option<Timestamp>,
    /// Made before this moment.
    pub before: Option<Timestamp>,
    /// After this one, by moment and identifier.
    pub after: Option<(Timestamp, Id)>,
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
    /// Who made it.
    pub made_by: Id,
    /// When.
    pub made_at: Timestamp,
    /// When the agency answered first.
    pub answered_at: Option<Timestamp>,
}

/// How many referrals of an agency there are, and how many of them have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Referrals {
    /// In all.
    pub all: i64,
    /// Answered, and not withdrawn.
    pub answered: i64,
    /// Decided on.
    pub decided: i64,
    /// Withdrawn.
    pub withdrawn: i64,
}

/// What is asked for of referrals joined with their concerns, of one way to these.
macro_rules! asked {
    ($scope:expr, $way:expr, $asked:expr, $referrals:expr) => {{
        let mut query = $referrals
            .filter(concern_referrals::trust_id.eq($scope.trust()))
            .filter(Joined($way))
            .filter(concern_referrals::superseded_at.is_null())
            .into_boxed();
        query = match $asked.is_answered {
            None => query,
            Some(true) => query.filter(concern_referrals::answered_at.is_not_null()),
            Some(false) => query
                .filter(concern_referrals::answered_at.is_null())
                .filter(concern_referrals::withdrawn_at.is_null())
                .filter(concerns::state.ne(ConcernState::Closed)),
        };
        if let Some(school) = $asked.school {
            query = query.filter(concerns::school_id.eq(school));
        }
        if let Some(agency) = $asked.agency {
            query = query.filter(concern_referrals::agency_id.eq(agency));
        }
        if let Some(theirs) = &$asked.of {
            let at_school = concerns::school_id.eq_any(theirs.team.clone());
            query = query.filter(concern_referrals::made_by.eq(theirs.person).or(at_school));
        }
        if let Some(from) = $asked.from {
            query = query.filter(concern_referrals::made_at.ge(from));
        }
        if let Some(before) = $asked.before {
            query = query.filter(concern_referrals::made_at.lt(before));
        }
        query
    }};
}

/// Referrals with their concerns.
macro_rules! joined {
    () => {
        concern_referrals::table.inner_join(
            concerns::table.on(concerns::trust_id
                .eq(concern_referrals::trust_id)
                .and(concerns::id.eq(concern_referrals::concern_id))),
        )
    };
}

/// The referrals of the concerns whose referrals the caller reads, by moment and identifier. In a closed concern nobody is
/// waited for.
pub fn referred(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ReferralsAsked,
    rows: i64,
) -> ApiResult<Vec<Referred>> {
    let mut found: Vec<Referred> = Vec::new();
    for way in whole(scope) {
        let mut query = asked!(scope, way, asked, joined!());
        if let Some((at, id)) = asked.after {
            query = query
                .filter(concern_referrals::made_at.ge(at))
                .filter(concern_referrals::made_at.gt(at).or(concern_referrals::id.gt(id)));
        }
        let some: Vec<Referred> = query
            .order((concern_referrals::made_at, concern_referrals::id))
            .limit(rows)
            .select((
                concerns::id,
                concerns::school_id,
                concern_referrals::id,
                concern_referrals::made_by,
                concern_referrals::made_at,
                concern_referrals::answered_at,
            ))
            .load(conn)?;
        found.extend(some);
    }
    found.sort_by_key(|one| (one.made_at, one.id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// How many referrals there are.
pub fn count_referred(conn: &mut Conn, scope: &Scope, asked: &ReferralsAsked) -> ApiResult<i64> {
    whole(scope).into_iter().try_fold(0, |sum, way| {
        let some: i64 = asked!(scope, way, asked, joined!()).count().get_result(conn)?;
        Ok(sum + some)
    })
}

/// How many referrals there are of each agency that was asked at least once.
pub fn referrals_by_agency(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ReferralsAsked,
) -> ApiResult<BTreeMap<Id, Referrals>> {
    let mut found: BTreeMap<Id, Referrals> = BTreeMap::new();
    for is_withdrawn in [false, true] {
        for way in whole(scope) {
            let grouped = joined!().group_by(concern_referrals::agency_id).select((
                concern_referrals::agency_id,
                count_star(),
                count(concern_referrals::answered_at),
                count(concern_referrals::decided_at),
            ));
            let query = asked!(scope, way, asked, grouped);
            let counted: Vec<(Id, i64, i64, i64)> = if is_withdrawn {
                query.filter(concern_referrals::withdrawn_at.is_not_null()).load(conn)?
            } else {
                query.filter(concern_referrals::withdrawn_at.is_null()).load(conn)?
            };
            for (agency, all, answered, decided) in counted {
                let sum = found.entry(agency).or_default();
                sum.all += all;
                if is_withdrawn {
                    sum.withdrawn += all;
                } else {
                    sum.answered += answered;
                    sum.decided += decided;
                }
            }
        }
    }
    Ok(found)
}

/// By which decisions these agencies decided on referrals: agency, decision.
pub fn decisions_by_agency(
    conn: &mut Conn,
    scope: &Scope,
    asked: &ReferralsAsked,
    agencies: &[Id],
) -> ApiResult<Vec<(Id, Id)>> {
    let mut found: Vec<(Id, Id)> = Vec::new();
    for way in whole(scope) {
        let with_steps = joined!()
            .inner_join(
                concern_referral_steps::table.on(concern_referral_steps::trust_id
                    .eq(concern_referrals::trust_id)
                    .and(concern_referral_steps::referral_id.eq(concern_referrals::id))),
            )
            .filter(concern_referral_steps::kind.eq(ReferralStepKind::Decided))
            .filter(concern_referral_steps::superseded_at.is_null())
            .filter(concern_referral_steps::external_decision_id.is_not_null())
            .filter(concern_referrals::agency_id.eq_any(agencies.to_vec()))
            .select((
                concern_referrals::agency_id,
                concern_referral_steps::external_decision_id.assume_not_null(),
            ));
        let some: Vec<(Id, Id)> = asked!(scope, way, asked, with_steps).load(conn)?;
        found.extend(some);
    }
    Ok(found)
}
