//! Every query on audit entries.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use diesel::sql_types;

use super::dto::AuditFilter;
use super::sight::{Closed, OF_ENTRIES};
use crate::access::exclusions::Hidden;
use crate::access::visible::RESTRICTED;
use crate::access::{Action, Scope};
use crate::audit::{EntryRow, Outcome};
use crate::db::portable::{HasBytes, HasIdOf};
use crate::db::schema::{
    audit_entries, break_glass, concern_placements, concern_support_requests, concerns, enrolments,
    pupil_records,
};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

/// A condition on entries.
pub type Condition =
    Box<dyn BoxableExpression<audit_entries::table, Backend, SqlType = sql_types::Nullable<sql_types::Bool>>>;

/// The entries that a scope reaches: of the trust all, else of its schools, and always one's own. Entries about hidden
/// records are not among them, whoever made them, but one's own looks at what was not there: a record that is hidden leaves
/// the same trace as one that never was.
fn visible(scope: &Scope, hidden: &Hidden) -> Condition {
    let open = audit_entries::record_id
        .is_null()
        .nullable()
        .or(audit_entries::record_id.ne_all(hidden.records.iter().copied().map(Some).collect::<Vec<_>>()))
        .or(own(scope).and(audit_entries::outcome.eq(Outcome::NotFound).nullable()));
    let here = audit_entries::trust_id.eq(scope.trust()).nullable().and(open);
    let here: Condition = match closed_log(scope) {
        Some(schools) => Box::new(here.and(own(scope).or(of_open_logs(scope, schools)))),
        None => Box::new(here),
    };
    match scope.school_limit() {
        None => here,
        Some(schools) => Box::new(here.and(own(scope).or(of_schools(scope, schools)))),
    }
}

/// The schools at which the caller reads the restricted log; none where they do so wherever they read this one.
fn closed_log(scope: &Scope) -> Option<Vec<Id>> {
    let reading = scope.under(Action::ConcernReadRestricted).map(|reading| reading.extent().clone());
    let reading = reading.unwrap_or_default();
    let is_everywhere = |schools: &[Id]| schools.iter().all(|school| reading.covers(*school));
    let is_open = reading.trust || scope.school_limit().is_some_and(is_everywhere);
    (!is_open).then_some(reading.schools)
}

/// Entries but those about the restricted logs of other schools than these: who does not read such a log does not learn
/// from this one that something was done there, nor how often.
fn of_open_logs(scope: &Scope, schools: Vec<Id>) -> Condition {
    let trust = scope.trust();
    // What was written before a concern was put into the log stays: that it went would tell that something was done.
    let put_there = concern_placements::table
        .filter(concern_placements::trust_id.eq(trust))
        .filter(concern_placements::concern_id.eq(concerns::id))
        .filter(concern_placements::log_after.eq(RESTRICTED))
        .filter(concern_placements::log_before.ne(RESTRICTED))
        .filter(concern_placements::placed_at.gt(audit_entries::at));
    let restricted = concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::log.eq(RESTRICTED))
        .filter(not(exists(put_there)))
        .filter(concerns::school_id.ne_all(schools.clone()));
    let asked = restricted.clone().select(concerns::id);
    let support = concern_support_requests::table
        .filter(concern_support_requests::trust_id.eq(trust))
        .filter(concern_support_requests::concern_id.eq_any(asked.clone()));
    let glass = break_glass::table
        .filter(break_glass::trust_id.eq(trust))
        .filter(break_glass::concern_id.eq_any(restricted.clone().select(concerns::id.nullable())));
    let beside = pupil_records::table
        .filter(pupil_records::trust_id.eq(trust))
        .filter(pupil_records::concern_id.eq_any(restricted.select(concerns::id.nullable())));
    let about = exists(asked.filter(concerns::id.nullable().eq(audit_entries::record_id)))
        .or(exists(support.filter(concern_support_requests::id.nullable().eq(audit_entries::record_id))))
        .or(exists(glass.filter(break_glass::id.nullable().eq(audit_entries::record_id))))
        .or(exists(beside.filter(pupil_records::id.nullable().eq(audit_entries::record_id))));
    let at_theirs = audit_entries::school_id
        .eq_any(schools.into_iter().map(Some).collect::<Vec<_>>())
        .and(audit_entries::school_id.is_not_null().nullable());
    let is_reading = audit_entries::rule
        .eq("restricted-log")
        .or(audit_entries::class.eq("concern_restricted_log"))
        .nullable()
        .and(not(at_theirs));
    Box::new(not(about).nullable().and(not(is_reading)))
}

