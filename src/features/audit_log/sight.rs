//! How much of an entry a caller is shown: the one decision for lists, single entries and a record's own access log.
//!
//! A reporter whose identity is protected is not named in entries about what they reported; whoever does not read case
//! records learns that something was done with one, when, at which school and in which role; and what a reading of
//! this log showed is known to its reader alone.

use crate::db::prelude::*;

use super::dto::AuditEntryView;
use crate::access::exclusions::{self, Hidden};
use crate::access::visible::{self, FieldSet};
use crate::access::{Action, Scope};
use crate::audit::EntryRow;
use crate::db::Conn;
use crate::db::schema::{audit_entries, concern_grants, concerns, enrolments};
use crate::error::ApiResult;
use crate::ids::Id;

/// The classes of case records, each with the action that reads them. An entry's class begins with the word.
const CASE_CLASSES: [(&str, Action); 21] = [
    ("concern", Action::ConcernRead),
    ("pupil", Action::PupilRead),
    ("enrolment", Action::PupilRead),
    ("characteristic", Action::PupilRead),
    ("conflict", Action::ConflictRead),
    ("status", Action::StatusRead),
    ("external_decision", Action::StatusRead),
    ("agency_meeting", Action::AgencyMeetingRead),
    ("ap_placement", Action::ApPlacementRead),
    ("ap_check", Action::ApPlacementRead),
    ("fgm_report", Action::FgmReportRead),
    ("risk_assessment", Action::RiskAssessmentRead),
    ("risk_action", Action::RiskAssessmentRead),
    ("chronology", Action::ChronologyRead),
    ("complex_pupil", Action::ComplexPupilRead),
    ("family", Action::FamilyRead),
    ("family_support", Action::FamilySupportRead),
    ("sharing_decision", Action::SharingRead),
    ("restrictive_intervention", Action::InterventionRead),
    ("panel", Action::PanelRead),
    ("break_glass", Action::BreakGlassRead),
];

/// The class of the entries about entries.
pub const OF_ENTRIES: &str = "audit_entry";

/// A class of case records that the caller does not read in the whole trust.
#[derive(Clone, Debug)]
pub struct Closed {
    /// How the class begins.
    pub class: &'static str,
    /// The schools at which the caller reads them all the same.
    pub schools: Vec<Id>,
}

/// What a caller is shown of entries.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// Records that are not there for the caller.
    pub hidden: Hidden,
    /// Classes whose records are not named.
    pub closed: Vec<Closed>,
}

/// A concern whose reporter is not named to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Protected {
    concern: Id,
    person: Option<Id>,
    principal: String,
}

/// What a caller may know of.
pub fn sight(conn: &mut Conn, scope: &Scope) -> ApiResult<Sight> {
    let closed = CASE_CLASSES
        .iter()
        .map(|(class, action)| {
            let reading = scope.under(*action).map(|scope| scope.extent().clone()).unwrap_or_default();
            (reading.trust, Closed { class, schools: reading.schools })
        })
        .filter(|(everywhere, _)| !everywhere)
        .map(|(_, closed)| closed)
        .collect();
    Ok(Sight { hidden: exclusions::hidden(conn, scope)?, closed })
}

/// Whether the caller made an entry.
fn is_own(scope: &Scope, row: &EntryRow) -> bool {
    row.principal == scope.principal() || (row.person_id.is_some() && row.person_id == scope.person())
}

