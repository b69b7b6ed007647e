//! Use cases of enrolments.

use super::super::rules::Period;
use super::super::upn::Upn;
use super::super::{matches, store as pupils, writing};
use super::dto::{EnrolmentCreate, EnrolmentPatch, EnrolmentView};
use super::store::{self, EnrolmentRow};
use crate::access::{Scope, Tx, Versioned};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::organisation::schools::school_exists_in;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Refuses a school that is not within reach, as if there were none.
pub fn check_school(conn: &mut Conn, scope: &Scope, school: Id, pointer: &str) -> ApiResult<()> {
    if scope.extent().covers(school) && school_exists_in(conn, scope.trust(), school)? {
        return Ok(());
    }
    Err(ApiError::rule(pointer, "unknown_reference", "no such school within your reach"))
}

/// The enrolments within reach of several pupils, oldest first.
pub fn of_pupils(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<EnrolmentView>> {
    Ok(store::of_pupils(conn, scope, ids)?.into_iter().map(EnrolmentView::from).collect())
}

/// One enrolment.
pub fn get(conn: &mut Conn, scope: &Scope, pupil: Id, id: Id) -> ApiResult<EnrolmentView> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    store::get(conn, scope, pupil, id).map(EnrolmentView::from)
}

/// A page of a pupil's enrolments.
pub fn list(conn: &mut Conn, scope: &Scope, pupil: Id, paging: &Paging) -> ApiResult<Page<EnrolmentView>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    pupils::get(conn, scope, pupil)?;
    let rows = store::list(conn, scope, pupil, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, pupil)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), EnrolmentView::from).with_count(count))
}

/// Makes an enrolment of a pupil within reach.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, input: EnrolmentCreate) -> ApiResult<EnrolmentView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    pupils::get(tx.conn, scope, pupil)?;
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, scope, pupil, id);
    }
    writing::check(tx.conn, scope, pupil)?;
    check_school(tx.conn, scope, input.school_id, "/school_id")?;
    let row = enrol(tx, scope, pupil, input)?;
    tx.created(row.id);
    Ok(row)
}

/// Puts a pupil on roll at a school that has been checked.
pub fn enrol(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, input: EnrolmentCreate) -> ApiResult<EnrolmentView> {
    writing::refuse_conflicted(tx.conn, scope, pupil)?;
    let row = new_row(tx, scope, pupil, input);
    refuse_overlap(tx, &row)?;
    store::insert_all(tx.conn, std::slice::from_ref(&row))?;
    tx.did("enrolment.created", "enrolment", row.id, Some(row.school_id))?;
    Ok(row.into())
}

/// Puts pupils on roll who have just been made, so that they are on no other.
pub fn enrol_new(tx: &mut Tx<'_>, scope: &Scope, inputs: Vec<(Id, EnrolmentCreate)>) -> ApiResult<()> {
    let rows: Vec<EnrolmentRow> =
        inputs.into_iter().map(|(pupil, input)| new_row(tx, scope, pupil, input)).collect();
    store::insert_all(tx.conn, &rows)?;
    for row in &rows {
        tx.did("enrolment.created", "enrolment", row.id, Some(row.school_id))?;
    }
    Ok(())
}

/// What is new about a pupil's time at a school.
#[derive(Clone, Debug)]
pub enum Amendment {
    /// An enrolment, of a child who was named by this number.
    New(EnrolmentCreate, Option<Upn>),
    /// Changes to one, of which this version was seen.
    Change(Id, i64, EnrolmentPatch),
}

/// Brings what is new about a pupil's time at a school that has been checked.
pub fn amend(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, amendment: Amendment) -> ApiResult<()> {
    match amendment {
        Amendment::New(input, upn) => {
            writing::check_return(tx.conn, scope, pupil, upn.as_ref())?;
            enrol(tx, scope, pupil, input).map(drop)
        }
        Amendment::Change(id, version, patch) => {
            change(tx, scope, (pupil, id), &IfMatch::Versions(vec![version]), patch).map(drop)
        }
    }
}

fn new_row(tx: &Tx<'_>, scope: &Scope, pupil: Id, input: EnrolmentCreate) -> EnrolmentRow {
    EnrolmentRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        pupil_id: pupil,
        school_id: input.school_id,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        year_group: input.year_group,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        record_id: None,
        joined_on: Date::FIRST,
    }
}

/// Changes an enrolment.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    patch: EnrolmentPatch,
) -> ApiResult<EnrolmentView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    pupils::get(tx.conn, scope, pupil)?;
    store::get(tx.conn, scope, pupil, id)?;
    matches::hold(tx.conn, scope.trust(), pupil)?;
    let old = store::get(tx.conn, scope, pupil, id)?;
    if_match.check(old.version)?;
    writing::check(tx.conn, scope, pupil)?;
    let before = old.clone();
    let row = EnrolmentRow {
        starts_on: patch.starts_on.unwrap_or(old.starts_on),
        ends_on: patch.ends_on.apply(old.ends_on),
        year_group: patch.year_group.apply(old.year_group),
        ..old
    };
    if !row.period().is_ordered() {
        return Err(ApiError::rule("/ends_on", "range", "must not be before starts_on"));
    }
    refuse_overlap(tx, &row)?;
    let Some(row) = tx.renew(&before, row) else {
        tx.showed("enrolment", id, Some(before.school_id))?;
        return Ok(before.into());
    };
    store::update(tx.conn, &row)?;
    tx.did("enrolment.changed", "enrolment", id, Some(row.school_id))?;
    matches::settle_after_leaving(tx, scope, pupil)?;
    Ok(row.into())
}

