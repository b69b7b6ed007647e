//! Records of pupils that went into other ones: whom accounts name since, and whom they named before.

use std::collections::BTreeSet;

use crate::db::prelude::*;

use super::super::dto::{PupilNamed, PupilRole};
use super::super::rules;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{concern_body_marks, concern_pupil_joins, concern_pupils};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::insert_rows;

/// What an account named before two records became one.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_pupil_joins, check_for_backend(crate::db::Backend))]
struct JoinRow {
    trust_id: Id,
    concern_id: Id,
    number: i32,
    joined_at: Timestamp,
    record_id: Id,
    role: PupilRole,
    became_id: Id,
}

/// Lets every account that names a pupil name another one, in the greater of the two parts where it names both, and every
/// mark on the one's body be on the other's; what an account named before is kept.
pub fn rename_pupil(conn: &mut Conn, trust: Id, (from, to): (Id, Id), at: Timestamp) -> ApiResult<()> {
    diesel::update(concern_body_marks::table)
        .filter(concern_body_marks::trust_id.eq(trust))
        .filter(concern_body_marks::pupil_id.eq(Some(from)))
        .set(concern_body_marks::pupil_id.eq(Some(to)))
        .execute(conn)?;
    let naming = |pupil: Id| {
        concern_pupils::table
            .filter(concern_pupils::trust_id.eq(trust))
            .filter(concern_pupils::pupil_id.eq(pupil))
            .order((concern_pupils::concern_id, concern_pupils::number))
            .select((concern_pupils::concern_id, concern_pupils::number, concern_pupils::role))
    };
    let theirs: Vec<(Id, i32, PupilRole)> = naming(to).load(conn)?;
    for (concern, number, role) in naming(from).load::<(Id, i32, PupilRole)>(conn)? {
        let other = theirs.iter().find(|own| (own.0, own.1) == (concern, number)).map(|own| own.2);
        let joined_at = next_moment(conn, (trust, concern, number), at)?;
        let before = |record_id, role| JoinRow {
            trust_id: trust,
            concern_id: concern,
            number,
            joined_at,
            record_id,
            role,
            became_id: to,
        };
        let rows: Vec<JoinRow> =
            std::iter::once(before(from, role)).chain(other.map(|role| before(to, role))).collect();
        insert_rows!(conn, concern_pupil_joins::table, &rows);
        diesel::delete(concern_pupils::table.find((trust, concern, number, from))).execute(conn)?;
        if other.is_some() {
            diesel::delete(concern_pupils::table.find((trust, concern, number, to))).execute(conn)?;
        }
        diesel::insert_into(concern_pupils::table)
            .values((
                concern_pupils::trust_id.eq(trust),
                concern_pupils::concern_id.eq(concern),
                concern_pupils::number.eq(number),
                concern_pupils::pupil_id.eq(to),
                concern_pupils::role.eq(other.map_or(role, |other| rules::greater_part(role, other))),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Each time that an account is renamed has a moment of its own, also within one change.
fn next_moment(
    conn: &mut Conn,
    (trust, concern, number): (Id, Id, i32),
    at: Timestamp,
) -> ApiResult<Timestamp> {
    let last: Option<Timestamp> = concern_pupil_joins::table
        .filter(concern_pupil_joins::trust_id.eq(trust))
        .filter(concern_pupil_joins::concern_id.eq(concern))
        .filter(concern_pupil_joins::number.eq(number))
        .order(concern_pupil_joins::joined_at.desc())
        .select(concern_pupil_joins::joined_at)
        .first(conn)
        .optional()?;
    let after = last.map(|last| Timestamp::from_micros(last.micros() + 1));
    Ok(after.map_or(at, |after| after.max(at)))
}

/// Whom an account that names these pupils today named at a moment.
pub fn before(
    conn: &mut Conn,
    (trust, concern, number): (Id, Id, i32),
    mut pupils: Vec<PupilNamed>,
    at: Timestamp,
) -> ApiResult<Vec<PupilNamed>> {
    let since: Vec<JoinRow> = concern_pupil_joins::table
        .filter(concern_pupil_joins::trust_id.eq(trust))
        .filter(concern_pupil_joins::concern_id.eq(concern))
        .filter(concern_pupil_joins::number.eq(number))
        .filter(concern_pupil_joins::joined_at.gt(at))
        .select(JoinRow::as_select())
        .load(conn)?;
    let moments: BTreeSet<Timestamp> = since.iter().map(|row| row.joined_at).collect();
    for moment in moments.into_iter().rev() {
        let undone = || since.iter().filter(|row| row.joined_at == moment);
        pupils.retain(|pupil| undone().all(|row| row.became_id != pupil.pupil_id));
        pupils.extend(undone().map(|row| PupilNamed { pupil_id: row.record_id, role: row.role }));
    }
    pupils.sort_by_key(|pupil| pupil.pupil_id);
    Ok(pupils)
}
