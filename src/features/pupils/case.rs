//! What is written about a pupil outside any concern: who may look at it, and the key under which its text stands.
//!
//! Whoever has a conflict of interest with the pupil finds nothing. A school that has the pupil, or is about to, knows
//! all of it; one that the pupil has left keeps what was recorded there. Somebody who works on a concern about the pupil
//! by name knows what that concern's school knows, and so does whoever broke the glass for the pupil at a school; whom the
//! service left alone with one records for that school.

use std::collections::BTreeSet;

use crate::db::prelude::*;
use diesel::sql_types::Binary;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{chronology, conflicts, enrolments, store, writing};
use crate::access::{Action, Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::{Place, RecordKey, Sealed, Vault};
use crate::db::Conn;
use crate::db::schema::pupil_cases;
use crate::db::types::Uid;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::{break_glass, concerns};
use crate::ids::Id;

/// How much of a pupil's case a caller knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Whole,
    /// What these schools recorded.
    Of(Vec<Id>),
}

/// A pupil's case, as far as a caller knows it.
#[derive(Clone, Debug)]
pub struct Window {
    /// The trust.
    pub trust: Id,
    /// The pupil.
    pub pupil: Id,
    /// How much is known.
    pub sight: Sight,
}

impl Window {
    /// The schools whose records are shown; none where all are.
    pub fn schools(&self) -> Option<&[Id]> {
        match &self.sight {
            Sight::Whole => None,
            Sight::Of(schools) => Some(schools),
        }
    }
}

/// What a caller knows of a pupil's case; 404 where that is nothing.
pub fn window(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Window> {
    refuse_conflicted(conn, scope, pupil)?;
    let seen = |sight| Window { trust: scope.trust(), pupil, sight };
    if scope.school_limit().is_none() {
        store::get(conn, scope, pupil)?;
        return Ok(seen(Sight::Whole));
    }
    let known = enrolments::of_pupils(conn, scope, &[pupil])?;
    if known.iter().any(|known| is_open(known.ends_on, scope.today())) {
        return Ok(seen(Sight::Whole));
    }
    let mut schools: BTreeSet<Id> = known.iter().map(|known| known.school_id).collect();
    let mut let_in = break_glass::schools_opened(conn, scope, pupil)?;
    if let Some(reading) = by_name(scope) {
        let_in.extend(concerns::schools_by_name(conn, &reading, pupil)?);
    }
    if !let_in.is_empty() {
        let present = enrolments::schools_of(conn, scope.trust(), pupil, scope.today())?;
        if let_in.iter().any(|school| present.contains(school)) {
            return Ok(seen(Sight::Whole));
        }
        schools.extend(let_in);
    }
    if schools.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok(seen(Sight::Of(schools.into_iter().collect())))
}

/// What a caller knew of a pupil whom another school of the trust has, or had after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// What these schools recorded,
    pub schools: Vec<Id>,
    /// up to this moment: the end of their last day with the pupil.
    pub until: Timestamp,
}

