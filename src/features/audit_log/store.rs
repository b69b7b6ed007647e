//! Every query on audit entries.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types;

use super::dto::AuditFilter;
use crate::access::exclusions::Hidden;
use crate::access::{Action, Scope};
use crate::audit::EntryRow;
use crate::db::portable::HasBytes;
use crate::db::schema::{audit_entries, concerns};
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
    let here = audit_entries::trust_id.eq(scope.trust()).nullable().and(open).and(keeps_reporter(scope));
    match scope.school_limit() {
        None => Box::new(here),
        Some(schools) => {
            let schools: Vec<Option<Id>> = schools.iter().copied().map(Some).collect();
            let person: Vec<Option<Id>> = scope.person().map(Some).into_iter().collect();
            let own = audit_entries::principal
                .eq(scope.principal().to_owned())
                .nullable()
                .or(audit_entries::person_id.eq_any(person));
            Box::new(here.and(own.or(audit_entries::school_id.eq_any(schools))))
        }
    }
}

/// Leaves out what a reporter whose identity is protected did with their concern: who raised it would stand in the
/// entry. The leads who may know the reporter see it, and the reporter.
fn keeps_reporter(scope: &Scope) -> Condition {
    let known: Option<Vec<Id>> = match scope.under(Action::ConcernReadReporter) {
        Ok(knowing) => knowing.school_limit().map(<[Id]>::to_vec),
        Err(_) => Some(Vec::new()),
    };
    let Some(known) = known else { return Box::new(audit_entries::trust_id.eq(scope.trust()).nullable()) };
    let own: Vec<Id> = scope.person().into_iter().collect();
    let betrays = exists(
        concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::id.nullable().eq(audit_entries::record_id))
            .filter(concerns::reporter_protected)
            .filter(concerns::raised_by.eq(audit_entries::person_id))
            .filter(concerns::raised_by.is_not_null().and(concerns::raised_by.assume_not_null().ne_all(own)))
            .filter(concerns::school_id.ne_all(known))
            .select(concerns::id),
    );
    Box::new(not(betrays).nullable())
}

/// Entries that name a record, alone or in a list.
fn about(record: Id) -> Condition {
    let listed = HasBytes::new(audit_entries::record_ids, record.as_bytes().to_vec());
    Box::new(audit_entries::record_id.eq(Some(record)).or(listed))
}

fn selected(
    scope: &Scope,
    hidden: &Hidden,
    filter: &AuditFilter,
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
        query = query.filter(about(record));
    }
    query
}

/// A page of entries, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    hidden: &Hidden,
    filter: &AuditFilter,
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
pub fn count(conn: &mut Conn, scope: &Scope, hidden: &Hidden, filter: &AuditFilter) -> ApiResult<i64> {
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
        .filter(keeps_reporter(scope))
        .filter(about(record))
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
        .filter(keeps_reporter(scope))
        .filter(about(record))
        .count()
        .get_result(conn)?)
}
