//! Every query on appointments.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use diesel::sql_types;

use super::dto::AppointmentFilter;
use crate::access::{Role, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::schema::{appointments, engagements, revocations};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::features::people::engagements::Category;
use crate::http::Paging;
use crate::ids::Id;

/// An appointment as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = appointments, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AppointmentRow {
    pub trust_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub school_id: Option<Id>,
    pub role: Role,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

crate::versioned!(AppointmentRow);

type Condition =
    Box<dyn BoxableExpression<appointments::table, Backend, SqlType = sql_types::Nullable<sql_types::Bool>>>;

/// The appointments that a scope reaches: in the whole trust all, else those at its schools, and one's own unless the
/// caller's key is narrowed to schools.
fn visible(scope: &Scope) -> Condition {
    let here = appointments::trust_id.eq(scope.trust()).nullable();
    match scope.school_limit() {
        None => Box::new(here),
        Some(schools) => {
            let schools: Vec<Option<Id>> = schools.iter().copied().map(Some).collect();
            let own: Vec<Id> = scope.person().filter(|_| scope.key_schools().is_none()).into_iter().collect();
            let reached = appointments::school_id.eq_any(schools).or(appointments::person_id.eq_any(own));
            Box::new(here.and(reached))
        }
    }
}

fn selected(scope: &Scope, filter: &AppointmentFilter) -> appointments::BoxedQuery<'static, Backend> {
    let mut query = appointments::table.filter(visible(scope)).into_boxed();
    if let Some(person) = filter.person_id {
        query = query.filter(appointments::person_id.eq(person));
    }
    if let Some(role) = filter.role {
        query = query.filter(appointments::role.eq(role));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(appointments::school_id.eq(Some(school)));
    }
    if let Some(on) = filter.on {
        query = query
            .filter(appointments::starts_on.le(on))
            .filter(appointments::ends_on.is_null().or(appointments::ends_on.ge(Some(on))));
    }
    query
}

/// The appointment of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<AppointmentRow> {
    appointments::table
        .filter(appointments::id.eq(id))
        .filter(visible(scope))
        .select(AppointmentRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// A page of appointments by identifier.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AppointmentFilter,
    paging: &Paging,
) -> ApiResult<Vec<AppointmentRow>> {
    let mut query = selected(scope, filter);
    if let Some(after) = paging.after_id()? {
        query = query.filter(appointments::id.gt(after));
    }
    let query = query.order(appointments::id).limit(paging.rows());
    Ok(query.select(AppointmentRow::as_select()).load(conn)?)
}

/// How many appointments there are.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &AppointmentFilter) -> ApiResult<i64> {
    Ok(selected(scope, filter).count().get_result(conn)?)
}

/// A person's appointments to one role at one school, or in the trust.
pub fn same(
    conn: &mut Conn,
    scope: &Scope,
    person: Id,
    role: Role,
    school: Option<Id>,
) -> ApiResult<Vec<AppointmentRow>> {
    let rows: Vec<AppointmentRow> = appointments::table
        .filter(appointments::trust_id.eq(scope.trust()))
        .filter(appointments::person_id.eq(person))
        .filter(appointments::role.eq(role))
        .select(AppointmentRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().filter(|row| row.school_id == school).collect())
}

/// The appointments to these roles that hold on a day; leavers and who is shut out are left out.
fn holding<'a>(trust: Id, roles: &[Role], on: Date) -> appointments::BoxedQuery<'a, Backend> {
    let engaged = engagements::table
        .filter(engagements::trust_id.eq(trust))
        .filter(engagements::person_id.eq(appointments::person_id));
    let ended = exists(engaged.filter(engagements::ends_on.lt(Some(on))).select(engagements::id));
    let still = exists(
        engaged
            .filter(engagements::starts_on.le(on))
            .filter(engagements::ends_on.is_null().or(engagements::ends_on.ge(Some(on))))
            .select(engagements::id),
    );
    let shut_out = exists(
        revocations::table
            .filter(revocations::trust_id.eq(trust))
            .filter(revocations::person_id.eq(appointments::person_id.nullable()))
            .filter(revocations::lifted_at.is_null())
            .select(revocations::id),
    );
    appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(not(shut_out))
        .filter(appointments::role.eq_any(roles.to_vec()))
        .filter(appointments::starts_on.le(on))
        .filter(appointments::ends_on.is_null().or(appointments::ends_on.ge(Some(on))))
        .filter(not(ended).or(still))
        .into_boxed()
}

