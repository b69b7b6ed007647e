//! How often each agency was asked, and what came of it: counted over the referrals that the caller reads.

use std::collections::BTreeMap;

use super::super::super::dto::{AgencyUsageFilter, AgencyUsageView, OutcomeCount};
use super::super::super::store::{self, Referrals, ReferralsAsked};
use crate::access::Scope;
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::pupils::{self, DecisionOutcome};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// How often each agency decided how.
type Outcomes = BTreeMap<Id, BTreeMap<DecisionOutcome, i64>>;

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
        from: filter.from.map(Date::begins_at),
        before: filter.to.map(|day| day.plus_days(1).begins_at()),
        ..ReferralsAsked::default()
    };
    let all = store::referrals_by_agency(conn, scope, &asked)?;
    let count = paging.wants_count().then(|| i64::try_from(all.len()).unwrap_or(i64::MAX));
    let after = paging.after_id()?;
    let rest = all.into_iter().filter(|(agency, _)| after.is_none_or(|after| *agency > after));
    let page: Vec<(Id, Referrals)> = rest.take(paging.limit() + 1).collect();
    let agencies: Vec<Id> = page.iter().map(|(agency, _)| *agency).collect();
    let mut outcomes = outcomes(conn, scope, &asked, &agencies)?;
    let view = |(agency, counted)| view(agency, counted, outcomes.remove(&agency).unwrap_or_default());
    Ok(paging.page(page, |(agency, _)| Cursor::id(*agency), view).with_count(count))
}

/// What these agencies decided on the referrals.
fn outcomes(conn: &mut Conn, scope: &Scope, asked: &ReferralsAsked, agencies: &[Id]) -> ApiResult<Outcomes> {
    let named = store::decisions_by_agency(conn, scope, asked, agencies)?;
    let ids: Vec<Id> = named.iter().map(|(_, decision)| *decision).collect();
    let known = pupils::standing_outcomes(conn, scope, &ids)?;
    let mut outcomes = Outcomes::new();
    for (agency, decision) in named {
        if let Some(outcome) = known.get(&decision) {
            *outcomes.entry(agency).or_default().entry(*outcome).or_default() += 1;
        }
    }
    Ok(outcomes)
}

fn view(agency_id: Id, counted: Referrals, outcomes: BTreeMap<DecisionOutcome, i64>) -> AgencyUsageView {
    let Referrals { all, answered, decided, withdrawn } = counted;
    AgencyUsageView {
        agency_id,
        referrals: number(all),
        unanswered: number(all - withdrawn - answered),
        acknowledged: number(answered - decided),
        decided: number(decided),
        withdrawn: number(withdrawn),
        outcomes: outcomes
            .into_iter()
            .map(|(outcome, count)| OutcomeCount { outcome, count: number(count) })
            .collect(),
    }
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
