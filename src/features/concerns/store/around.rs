//! What a concern refers to: settings, pupils, adults, guidance, who holds which role today, who is linked, and whom
//! to tell. Some of these belong to other slices and will be asked of their services.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::super::rules::{Holder, route_roles};
use crate::access::Role;
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{
    appointments, conflicts, enrolments, notifications, people, recording_guidance, schools, trust_settings,
};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::on_backend;

/// Whether the trust keeps a restricted log.
pub fn has_restricted_log(conn: &mut Conn, trust: Id) -> ApiResult<bool> {
    Ok(trust_settings::table.find(trust).select(trust_settings::restricted_log).first(conn)?)
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

/// Which of these pupils are, or were, on roll at a school.
pub fn enrolled(conn: &mut Conn, trust: Id, school: Id, pupils: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let known: Vec<Id> = enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::school_id.eq(school))
        .filter(enrolments::pupil_id.eq_any(pupils.to_vec()))
        .select(enrolments::pupil_id)
        .load(conn)?;
    Ok(known.into_iter().collect())
}

/// Which of these people the trust knows.
pub fn people_known(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let known: Vec<Id> = people::table
        .filter(people::trust_id.eq(trust))
        .filter(people::id.eq_any(ids.to_vec()))
        .select(people::id)
        .load(conn)?;
    Ok(known.into_iter().collect())
}

/// Whether a version of the recording guidance is the trust's.
pub fn has_guidance(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    let known: Option<Id> =
        recording_guidance::table.find((trust, id)).select(recording_guidance::id).first(conn).optional()?;
    Ok(known.is_some())
}

/// Who holds a role of the route today, at a school or in the trust.
pub fn holders(conn: &mut Conn, trust: Id, school: Id, today: Date) -> ApiResult<Vec<Holder>> {
    let rows: Vec<(Id, Role)> = appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(appointments::role.eq_any(route_roles()))
        .filter(appointments::school_id.is_null().or(appointments::school_id.eq(school).assume_not_null()))
        .filter(appointments::starts_on.le(today))
        .filter(appointments::ends_on.is_null().or(appointments::ends_on.ge(today).assume_not_null()))
        .select((appointments::person_id, appointments::role))
        .load(conn)?;
    Ok(rows.into_iter().map(|(person, role)| Holder { person, role }).collect())
}

/// Who is linked to any of these pupils.
pub fn linked_to_pupils(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let people: Vec<Id> = conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::pupil_id.eq_any(pupils.to_vec()))
        .filter(conflicts::ended_at.is_null())
        .select(conflicts::person_id)
        .load(conn)?;
    Ok(people.into_iter().collect())
}

#[derive(Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
struct NotificationRow {
    trust_id: Id,
    id: Id,
    person_id: Id,
    kind: &'static str,
    record_id: Id,
    at: Timestamp,
    read_at: Option<Timestamp>,
}

/// Tells people that there is something for them: a kind and an identifier, no name and no category (domain 8.3-11).
pub fn notify(
    conn: &mut Conn,
    trust: Id,
    people: &[Id],
    kind: &'static str,
    record: Id,
    at: Timestamp,
) -> ApiResult<()> {
    let rows: Vec<NotificationRow> = people
        .iter()
        .map(|person| NotificationRow {
            trust_id: trust,
            id: Id::new(at),
            person_id: *person,
            kind,
            record_id: record,
            at,
            read_at: None,
        })
        .collect();
    if !rows.is_empty() {
        on_backend!(conn, c => diesel::insert_into(notifications::table).values(&rows).execute(c))?;
    }
    Ok(())
}