/// The school whose file of a pupil is meant, whoever asks: this one where the pupil was ever on roll there, else the one
/// that has the pupil, is about to, or had the pupil last. For a rule of the service.
pub fn school_of_file(
    conn: &mut Conn,
    trust: Id,
    pupil: Id,
    school: Option<Id>,
    today: Date,
) -> ApiResult<Option<Id>> {
    let rows = store::all_of(conn, trust, pupil)?;
    let meant = rows.iter().filter(|row| school.is_none_or(|school| school == row.school_id));
    let newest = meant.max_by_key(|row| {
        let lasts = row.ends_on.is_none_or(|end| end >= today);
        (lasts && row.starts_on <= today, lasts, row.ends_on, row.starts_on, row.id)
    });
    Ok(newest.map(|row| row.school_id))
}

/// The first day of a pupil's latest enrolment.
pub fn latest_start(conn: &mut Conn, trust: Id, pupil: Id) -> ApiResult<Option<Date>> {
    Ok(store::all_of(conn, trust, pupil)?.last().map(|row| row.starts_on))
}

/// Whether one pupil's enrolments could stand in another's record: no year group of a school that both were on roll at
/// would be lost.
pub fn agree(conn: &mut Conn, trust: Id, from: Id, to: Id) -> ApiResult<bool> {
    let theirs = store::all_of(conn, trust, to)?;
    let is_kept = |row: &EnrolmentRow| {
        let both: Vec<_> = theirs.iter().filter(|own| row.meets(own)).collect();
        let years = |year| both.iter().any(|own| own.year_group == year);
        let is_covered = row.period().without(both.iter().map(|own| own.period())).is_empty();
        !is_covered || row.year_group.is_none() || years(row.year_group) || years(None)
    };
    Ok(store::all_of(conn, trust, from)?.iter().all(is_kept))
}

/// Gives one pupil's enrolments to another, with whom they agree: on every day the child is afterwards on roll where
/// either was. Days that both were on roll at one school stand once; of a stay that both share in part, the part that
/// only this one has is given.
pub fn hand_over(tx: &mut Tx<'_>, from: Id, to: Id) -> ApiResult<()> {
    let (trust, today) = (tx.trust(), tx.now().london_date());
    let theirs = store::all_of(tx.conn, trust, to)?;
    for row in store::all_of(tx.conn, trust, from)? {
        let both: Vec<&EnrolmentRow> = theirs.iter().filter(|own| row.meets(own)).collect();
        let mut parts = row.period().without(both.iter().map(|own| own.period())).into_iter();
        let Some(first) = parts.next() else {
            keep_year(tx, &row, &both)?;
            store::delete(tx.conn, &row)?;
            tx.did("enrolment.joined", "enrolment", row.id, Some(row.school_id))?;
            continue;
        };
        let given = row.clone().renewed(tx.now()).known_by(from, today).of(to, first);
        store::give(tx.conn, &given)?;
        tx.did("enrolment.changed", "enrolment", row.id, Some(row.school_id))?;
        for part in parts {
            let new = EnrolmentRow { id: tx.new_id(), version: 1, created_at: tx.now(), ..given.clone() };
            store::insert_all(tx.conn, &[new.of(to, part)])?;
        }
    }
    Ok(())
}

/// The year group of an enrolment that goes, where none of those that stand for its days has it.
fn keep_year(tx: &mut Tx<'_>, row: &EnrolmentRow, both: &[&EnrolmentRow]) -> ApiResult<()> {
    if row.year_group.is_none() || both.iter().any(|own| own.year_group == row.year_group) {
        return Ok(());
    }
    let Some(own) = both.iter().rev().find(|own| own.year_group.is_none()) else { return Ok(()) };
    let own = EnrolmentRow { year_group: row.year_group, ..(*own).clone() }.renewed(tx.now());
    store::update(tx.conn, &own)?;
    tx.did("enrolment.changed", "enrolment", own.id, Some(own.school_id))
}

/// Nobody is on roll twice at one school on one day.
fn refuse_overlap(tx: &mut Tx<'_>, row: &EnrolmentRow) -> ApiResult<()> {
    pupils::lock(tx.conn, row.trust_id, row.pupil_id)?;
    let others = store::at_school(tx.conn, row)?;
    if others.iter().any(|other| other.period().overlaps(row.period())) {
        return Err(ApiError::because(
            Code::StateConflict,
            "the pupil is on roll at this school already in that time",
        ));
    }
    Ok(())
}

impl EnrolmentRow {
    fn meets(&self, other: &Self) -> bool {
        self.school_id == other.school_id && self.period().overlaps(other.period())
    }

    fn of(self, pupil: Id, period: Period) -> Self {
        Self { pupil_id: pupil, starts_on: period.starts_on, ends_on: period.ends_on, ..self }
    }

    /// From today on the school knows the pupil by the record into which this one goes. One that it had left before an
    /// earlier record went into this one, it goes on knowing by that.
    fn known_by(self, record: Id, today: Date) -> Self {
        if self.ends_on.is_some_and(|end| end < self.joined_on) {
            return self;
        }
        Self { record_id: Some(record), joined_on: today, ..self }
    }

    const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}
