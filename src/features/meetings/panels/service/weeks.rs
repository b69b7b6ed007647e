//! In which school weeks no panel was held.

use super::super::dto::{MissedWeekView, WeeksFilter};
use super::super::{rules, store};
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::{calendar, schools};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// The longest span that is looked at, in days: two academic years and a little.
const MOST_DAYS: i64 = 800;

/// A page of missed weeks, the oldest week first.
pub fn missed_weeks(
    conn: &mut Conn,
    scope: &Scope,
    filter: &WeeksFilter,
    paging: &Paging,
) -> ApiResult<Page<MissedWeekView>> {
    let today = scope.today();
    let from = filter.from.unwrap_or_else(|| first_of_year(today));
    let to = filter.to.unwrap_or(today);
    if to > from.plus_days(MOST_DAYS) {
        return Err(ApiError::rule("?to", "range", format!("must be at most {MOST_DAYS} days after from")));
    }
    let schools = schools_in_reach(conn, scope, filter.school_id)?;
    let ids: Vec<Id> = schools.iter().map(|(id, _)| *id).collect();
    let held = store::held_weeks(conn, scope.trust(), &ids, rules::monday(from), to)?;
    let mut missed = Vec::new();
    for (school, joined) in schools {
        let calendar = calendar::calendar(conn, scope.trust(), Some(school), from, to)?;
        let from = joined.map_or(from, |joined| joined.max(from));
        let weeks = rules::school_weeks(&calendar, from, to, today).into_iter();
        missed.extend(
            weeks
                .filter(|week| !held.contains(&(school, *week)))
                .map(|week| MissedWeekView { school_id: school, week_starts_on: week }),
        );
    }
    missed.sort_by_key(place);
    let count = i64::try_from(missed.len()).unwrap_or(i64::MAX);
    let after = paging.after_text()?;
    let rows = missed.into_iter().filter(|one| after.as_ref().is_none_or(|after| place(one) > *after));
    let rows = rows.take(paging.limit() + 1).collect();
    let key = |one: &MissedWeekView| Cursor::text(&one.week_starts_on.to_string(), one.school_id);
    Ok(paging.page(rows, key, |one| one).with_count(paging.wants_count().then_some(count)))
}

/// The panels that were held in these weeks, for the deadlines: school, week, when. It does not ask how far a caller
/// reaches.
pub fn held(
    conn: &mut Conn,
    trust: Id,
    schools: &[Id],
    from: Date,
    to: Date,
) -> ApiResult<Vec<(Id, Date, Timestamp)>> {
    store::held(conn, trust, schools, from, to)
}

fn place(one: &MissedWeekView) -> (String, Id) {
    (one.week_starts_on.to_string(), one.school_id)
}

/// 1 September of the academic year of a day.
fn first_of_year(day: Date) -> Date {
    Date::ymd(day.academic_year(), 9, 1).unwrap_or(day)
}

/// The schools that are looked at, with the day on which they joined.
fn schools_in_reach(conn: &mut Conn, scope: &Scope, asked: Option<Id>) -> ApiResult<Vec<(Id, Option<Date>)>> {
    let wanted = |school: Id| scope.extent().covers(school) && asked.is_none_or(|asked| asked == school);
    let stays = |left: Option<Date>| left.is_none_or(|left| left >= scope.today());
    Ok(schools::schools(conn, scope.trust())?
        .into_iter()
        .filter(|school| wanted(school.id) && stays(school.left_on))
        .map(|school| (school.id, school.joined_on))
        .collect())
}
