//! Every query on audit entries.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types;

use super::dto::AuditFilter;
use super::sight::{Closed, OF_ENTRIES};
use crate::access::Scope;
use crate::access::exclusions::Hidden;
use crate::audit::EntryRow;
use crate::db::portable::{HasBytes, HasIdOf};
use crate::db::schema::{audit_entries, concerns, enrolments};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

type Condition =
    Box<dyn BoxableExpression<audit_entries::table, Backend, SqlType = sql_types::Nullable<sql_types::Bool>>>;

/// The entries that a scope reaches: of the trust all, else of its schools, and always one's own. Entries about hidden
/// records are not among them, whoever made them.
fn visible(scope: &Scope, hidden: &Hidden) -> Condition {
    let open = audit_entries::record_id
        .is_null()
        .nullable()
        .or(audit_entries::record_id.ne_all(hidden.records.iter().copied().map(Some).collect::<Vec<_>>()));
    let here = audit_entries::trust_id.eq(scope.trust()).nullable().and(open);
    match scope.school_limit() {
        None => Box::new(here),
        Some(schools) => Box::new(here.and(own(scope).or(of_schools(scope, schools)))),
    }
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
fn about(scope: &Scope, record: Id) -> Condition {
    let shown = listed(record).and(audit_entries::class.ne(OF_ENTRIES).nullable().or(own(scope)));
    Box::new(audit_entries::record_id.eq(Some(record)).or(shown))
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

/// A page of the entries about one record, newest first. Whether the caller may know of the record is asked before.
pub fn list_about(conn: &mut Conn, scope: &Scope, record: Id, paging: &Paging) -> ApiResult<Vec<EntryRow>> {
    let mut query = audit_entries::table
        .filter(audit_entries::trust_id.eq(scope.trust()))
        .filter(about(scope, record))
        .into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(audit_entries::id.lt(after));
    }
    let query = query.order(audit_entries::id.desc()).limit(paging.rows());
    Ok(query.select(EntryRow::as_select()).load(conn)?)
}

/// How many entries there are about one record.
pub fn count_about(conn: &mut Conn, scope: &Scope, record: Id) -> ApiResult<i64> {
    Ok(audit_entries::table
        .filter(audit_entries::trust_id.eq(scope.trust()))
        .filter(about(scope, record))
        .count()
        .get_result(conn)?)
}
