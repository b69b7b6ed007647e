//! What a concern is judged by: the trust's settings, its schools, and who is linked to a pupil.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::prelude::*;

use crate::access::matrix::TrustLeadColumn;
use crate::clock::Date;
use crate::db::Conn;
use crate::db::schema::{
    concern_adults, concern_pupils, concerns, conflicts, notifications, schools, trust_settings,
};
use crate::error::ApiResult;
use crate::events::NotificationKind;
use crate::ids::Id;

/// Whether the trust keeps a restricted log.
pub fn has_restricted_log(conn: &mut Conn, trust: Id) -> ApiResult<bool> {
    Ok(trust_settings::table.find(trust).select(trust_settings::restricted_log).first(conn)?)
}

/// Whether the trust's lead works named cases.
pub fn lead_works_cases(conn: &mut Conn, trust: Id) -> ApiResult<bool> {
    let lead: TrustLeadColumn =
        trust_settings::table.find(trust).select(trust_settings::trust_lead_column).first(conn)?;
    Ok(lead == TrustLeadColumn::Casework)
}

/// Whether a school is the trust's today.
pub fn has_school(conn: &mut Conn, trust: Id, school: Id, today: Date) -> ApiResult<bool> {
    let known: Option<Id> = schools::table
        .find((trust, school))
        .filter(schools::left_on.is_null().or(schools::left_on.ge(today).assume_not_null()))
        .select(schools::id)
        .first(conn)
        .optional()?;
    Ok(known.is_some())
}

/// The trust's schools of today but one.
pub fn other_schools(conn: &mut Conn, trust: Id, but: Id, today: Date) -> ApiResult<Vec<Id>> {
    Ok(schools::table
        .filter(schools::trust_id.eq(trust))
        .filter(schools::id.ne(but))
        .filter(schools::left_on.is_null().or(schools::left_on.ge(today).assume_not_null()))
        .select(schools::id)
        .order(schools::id)
        .load(conn)?)
}

/// Which of these schools, or of all, have left the trust and have concerns.
pub fn left_schools(conn: &mut Conn, trust: Id, among: Option<&[Id]>, today: Date) -> ApiResult<Vec<Id>> {
    let with_concerns =
        concerns::table.filter(concerns::trust_id.eq(trust)).filter(concerns::school_id.eq(schools::id));
    let mut query = schools::table
        .filter(schools::trust_id.eq(trust))
        .filter(schools::left_on.lt(today))
        .filter(diesel::dsl::exists(with_concerns))
        .select(schools::id)
        .into_boxed();
    if let Some(among) = among {
        query = query.filter(schools::id.eq_any(among.to_vec()));
    }
    Ok(query.order(schools::id).load(conn)?)
}

/// Who is linked to each of several concerns: to a pupil of it, or named in it, by any of its accounts.
pub fn linked_people(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<BTreeMap<Id, BTreeSet<Id>>> {
    let by_pupil: Vec<(Id, Id)> = concern_pupils::table
        .inner_join(
            conflicts::table.on(conflicts::trust_id
                .eq(concern_pupils::trust_id)
                .and(conflicts::pupil_id.eq(concern_pupils::pupil_id))),
        )
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::concern_id.eq_any(concerns.to_vec()))
        .filter(conflicts::ended_at.is_null())
        .select((concern_pupils::concern_id, conflicts::person_id))
        .load(conn)?;
    let by_name: Vec<(Id, Id)> = concern_adults::table
        .filter(concern_adults::trust_id.eq(trust))
        .filter(concern_adults::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_adults::lifted_at.is_null())
        .select((concern_adults::concern_id, concern_adults::person_id))
        .load(conn)?;
    let mut linked: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for (concern, person) in by_pupil.into_iter().chain(by_name) {
        linked.entry(concern).or_default().insert(person);
    }
    Ok(linked)
}

/// The schools with a concern.
pub fn schools_with_concerns(conn: &mut Conn, trust: Id) -> ApiResult<Vec<Id>> {
    let with_concerns =
        concerns::table.filter(concerns::trust_id.eq(trust)).filter(concerns::school_id.eq(schools::id));
    Ok(schools::table
        .filter(schools::trust_id.eq(trust))
        .filter(diesel::dsl::exists(with_concerns))
        .order(schools::id)
        .select(schools::id)
        .load(conn)?)
}

/// Whether a school has a concern.
pub fn has_concerns(conn: &mut Conn, trust: Id, school: Id) -> ApiResult<bool> {
    let any = concerns::table.filter(concerns::trust_id.eq(trust)).filter(concerns::school_id.eq(school));
    Ok(diesel::select(diesel::dsl::exists(any)).get_result(conn)?)
}

/// Who has heard of several records: record, person.
pub fn told_of(conn: &mut Conn, trust: Id, records: &[Id]) -> ApiResult<BTreeSet<(Id, Id)>> {
    let told: Vec<(Id, Id)> = notifications::table
        .filter(notifications::trust_id.eq(trust))
        .filter(notifications::record_id.eq_any(records.to_vec()))
        .select((notifications::record_id, notifications::person_id))
        .load(conn)?;
    Ok(told.into_iter().collect())
}

/// Who has a notification of a kind about a record, and has not read it.
pub fn waiting_for(
    conn: &mut Conn,
    trust: Id,
    kind: NotificationKind,
    record: Id,
) -> ApiResult<BTreeSet<Id>> {
    let people: Vec<Id> = notifications::table
        .filter(notifications::trust_id.eq(trust))
        .filter(notifications::record_id.eq(record))
        .filter(notifications::kind.eq(kind))
        .filter(notifications::read_at.is_null())
        .select(notifications::person_id)
        .load(conn)?;
    Ok(people.into_iter().collect())
}
