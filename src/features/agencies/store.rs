//! Every query on agencies.

use crate::db::prelude::*;

use super::dto::AgencyFilter;
use super::web_address::WebAddress;
use crate::clock::{Date, Timestamp};
use crate::db::schema::agencies;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::features::organisation::establishments::LaCode;
use crate::features::people::WorkEmail;
use crate::features::pupils::Agency;
use crate::http::Paging;
use crate::ids::Id;
use crate::text::Name;

/// An agency as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agencies, check_for_backend(Backend), treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are described in dto.rs")]
pub struct AgencyRow {
    pub trust_id: Id,
    pub id: Id,
    pub kind: Agency,
    pub name: Name<150>,
    pub la_code: Option<LaCode>,
    pub telephone: Option<Name<40>>,
    pub secure_email: Option<WorkEmail>,
    pub web_form: Option<WebAddress>,
    pub hours: Option<Name<200>>,
    pub out_of_hours_telephone: Option<Name<40>>,
    pub used_from: Date,
    pub used_until: Option<Date>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(AgencyRow);

impl AgencyRow {
    /// Whether the trust refers to it on a day.
    pub fn is_used(&self, on: Date) -> bool {
        self.used_from <= on && self.used_until.is_none_or(|last| on <= last)
    }
}

type Query<'a> = agencies::BoxedQuery<'a, Backend>;

/// The agency of an identifier.
pub fn find(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Option<AgencyRow>> {
    Ok(agencies::table.find((trust, id)).select(AgencyRow::as_select()).first(conn).optional()?)
}

fn wanted<'a>(trust: Id, filter: &AgencyFilter) -> Query<'a> {
    let mut query = agencies::table.filter(agencies::trust_id.eq(trust)).into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(agencies::kind.eq(kind));
    }
    if let Some(la) = &filter.la_code {
        query = query.filter(agencies::la_code.eq(Some(la.clone())));
    }
    if let Some(day) = filter.used_on {
        query = query
            .filter(agencies::used_from.le(day))
            .filter(agencies::used_until.is_null().or(agencies::used_until.ge(day).assume_not_null()));
    }
    query
}

/// A page of agencies by identifier.
pub fn list(conn: &mut Conn, trust: Id, filter: &AgencyFilter, paging: &Paging) -> ApiResult<Vec<AgencyRow>> {
    let mut query = wanted(trust, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(agencies::id.gt(after));
    }
    Ok(query.order(agencies::id).limit(paging.rows()).select(AgencyRow::as_select()).load(conn)?)
}

/// How many agencies the filter leaves.
pub fn count(conn: &mut Conn, trust: Id, filter: &AgencyFilter) -> ApiResult<i64> {
    Ok(wanted(trust, filter).count().get_result(conn)?)
}

/// Stores a new agency.
pub fn insert(conn: &mut Conn, row: &AgencyRow) -> ApiResult<()> {
    diesel::insert_into(agencies::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores an agency's new values, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &AgencyRow) -> ApiResult<()> {
    let stored = diesel::update(agencies::table.find((row.trust_id, row.id)))
        .filter(agencies::version.eq(row.version - 1))
        .set((
            agencies::kind.eq(row.kind),
            agencies::name.eq(&row.name),
            agencies::la_code.eq(&row.la_code),
            agencies::telephone.eq(&row.telephone),
            agencies::secure_email.eq(&row.secure_email),
            agencies::web_form.eq(&row.web_form),
            agencies::hours.eq(&row.hours),
            agencies::out_of_hours_telephone.eq(&row.out_of_hours_telephone),
            agencies::used_from.eq(row.used_from),
            agencies::used_until.eq(row.used_until),
            agencies::version.eq(row.version),
            agencies::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
