//! Every query on whom records name: the adults who took part in an intervention.

use crate::db::prelude::*;
use diesel::dsl::exists;

use super::super::RecordClass;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{conflicts, pupil_record_people, pupil_records};
use crate::error::ApiResult;
use crate::ids::Id;

/// The people who are named in a record, and have not been taken out of it.
pub fn people_in(conn: &mut Conn, trust: Id, record: Id) -> ApiResult<Vec<Id>> {
    Ok(pupil_record_people::table
        .filter(pupil_record_people::trust_id.eq(trust))
        .filter(pupil_record_people::record_id.eq(record))
        .filter(pupil_record_people::lifted_at.is_null())
        .select(pupil_record_people::person_id)
        .load(conn)?)
}

/// Says of a person whether they are named in a record.
pub fn name_person(
    conn: &mut Conn,
    trust: Id,
    (record, person): (Id, Id),
    lifted_at: Option<Timestamp>,
) -> ApiResult<()> {
    let known = diesel::update(pupil_record_people::table.find((trust, record, person)))
        .set(pupil_record_people::lifted_at.eq(lifted_at))
        .execute(conn)?;
    if known == 0 {
        diesel::insert_into(pupil_record_people::table)
            .values((
                pupil_record_people::trust_id.eq(trust),
                pupil_record_people::record_id.eq(record),
                pupil_record_people::person_id.eq(person),
                pupil_record_people::lifted_at.eq(lifted_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whom records name, of those that have not been taken out: record, person.
pub fn people_of(conn: &mut Conn, trust: Id, records: &[Id]) -> ApiResult<Vec<(Id, Id)>> {
    Ok(pupil_record_people::table
        .filter(pupil_record_people::trust_id.eq(trust))
        .filter(pupil_record_people::record_id.eq_any(records.to_vec()))
        .filter(pupil_record_people::lifted_at.is_null())
        .select((pupil_record_people::record_id, pupil_record_people::person_id))
        .load(conn)?)
}

/// A record that those who lead at its school may not see.
pub struct Candidate {
    pub id: Id,
    pub school: Id,
    pub pupil: Id,
    pub concern: Option<Id>,
}

/// The interventions in which any of these people took part or that are about a relative of theirs, those that stand in a
/// concern, and those of schools but these.
pub fn candidates(conn: &mut Conn, trust: Id, people: &[Id], schools: &[Id]) -> ApiResult<Vec<Candidate>> {
    let named = exists(
        pupil_record_people::table
            .filter(pupil_record_people::trust_id.eq(trust))
            .filter(pupil_record_people::record_id.eq(pupil_records::id))
            .filter(pupil_record_people::person_id.eq_any(people.to_vec()))
            .filter(pupil_record_people::lifted_at.is_null()),
    );
    let related = exists(
        conflicts::table
            .filter(conflicts::trust_id.eq(trust))
            .filter(conflicts::pupil_id.eq(pupil_records::pupil_id))
            .filter(conflicts::person_id.eq_any(people.to_vec()))
            .filter(conflicts::ended_at.is_null()),
    );
    let elsewhere = pupil_records::school_id.ne_all(schools.to_vec());
    let rows: Vec<(Id, Id, Id, Option<Id>)> = pupil_records::table
        .filter(pupil_records::trust_id.eq(trust))
        .filter(pupil_records::class.eq(RecordClass::Intervention))
        .filter(pupil_records::superseded_at.is_null())
        .filter(named.or(related).or(pupil_records::concern_id.is_not_null()).or(elsewhere))
        .select((
            pupil_records::id,
            pupil_records::school_id,
            pupil_records::pupil_id,
            pupil_records::concern_id,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, school, pupil, concern)| Candidate { id, school, pupil, concern })
        .collect())
}