/// Who holds which of the roles on a day, at these schools or in the trust; leavers and who is shut out are left out.
pub fn holders(
    conn: &mut Conn,
    trust: Id,
    roles: &[Role],
    schools: &[Id],
    on: Date,
) -> ApiResult<Vec<(Id, Role)>> {
    let schools: Vec<Option<Id>> = schools.iter().map(|school| Some(*school)).collect();
    Ok(holding(trust, roles, on)
        .filter(appointments::school_id.is_null().or(appointments::school_id.eq_any(schools)))
        .select((appointments::person_id, appointments::role))
        .distinct()
        .order((appointments::person_id, appointments::role))
        .load(conn)?)
}

/// Who holds any of the roles at which school on a day.
pub fn holders_by_school(
    conn: &mut Conn,
    trust: Id,
    roles: &[Role],
    on: Date,
) -> ApiResult<Vec<(Option<Id>, Id)>> {
    Ok(holding(trust, roles, on)
        .filter(appointments::school_id.is_not_null())
        .select((appointments::school_id, appointments::person_id))
        .load(conn)?)
}

/// The roles that a person holds on a day.
pub fn roles_on(conn: &mut Conn, trust: Id, person: Id, on: Date) -> ApiResult<Vec<Role>> {
    Ok(appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(appointments::person_id.eq(person))
        .filter(appointments::starts_on.le(on))
        .filter(appointments::ends_on.is_null().or(appointments::ends_on.ge(Some(on))))
        .select(appointments::role)
        .load(conn)?)
}

/// Whether a person has left, or is shut out.
pub fn is_out(conn: &mut Conn, trust: Id, person: Id, on: Date) -> ApiResult<bool> {
    let shut_out = revocations::table
        .filter(revocations::trust_id.eq(trust))
        .filter(revocations::person_id.eq(Some(person)))
        .filter(revocations::lifted_at.is_null());
    if diesel::select(exists(shut_out)).get_result(conn)? {
        return Ok(true);
    }
    let engaged =
        engagements::table.filter(engagements::trust_id.eq(trust)).filter(engagements::person_id.eq(person));
    let ended: bool =
        diesel::select(exists(engaged.filter(engagements::ends_on.lt(Some(on))))).get_result(conn)?;
    Ok(ended && engaged_as(conn, trust, person, on)?.is_empty())
}

/// As what a person is engaged on a day.
pub fn engaged_as(conn: &mut Conn, trust: Id, person: Id, on: Date) -> ApiResult<Vec<Category>> {
    Ok(engagements::table
        .filter(engagements::trust_id.eq(trust))
        .filter(engagements::person_id.eq(person))
        .filter(engagements::starts_on.le(on))
        .filter(engagements::ends_on.is_null().or(engagements::ends_on.ge(Some(on))))
        .select(engagements::category)
        .load(conn)?)
}

/// Where a person holds or held a role: schools, and none for the trust.
pub fn places(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<Option<Id>>> {
    Ok(appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(appointments::person_id.eq(person))
        .select(appointments::school_id)
        .distinct()
        .load(conn)?)
}

/// Stores a new appointment.
pub fn insert(conn: &mut Conn, row: &AppointmentRow) -> ApiResult<()> {
    diesel::insert_into(appointments::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores an appointment's new end, where nobody has changed it since.
pub fn update(conn: &mut Conn, row: &AppointmentRow) -> ApiResult<()> {
    let stored = diesel::update(appointments::table.find((row.trust_id, row.id)))
        .filter(appointments::version.eq(row.version - 1))
        .set((
            appointments::ends_on.eq(row.ends_on),
            appointments::version.eq(row.version),
            appointments::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
