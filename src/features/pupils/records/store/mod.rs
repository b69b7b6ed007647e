//! Every query on what schools record about pupils beside concerns. A version is never changed; the moment at which the
//! next one took its place is the only thing that is written to it afterwards.

mod people;

use crate::db::prelude::*;

pub use people::{Candidate, candidates, name_person, people_in, people_of};

use super::RecordClass;
use super::shown::{Query, Way, open_to, visible, ways};
use super::sight::Sight;
use crate::access::Scope;
use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::schema::pupil_records;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// A version of a record as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pupil_records, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct RecordRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub class: RecordClass,
    pub pupil_id: Id,
    pub school_id: Id,
    /// The record to which an entry belongs.
    pub parent_id: Option<Id>,
    pub concern_id: Option<Id>,
    pub family_id: Option<Id>,
    /// Who is to see to it.
    pub owner_id: Option<Id>,
    /// Who recorded the first version.
    pub opened_by: Option<Id>,
    pub happened_on: Date,
    /// When the next step is due.
    pub due_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// Something of a pupil's records that is due, by identifiers alone.
#[derive(Clone, Copy, Debug)]
pub struct RecordDue {
    /// The record.
    pub id: Id,
    /// Its school.
    pub school_id: Id,
    /// Its pupil.
    pub pupil_id: Id,
    /// The family of which all is meant.
    pub family_id: Option<Id>,
    /// The concern in which it stands.
    pub concern_id: Option<Id>,
    /// Who is to see to it.
    pub owner_id: Option<Id>,
    /// By when.
    pub due_on: Option<Date>,
    /// Whether nobody at its school is left to see to it, and the caller is.
    pub is_routed: bool,
}

/// What is asked for of the records that a caller sees.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// One record.
    pub id: Option<Id>,
    /// Of these classes.
    pub classes: &'static [RecordClass],
    pub pupil: Option<Id>,
    pub school: Option<Id>,
    pub concern: Option<Id>,
    pub owner: Option<Id>,
    /// That happened on this day or later.
    pub from: Option<Date>,
    /// That happened on this day or earlier.
    pub to: Option<Date>,
    /// Whose next step is due on this day or later.
    pub due_from: Option<Date>,
    /// Whose next step is due on this day or earlier.
    pub due_to: Option<Date>,
    /// Without those that have ended.
    pub open_only: bool,
    /// As they were known at this moment.
    pub as_of: Option<Timestamp>,
}

fn asked_for<'a>(scope: &Scope, sight: &Sight, way: Way, asked: &Asked) -> Query<'a> {
    let mut query =
        visible(scope, sight, way, asked.as_of).filter(pupil_records::class.eq_any(asked.classes.to_vec()));
    if let Some(id) = asked.id {
        query = query.filter(pupil_records::id.eq(id));
    }
    if let Some(pupil) = asked.pupil {
        query = query.filter(pupil_records::pupil_id.eq(pupil));
    }
    if let Some(school) = asked.school {
        query = query.filter(pupil_records::school_id.eq(school));
    }
    if let Some(concern) = asked.concern {
        query = query.filter(pupil_records::concern_id.eq(Some(concern)));
    }
    if let Some(owner) = asked.owner {
        query = query.filter(pupil_records::owner_id.eq(Some(owner)));
    }
    if let Some(from) = asked.from {
        query = query.filter(pupil_records::happened_on.ge(from));
    }
    if let Some(to) = asked.to {
        query = query.filter(pupil_records::happened_on.le(to));
    }
    if let Some(from) = asked.due_from {
        query = query.filter(pupil_records::due_on.ge(Some(from)));
    }
    if let Some(to) = asked.due_to {
        query = query.filter(pupil_records::due_on.le(Some(to)));
    }
    if asked.open_only {
        query = query.filter(pupil_records::ended_on.is_null()).filter(pupil_records::withdrawn.eq(false));
    }
    query
}

fn loaded(conn: &mut Conn, query: Query<'_>, after: Option<Id>, rows: i64) -> ApiResult<Vec<RecordRow>> {
    let query = match after {
        Some(after) => query.filter(pupil_records::id.gt(after)),
        None => query,
    };
    Ok(query.order(pupil_records::id).limit(rows).select(RecordRow::as_select()).load(conn)?)
}

/// One record, and the way by which it is shown; by `way` alone where that is given.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    sight: &Sight,
    asked: &Asked,
    way: Option<Way>,
) -> ApiResult<(RecordRow, Way)> {
    for one in ways(scope, sight).into_iter().filter(|one| way.is_none_or(|way| way == *one)) {
        if let Some(row) = loaded(conn, asked_for(scope, sight, one, asked), None, 1)?.pop() {
            return Ok((row, one));
        }
    }
    Err(ApiError::not_found())
}

/// What the caller sees of these as they submitted it alone: no other way shows them.
fn own_alone(conn: &mut Conn, scope: &Scope, sight: &Sight, asked: &Asked) -> ApiResult<Vec<Id>> {
    if !ways(scope, sight).contains(&Way::Own) {
        return Ok(Vec::new());
    }
    let query = asked_for(scope, sight, Way::Own, asked);
    let mut own: Vec<Id> = query.select(pupil_records::id).load(conn)?;
    for way in ways(scope, sight).into_iter().filter(|way| *way != Way::Own) {
        if own.is_empty() {
            break;
        }
        let shown = visible(scope, sight, way, asked.as_of).filter(pupil_records::id.eq_any(own.clone()));
        let shown: Vec<Id> = shown.select(pupil_records::id).load(conn)?;
        own.retain(|id| !shown.contains(id));
    }
    Ok(own)
}