/// Entries about records of these schools. What showed records of several schools, or none that was asked for, has no
/// school of its own: it is about the schools of the concerns and pupils that it names.
fn of_schools(scope: &Scope, schools: &[Id]) -> Condition {
    let (trust, today) = (scope.trust(), scope.today());
    let ids: Vec<Id> = schools.to_vec();
    let theirs =
        concerns::table.filter(concerns::trust_id.eq(trust)).filter(concerns::school_id.eq_any(ids.clone()));
    let pupils = enrolments::table
        .filter(enrolments::trust_id.eq(trust))
        .filter(enrolments::school_id.eq_any(ids.clone()))
        .filter(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(Some(today))));
    let asked = audit_entries::record_id
        .eq_any(theirs.clone().select(concerns::id.nullable()))
        .or(audit_entries::record_id.eq_any(pupils.clone().select(enrolments::pupil_id.nullable())));
    let shown = exists(theirs.filter(HasIdOf::new(audit_entries::record_ids, concerns::id)))
        .or(exists(pupils.filter(HasIdOf::new(audit_entries::record_ids, enrolments::pupil_id))));
    let several = audit_entries::school_id.is_null().nullable().and(asked.or(shown.nullable()));
    let ids: Vec<Option<Id>> = ids.into_iter().map(Some).collect();
    Box::new(audit_entries::school_id.eq_any(ids).or(several))
}

/// What the caller did; with a key that is narrowed to schools, what they did there.
fn own(scope: &Scope) -> Condition {
    let person: Vec<Option<Id>> = scope.person().map(Some).into_iter().collect();
    let mine = audit_entries::principal
        .eq(scope.principal().to_owned())
        .nullable()
        .or(audit_entries::person_id.eq_any(person));
    match scope.key_schools() {
        None => Box::new(mine),
        Some(schools) => Box::new(mine.and(of_schools(scope, schools))),
    }
}

fn listed(record: Id) -> Condition {
    Box::new(HasBytes::new(audit_entries::record_ids, record.as_bytes().to_vec()))
}

/// Entries that name a record, alone or in a list; what a reading of this log showed finds its reader alone.
pub fn about(scope: &Scope, record: Id) -> Condition {
    let shown = listed(record).and(audit_entries::class.ne(OF_ENTRIES).nullable().or(own(scope)));
    Box::new(audit_entries::record_id.eq(Some(record)).or(shown))
}

/// The same about any of several concerns.
pub fn about_any(scope: &Scope, ids: &[Id]) -> Condition {
    let named = concerns::table
        .filter(concerns::trust_id.eq(scope.trust()))
        .filter(concerns::id.eq_any(ids.to_vec()))
        .filter(HasIdOf::new(audit_entries::record_ids, concerns::id));
    let shown = exists(named).nullable().and(audit_entries::class.ne(OF_ENTRIES).nullable().or(own(scope)));
    Box::new(audit_entries::record_id.eq_any(ids.iter().copied().map(Some).collect::<Vec<_>>()).or(shown))
}