/// The views of entries, in their order. `listed` says which records of a list belong in the answer.
pub fn views(
    conn: &mut Conn,
    scope: &Scope,
    sight: &Sight,
    rows: Vec<EntryRow>,
    listed: impl Fn(Id) -> bool,
) -> ApiResult<Vec<AuditEntryView>> {
    let about: Vec<Id> =
        rows.iter().filter(|row| row.class.starts_with("concern")).flat_map(records).collect();
    let protected = protected_among(conn, scope, &about)?;
    let mut read = read_among(conn, scope, sight, &about)?;
    let pupils: Vec<Id> =
        rows.iter().filter(|row| row.class.starts_with("pupil")).flat_map(records).collect();
    read.extend(pupils_among(conn, scope, &pupils)?);
    let view = |row: EntryRow| {
        let own = is_own(scope, &row);
        let veiled: Vec<Id> = veiled(&row, &protected);
        let closed = !own && sight.closes(&row);
        let as_reporter = own && is_of_reporter(&row);
        let of_others = row.class == OF_ENTRIES && !own;
        let mut view = AuditEntryView::new(row, |record| listed(record) && !sight.hidden.has(record));
        if !veiled.is_empty() {
            view = unnamed(view);
            view.role = None;
            view.record_ids.retain(|record| veiled.contains(record));
        }
        if closed {
            view.record_ids.retain(|record| read.contains(record));
            if view.record_ids.is_empty() && !view.record_id.is_some_and(|record| read.contains(&record)) {
                view = AuditEntryView { record_id: None, ..unnamed(view) };
            }
        }
        if of_others {
            view.record_ids.clear();
        }
        if as_reporter {
            view.school_id = None;
        }
        view
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Whether somebody did it who only raised the concern, or fed it: they are not told to which school it belongs by now.
fn is_of_reporter(row: &EntryRow) -> bool {
    row.class.starts_with("concern")
        && (matches!(row.rule.as_str(), "reporter" | "fed") || row.action == Action::ConcernAdd.as_str())
}

fn unnamed(view: AuditEntryView) -> AuditEntryView {
    AuditEntryView { principal: None, person_id: None, request_id: None, ..view }
}

fn records(row: &EntryRow) -> Vec<Id> {
    let listed = row.record_ids.as_deref().map(super::dto::ids).unwrap_or_default();
    row.record_id.into_iter().chain(listed).collect()
}

/// The records of an entry by which its maker would be known as a protected reporter.
fn veiled(row: &EntryRow, protected: &[Protected]) -> Vec<Id> {
    if !row.class.starts_with("concern") {
        return Vec::new();
    }
    let made = |one: &Protected| {
        (one.person.is_some() && one.person == row.person_id) || one.principal == row.principal
    };
    let reported = |record: &Id| protected.iter().any(|one| one.concern == *record && made(one));
    records(row).into_iter().filter(reported).collect()
}

impl Sight {
    fn closes(&self, row: &EntryRow) -> bool {
        self.closed.iter().any(|closed| {
            row.class.starts_with(closed.class)
                && !row.school_id.is_some_and(|school| closed.schools.contains(&school))
        })
    }
}

/// Which of these concerns have a reporter who is not named to the caller.
fn protected_among(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<Protected>> {
    let mut out = Vec::new();
    for ids in ids.chunks(500) {
        let rows = concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::reporter_protected)
            .filter(concerns::id.eq_any(ids.to_vec()))
            .select((concerns::id, concerns::school_id, concerns::raised_by, concerns::raised_by_principal))
            .load(conn)?;
        out.extend(rows.into_iter().filter_map(|row| protected(scope, row)));
    }
    let asked: Vec<Id> = out.iter().map(|one: &Protected| one.concern).collect();
    let routed = routed_among(conn, scope, &asked)?;
    out.retain(|one| !routed.contains(&one.concern));
    Ok(out)
}

/// Those of several concerns to which the service let the caller in: whoever is left alone with a concern knows who
/// reported it.
fn routed_among(conn: &mut Conn, scope: &Scope, concerns: &[Id]) -> ApiResult<Vec<Id>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    Ok(concern_grants::table
        .filter(concern_grants::trust_id.eq(scope.trust()))
        .filter(concern_grants::person_id.eq(person))
        .filter(concern_grants::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_grants::by_route)
        .select(concern_grants::concern_id)
        .load(conn)?)
}

/// The concerns by which a person would be known as a protected reporter: entries about them are not found by the
/// person.
pub fn protected_of(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Id>> {
    let principals = audit_entries::table
        .filter(audit_entries::trust_id.eq(scope.trust()))
        .filter(audit_entries::person_id.eq(Some(person)))
        .select(audit_entries::principal);
    let rows = concerns::table
        .filter(concerns::trust_id.eq(scope.trust()))
        .filter(concerns::reporter_protected)
        .filter(
            concerns::raised_by
                .is_not_null()
                .and(concerns::raised_by.eq(person).assume_not_null())
                .or(concerns::raised_by_principal.eq_any(principals)),
        )
        .select((concerns::id, concerns::school_id, concerns::raised_by, concerns::raised_by_principal))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| protected(scope, row)).map(|one| one.concern).collect())
}

fn protected(
    scope: &Scope,
    (concern, school, person, principal): (Id, Id, Option<Id>, String),
) -> Option<Protected> {
    let is_self = principal == scope.principal() || (person.is_some() && person == scope.person());
    let knows = is_self || scope.also_covers(Action::ConcernReadReporter, school);
    (!knows).then_some(Protected { concern, person, principal })
}

/// Which of these pupils a school has at which the caller reads pupils.
fn pupils_among(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<Id>> {
    let Ok(reading) = scope.under(Action::PupilRead) else { return Ok(Vec::new()) };
    let Some(schools) = reading.school_limit() else { return Ok(ids.to_vec()) };
    let mut out = Vec::new();
    for ids in ids.chunks(500) {
        let some: Vec<Id> = enrolments::table
            .filter(enrolments::trust_id.eq(scope.trust()))
            .filter(enrolments::pupil_id.eq_any(ids.to_vec()))
            .filter(enrolments::school_id.eq_any(schools.to_vec()))
            .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(Some(scope.today()))))
            .select(enrolments::pupil_id)
            .load(conn)?;
        out.extend(some);
    }
    Ok(out)
}

/// Which of these concerns the caller reads in full, where some are closed to them: those that were shared by name.
pub fn read_among(conn: &mut Conn, scope: &Scope, sight: &Sight, ids: &[Id]) -> ApiResult<Vec<Id>> {
    let mut out: Vec<Id> = Vec::new();
    let Ok(reading) = scope.under(Action::ConcernRead).map(Scope::without_glass) else { return Ok(out) };
    if sight.closed.is_empty() {
        return Ok(out);
    }
    for (branch, _) in visible::branches(&reading).into_iter().filter(|(_, fields)| *fields == FieldSet::Full)
    {
        for ids in ids.chunks(500) {
            let some: Vec<Id> = concerns::table
                .filter(concerns::id.eq_any(ids.to_vec()))
                .filter(visible::condition(&reading, branch))
                .select(concerns::id)
                .load(conn)?;
            out.extend(some);
        }
    }
    Ok(out)
}