/// How far a caller knows a pupil whom schools within reach had, and one beyond it has or had after them (decision 0012);
/// none where the caller knows the pupil of today, or not by an enrolment.
pub fn former(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Option<Former>> {
    if scope.school_limit().is_none_or(<[Id]>::is_empty) {
        return Ok(None);
    }
    let known = enrolments::of_pupils(conn, scope, &[pupil])?;
    let ends: Option<Vec<Date>> =
        known.iter().map(|known| known.ends_on.filter(|end| *end < scope.today())).collect();
    let Some(last) = ends.and_then(|ends| ends.into_iter().max()) else { return Ok(None) };
    if !enrolments::has_moved_on(conn, scope, pupil)? {
        return Ok(None);
    }
    let next_day = last.plus_days(1).begins_at();
    Ok(Some(Former {
        schools: known.iter().map(|known| known.school_id).collect(),
        until: Timestamp::from_micros(next_day.micros() - 1),
    }))
}

/// A pupil about whom somebody may record something, or have recorded it: 404 where none within reach knows them, or where
/// they have a conflict of interest.
pub fn known(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    refuse_conflicted(conn, scope, pupil)?;
    match store::get(conn, scope, pupil) {
        Err(error) if error.code == Code::NotFound && !left_alone(conn, scope, pupil)?.is_empty() => Ok(()),
        found => found.map(drop),
    }
}

/// The scope of the concerns by which a caller knows a pupil's case: those to which they were let in by name or, where
/// the right reaches no further, by the service.
fn by_name(scope: &Scope) -> Option<Scope> {
    let reading = scope.under(Action::ConcernRead).ok()?;
    let by_share = scope.extent().by_share();
    (by_share || scope.extent().by_route()).then(|| if by_share { reading } else { reading.only_by_route() })
}

/// The schools of the concerns about a pupil with which the service left the caller alone: whoever refers the child there
/// records what the agency decides too.
fn left_alone(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<Id>> {
    match scope.under(Action::ConcernRead) {
        Ok(reading) if scope.action() == Action::StatusRecord => {
            concerns::schools_by_name(conn, &reading.only_by_route(), pupil)
        }
        _ => Ok(Vec::new()),
    }
}

/// The school for which somebody records something about a pupil: 404 as [`known`]; 409 where another school of the trust
/// had the child after it.
pub fn recording_school(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Id> {
    known(conn, scope, pupil)?;
    let known = enrolments::of_pupils(conn, scope, &[pupil])?;
    if known.is_empty() {
        let schools = enrolments::schools_now_or_last(conn, scope.trust(), pupil, scope.today())?;
        let theirs = left_alone(conn, scope, pupil)?;
        return theirs.into_iter().find(|school| schools.contains(school)).ok_or_else(writing::moved_on);
    }
    writing::refuse_moved_on(conn, scope, pupil)?;
    known
        .iter()
        .max_by_key(|known| (is_open(known.ends_on, scope.today()), known.starts_on))
        .map(|known| known.school_id)
        .ok_or_else(ApiError::not_found)
}

fn refuse_conflicted(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let Some(person) = scope.person() else { return Ok(()) };
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Err(ApiError::not_found());
    }
    Ok(())
}

fn is_open(ends_on: Option<Date>, today: Date) -> bool {
    ends_on.is_none_or(|end| end >= today)
}

/// The key of a pupil's case.
pub struct PupilKey {
    trust: Id,
    key: RecordKey,
}

impl PupilKey {
    /// Opens it; none where nothing has been written yet.
    pub fn open(vault: &Vault, conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Option<Self>> {
        let wrapped: Option<Sealed> =
            pupil_cases::table.find((trust, pupil)).select(pupil_cases::data_key).first(conn).optional()?;
        let Some(wrapped) = wrapped else { return Ok(None) };
        let key = vault.record_key(conn, trust, pupil, &wrapped)?;
        Ok(Some(Self { trust, key }))
    }

    /// Opens it for writing: the first who writes makes it. The pupil's row stays locked until the transaction ends, so
    /// that two who begin at once use one key, and what is checked holds until it is stored.
    pub fn lock(tx: &mut Tx<'_>, pupil: Id) -> ApiResult<Self> {
        let trust = tx.trust();
        store::lock(tx.conn, trust, pupil)?;
        if let Some(known) = Self::open(tx.vault, tx.conn, trust, pupil)? {
            return Ok(known);
        }
        let (key, wrapped) = tx.vault.create_record_key(tx.conn, trust, pupil)?;
        diesel::insert_into(pupil_cases::table)
            .values((
                pupil_cases::trust_id.eq(trust),
                pupil_cases::pupil_id.eq(pupil),
                pupil_cases::data_key.eq(wrapped),
                pupil_cases::created_at.eq(tx.now()),
            ))
            .execute(tx.conn)?;
        Ok(Self { trust, key })
    }

    /// Seals the `body` of a row.
    pub fn seal<T: Serialize>(&self, table: &'static str, row: Id, body: &T) -> ApiResult<Sealed> {
        self.key.seal_json(Place::new(self.trust, table, "body", row), body)
    }

    /// Opens the `body` of a row.
    pub fn unseal<T: DeserializeOwned>(&self, table: &'static str, row: Id, sealed: &Sealed) -> ApiResult<T> {
        self.key.open_json(Place::new(self.trust, table, "body", row), sealed)
    }
}

/// The tables whose text stands under a pupil's key.
const UNDER_THE_KEY: [&str; 14] = [
    "agency_meetings",
    "ap_checks",
    "ap_placements",
    "break_glass",
    "chronology_marks",
    "complex_pupil_reviews",
    "complex_pupils",
    "external_decisions",
    "family_members",
    "fgm_reports",
    "pupil_records",
    "pupil_statuses",
    "risk_actions",
    "risk_assessments",
];

/// The sealed text of a row.
#[derive(QueryableByName)]
struct SealedRow {
    #[diesel(sql_type = Uid)]
    id: Id,
    #[diesel(sql_type = Binary)]
    body: Sealed,
}

/// Gives everything that is written about one pupil to another, under that one's key; the first one's key goes.
pub fn hand_over(tx: &mut Tx<'_>, from: Id, to: Id) -> ApiResult<()> {
    let trust = tx.trust();
    let Some(old) = PupilKey::open(tx.vault, tx.conn, trust, from)? else { return Ok(()) };
    let new = PupilKey::lock(tx, to)?;
    let now = tx.now();
    chronology::line_up_marks(tx.conn, trust, (from, to), now)?;
    for table in UNDER_THE_KEY {
        let select = format!("SELECT id, body FROM {table} WHERE trust_id = $1 AND pupil_id = $2");
        let rows: Vec<SealedRow> =
            diesel::sql_query(select).bind::<Uid, _>(trust).bind::<Uid, _>(from).load(tx.conn)?;
        for row in rows {
            let place = Place::new(trust, table, "body", row.id);
            let body = new.key.seal(place, &old.key.open(place, &row.body)?)?;
            // No two sealed texts are the same, so the old one says which version of the row is meant.
            let update = format!(
                "UPDATE {table} SET pupil_id = $1, body = $2 WHERE trust_id = $3 AND id = $4 AND body = $5"
            );
            diesel::sql_query(update)
                .bind::<Uid, _>(to)
                .bind::<Binary, _>(body)
                .bind::<Uid, _>(trust)
                .bind::<Uid, _>(row.id)
                .bind::<Binary, _>(row.body)
                .execute(tx.conn)?;
        }
    }
    diesel::delete(pupil_cases::table.find((trust, from))).execute(tx.conn)?;
    Ok(())
}

/// The bytes to which an audit entry commits.
pub fn committed<T: Serialize>(content: &T) -> ApiResult<Vec<u8>> {
    serde_json::to_vec(content).map_err(|error| ApiError::internal(error.to_string()))
}

/// Refuses a day on which nothing can have happened yet, or so long ago that it is a slip.
pub fn check_day(today: Date, pointer: &'static str, day: Date) -> ApiResult<()> {
    let is_early = Date::ymd(1990, 1, 1).is_some_and(|first| day < first);
    if day > today || is_early {
        return Err(ApiError::rule(pointer, "range", "must not be in the future or before 1990"));
    }
    Ok(())
}