/// What a filter by person or record does not find, since the entries do not show by what they would be found.
#[derive(Clone, Debug, Default)]
pub struct Unfound {
    /// Concerns by which the person asked for would be known as a protected reporter.
    pub concerns: Vec<Id>,
    /// Classes of case records that are not named to the caller.
    pub closed: Vec<Closed>,
    /// Whether what has no school of its own is found at the schools of the records that it names: not where it was asked
    /// for by a record that the caller does not read.
    pub at_their_schools: bool,
}

impl Unfound {
    fn conditions(&self, scope: &Scope) -> Vec<Condition> {
        let mut all: Vec<Condition> = Vec::new();
        for closed in &self.closed {
            let other = audit_entries::class.not_like(format!("{}%", closed.class)).nullable();
            let here: Condition = if self.at_their_schools {
                of_schools(scope, &closed.schools)
            } else {
                let schools: Vec<Option<Id>> = closed.schools.iter().copied().map(Some).collect();
                Box::new(audit_entries::school_id.eq_any(schools))
            };
            all.push(Box::new(other.or(own(scope)).or(here)));
        }
        for concern in &self.concerns {
            let other = audit_entries::class.not_like("concern%").nullable();
            let not_it =
                audit_entries::record_id.is_null().nullable().or(audit_entries::record_id.ne(Some(*concern)));
            let not_in =
                audit_entries::record_ids.is_null().nullable().or(diesel::dsl::not(listed(*concern)));
            all.push(Box::new(other.or(not_it.and(not_in))));
        }
        all
    }
}

fn selected(
    scope: &Scope,
    hidden: &Hidden,
    (filter, unfound): (&AuditFilter, &Unfound),
) -> audit_entries::BoxedQuery<'static, Backend> {
    let mut query = audit_entries::table.filter(visible(scope, hidden)).into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(audit_entries::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_entries::at.lt(to));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(audit_entries::person_id.eq(Some(person)));
    }
    if let Some(action) = filter.action {
        query = query.filter(audit_entries::action.eq(action.as_str()));
    }
    if let Some(class) = &filter.class {
        query = query.filter(audit_entries::class.eq(class.to_string()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_entries::outcome.eq(outcome));
    }
    if let Some(record) = filter.record_id {
        query = query.filter(about(scope, record));
    }
    for condition in unfound.conditions(scope) {
        query = query.filter(condition);
    }
    query
}

/// A page of entries, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    hidden: &Hidden,
    filter: (&AuditFilter, &Unfound),
    paging: &Paging,
) -> ApiResult<Vec<EntryRow>> {
    let mut query = selected(scope, hidden, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(audit_entries::id.lt(after));
    }
    let query = query.order(audit_entries::id.desc()).limit(paging.rows());
    Ok(query.select(EntryRow::as_select()).load(conn)?)
}

/// How many entries there are.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    hidden: &Hidden,
    filter: (&AuditFilter, &Unfound),
) -> ApiResult<i64> {
    Ok(selected(scope, hidden, filter).count().get_result(conn)?)
}

/// The entry of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, hidden: &Hidden, id: Id) -> ApiResult<EntryRow> {
    audit_entries::table
        .filter(audit_entries::id.eq(id))
        .filter(visible(scope, hidden))
        .select(EntryRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of the entries about one record, or several, newest first. Whether the caller may know of them is asked before.
pub fn list_about(
    conn: &mut Conn,
    scope: &Scope,
    about: Condition,
    paging: &Paging,
) -> ApiResult<Vec<EntryRow>> {
    let mut query =
        audit_entries::table.filter(audit_entries::trust_id.eq(scope.trust())).filter(about).into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(audit_entries::id.lt(after));
    }
    let query = query.order(audit_entries::id.desc()).limit(paging.rows());
    Ok(query.select(EntryRow::as_select()).load(conn)?)
}

/// How many entries there are about these.
pub fn count_about(conn: &mut Conn, scope: &Scope, about: Condition) -> ApiResult<i64> {
    Ok(audit_entries::table
        .filter(audit_entries::trust_id.eq(scope.trust()))
        .filter(about)
        .count()
        .get_result(conn)?)
}
