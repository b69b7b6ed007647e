//! How often each agency was asked, and what came of it: counted over the referrals that the caller reads.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::dto::{AgencyUsageFilter, AgencyUsageView, OutcomeCount, ReferralStepKind};
use super::super::super::store::{self, ReferralsAsked, Referred};
use crate::access::Scope;
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::pupils::{self, DecisionOutcome};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A page of agencies that were asked at least once, by identifier.
pub fn agency_usage(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AgencyUsageFilter,
    paging: &Paging,
) -> ApiResult<Page<AgencyUsageView>> {
    let asked = ReferralsAsked {
        school: filter.school_id,
        agency: filter.agency_id,
        is_unanswered: false,
        from: filter.from.map(Date::begins_at),
        before: filter.to.map(|day| day.plus_days(1).begins_at()),
    };
    let mut by_agency: BTreeMap<Id, Vec<Referred>> = BTreeMap::new();
    for one in store::referred(conn, scope, asked)? {
        by_agency.entry(one.agency_id).or_default().push(one);
    }
    let count = paging.wants_count().then(|| i64::try_from(by_agency.len()).unwrap_or(i64::MAX));
    let after = paging.after_id()?;
    let rest = by_agency.into_iter().filter(|(agency, _)| after.is_none_or(|after| *agency > after));
    let page: Vec<(Id, Vec<Referred>)> = rest.take(paging.limit() + 1).collect();
    let outcomes = outcomes(conn, scope, page.iter().flat_map(|(_, referrals)| referrals))?;
    let view = |(agency, referrals): (Id, Vec<Referred>)| view(agency, &referrals, &outcomes);
    Ok(paging.page(page, |(agency, _)| Cursor::id(*agency), view).with_count(count))
}

/// What was decided by each referral.
fn outcomes<'a>(
    conn: &mut Conn,
    scope: &Scope,
    referrals: impl Iterator<Item = &'a Referred>,
) -> ApiResult<BTreeMap<Id, Vec<DecisionOutcome>>> {
    let ids: Vec<Id> = referrals.map(|one| one.id).collect();
    let mut named: Vec<(Id, Id, Id)> = Vec::new();
    for some in ids.chunks(500) {
        let steps = store::referral_steps(conn, scope.trust(), some)?;
        let decided = steps
            .into_iter()
            .filter(|step| step.kind == ReferralStepKind::Decided && step.superseded_at.is_none());
        named.extend(
            decided.filter_map(|step| Some((step.referral_id, step.pupil_id?, step.external_decision_id?))),
        );
    }
    let about: BTreeSet<Id> = named.iter().map(|(_, pupil, _)| *pupil).collect();
    let known = pupils::standing_outcomes(conn, scope, &about.into_iter().collect::<Vec<_>>())?;
    let mut outcomes: BTreeMap<Id, Vec<DecisionOutcome>> = BTreeMap::new();
    for (referral, _, decision) in named {
        outcomes.entry(referral).or_default().extend(known.get(&decision));
    }
    Ok(outcomes)
}

fn view(
    agency_id: Id,
    referrals: &[Referred],
    outcomes: &BTreeMap<Id, Vec<DecisionOutcome>>,
) -> AgencyUsageView {
    let count = |is: fn(&Referred) -> bool| number(referrals.iter().filter(|one| is(one)).count());
    let mut by_outcome: BTreeMap<DecisionOutcome, usize> = BTreeMap::new();
    for outcome in referrals.iter().filter_map(|one| outcomes.get(&one.id)).flatten() {
        *by_outcome.entry(*outcome).or_default() += 1;
    }
    AgencyUsageView {
        agency_id,
        referrals: number(referrals.len()),
        unanswered: count(|one| one.answered_at().is_none() && one.withdrawn_at.is_none()),
        acknowledged: count(|one| {
            one.acknowledged_at.is_some() && one.decided_at.is_none() && one.withdrawn_at.is_none()
        }),
        decided: count(|one| one.decided_at.is_some()),
        withdrawn: count(|one| one.withdrawn_at.is_some()),
        outcomes: by_outcome
            .into_iter()
            .map(|(outcome, count)| OutcomeCount { outcome, count: number(count) })
            .collect(),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