/// The records that are asked for, by identifier: each way is read by itself, and merged here.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    sight: &Sight,
    asked: &Asked,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<RecordRow>> {
    let own = own_alone(conn, scope, sight, asked)?;
    let mut found = Vec::new();
    for way in ways(scope, sight) {
        let query = asked_for(scope, sight, way, asked);
        found.extend(match way {
            Way::Own if own.is_empty() => Vec::new(),
            Way::Own => loaded(conn, query.filter(pupil_records::id.eq_any(own.clone())), after, rows)?,
            _ => loaded(conn, query, after, rows)?,
        });
    }
    found.sort_by_key(|row| row.id);
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// How many there are: no record comes by two ways.
pub fn count(conn: &mut Conn, scope: &Scope, sight: &Sight, asked: &Asked) -> ApiResult<i64> {
    let own = own_alone(conn, scope, sight, asked)?;
    let mut sum = i64::try_from(own.len()).unwrap_or(i64::MAX);
    for way in ways(scope, sight).into_iter().filter(|way| *way != Way::Own) {
        let some: i64 = asked_for(scope, sight, way, asked).count().get_result(conn)?;
        sum = sum.saturating_add(some);
    }
    Ok(sum)
}

/// What is due of them, what is due first before the rest; nothing of what the caller sees as they submitted it alone:
/// they would learn by it what came afterwards.
pub fn due(
    conn: &mut Conn,
    scope: &Scope,
    sight: &Sight,
    asked: &Asked,
    rows: i64,
) -> ApiResult<Vec<(RecordRow, Way)>> {
    let mut found = Vec::new();
    for way in ways(scope, sight).into_iter().filter(|way| *way != Way::Own) {
        let some: Vec<RecordRow> = asked_for(scope, sight, way, asked)
            .filter(pupil_records::due_on.is_not_null())
            .order((pupil_records::due_on, pupil_records::id))
            .limit(rows)
            .select(RecordRow::as_select())
            .load(conn)?;
        found.extend(some.into_iter().map(|row| (row, way)));
    }
    found.sort_by_key(|(row, _)| (row.due_on, row.id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// The first version of a record that the caller recorded.
pub fn first_version(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<RecordRow> {
    Ok(pupil_records::table
        .find((scope.trust(), id, 1))
        .filter(pupil_records::opened_by.eq(scope.person()))
        .select(RecordRow::as_select())
        .first(conn)?)
}

/// The pupil of a record, whoever asks: to find out how the caller knows them.
pub fn pupil_of(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Id> {
    Ok(pupil_records::table
        .filter(pupil_records::trust_id.eq(trust))
        .filter(pupil_records::id.eq(id))
        .filter(pupil_records::superseded_at.is_null())
        .select(pupil_records::pupil_id)
        .first(conn)?)
}

/// Which of the versions behind a record that was found in scope, or of its entries.
#[derive(Clone, Copy)]
pub struct Behind<'s> {
    pub scope: &'s Scope,
    pub sight: &'s Sight,
    /// The way by which the record was found.
    pub way: Way,
    /// All versions of this record; else the entries of `parent`.
    pub record: Option<Id>,
    pub parent: Option<Id>,
    /// Up to this moment.
    pub until: Timestamp,
}

/// The versions of a record, or the entries that belong to one; each up to a moment. A version that named a family or a
/// concern which is closed to the caller is not among them, whatever the one that holds names.
fn behind<'a>(which: Behind<'_>) -> Query<'a> {
    let all = pupil_records::table
        .filter(pupil_records::trust_id.eq(which.scope.trust()))
        .filter(pupil_records::recorded_at.le(which.until))
        .into_boxed();
    let all = open_to(all, which.scope, which.sight, which.way);
    match which.record {
        Some(record) => all.filter(pupil_records::id.eq(record)),
        None => all.filter(pupil_records::parent_id.eq(which.parent)).filter(
            pupil_records::superseded_at
                .is_null()
                .or(pupil_records::superseded_at.gt(which.until).assume_not_null()),
        ),
    }
}

/// Some of them: by identifier and number, after these.
pub fn list_behind(
    conn: &mut Conn,
    which: Behind<'_>,
    (id, number): (Option<Id>, i32),
    rows: i64,
) -> ApiResult<Vec<RecordRow>> {
    let mut query = behind(which).filter(pupil_records::number.gt(number));
    if let Some(after) = id {
        query = query.filter(pupil_records::id.gt(after));
    }
    Ok(query
        .order((pupil_records::id, pupil_records::number))
        .limit(rows)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// How many there are.
pub fn count_behind(conn: &mut Conn, which: Behind<'_>) -> ApiResult<i64> {
    Ok(behind(which).count().get_result(conn)?)
}

/// Stores a new record.
pub fn insert(conn: &mut Conn, row: &RecordRow) -> ApiResult<()> {
    diesel::insert_into(pupil_records::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores the next version of a record, which takes the place of the one before.
pub fn replace(conn: &mut Conn, row: &RecordRow) -> ApiResult<()> {
    let ended = diesel::update(pupil_records::table)
        .filter(pupil_records::trust_id.eq(row.trust_id))
        .filter(pupil_records::id.eq(row.id))
        .filter(pupil_records::number.eq(row.number - 1))
        .filter(pupil_records::superseded_at.is_null())
        .set(pupil_records::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    crate::db::violations::expect_one(ended)?;
    insert(conn, row)
}
