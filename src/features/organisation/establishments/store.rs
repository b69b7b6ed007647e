//! Every query on the register. It belongs to no trust.

use crate::db::prelude::*;
use diesel::sql_types::Bool;
use diesel::upsert::excluded;

use super::dto::{EstablishmentFilter, Postcode};
use crate::clock::{Date, Timestamp};
use crate::db::portable::{fold, like_literal};
use crate::db::schema::establishments as e;
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::http::Paging;
use crate::on_backend;

/// An establishment as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = e, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are described in dto.rs")]
pub struct EstablishmentRow {
    pub urn: i32,
    pub name: String,
    pub name_folded: String,
    pub la_code: Option<String>,
    pub la_name: Option<String>,
    pub establishment_number: Option<String>,
    pub type_name: Option<String>,
    pub status_name: Option<String>,
    pub phase_name: Option<String>,
    pub open_date: Option<Date>,
    pub close_date: Option<Date>,
    pub statutory_low_age: Option<i16>,
    pub statutory_high_age: Option<i16>,
    pub ukprn: Option<String>,
    pub street: Option<String>,
    pub town: Option<String>,
    pub postcode: Option<String>,
    pub updated_at: Timestamp,
}

impl EstablishmentRow {
    /// An entry of which nothing is known yet.
    pub const fn blank(urn: i32, now: Timestamp) -> Self {
        Self {
            urn,
            name: String::new(),
            name_folded: String::new(),
            la_code: None,
            la_name: None,
            establishment_number: None,
            type_name: None,
            status_name: None,
            phase_name: None,
            open_date: None,
            close_date: None,
            statutory_low_age: None,
            statutory_high_age: None,
            ukprn: None,
            street: None,
            town: None,
            postcode: None,
            updated_at: now,
        }
    }
}

type Condition = Box<dyn BoxableExpression<e::table, Backend, SqlType = diesel::sql_types::Nullable<Bool>>>;

/// The establishment of a URN.
pub fn find(conn: &mut Conn, urn: i32) -> ApiResult<Option<EstablishmentRow>> {
    Ok(e::table.find(urn).select(EstablishmentRow::as_select()).first(conn).optional()?)
}

/// The establishments of these URNs. One statement takes no more than 32,766 values on SQLite.
pub fn find_all(conn: &mut Conn, urns: &[i32]) -> ApiResult<Vec<EstablishmentRow>> {
    let mut found = Vec::with_capacity(urns.len());
    for some in urns.chunks(500) {
        let query = e::table.filter(e::urn.eq_any(some)).select(EstablishmentRow::as_select());
        found.extend(query.load(conn)?);
    }
    Ok(found)
}

/// A page of establishments by folded name and URN.
pub fn list(
    conn: &mut Conn,
    filter: &EstablishmentFilter,
    paging: &Paging,
) -> ApiResult<Vec<EstablishmentRow>> {
    let mut query = e::table.into_boxed();
    for condition in conditions(filter) {
        query = query.filter(condition);
    }
    if let Some((name, urn)) = paging.after_name_and_number()? {
        let urn = i32::try_from(urn).unwrap_or(i32::MAX);
        query = query.filter(e::name_folded.gt(name.clone()).or(e::name_folded.eq(name).and(e::urn.gt(urn))));
    }
    Ok(query
        .order((e::name_folded, e::urn))
        .limit(paging.rows())
        .select(EstablishmentRow::as_select())
        .load(conn)?)
}

/// How many establishments the filter leaves.
pub fn count(conn: &mut Conn, filter: &EstablishmentFilter) -> ApiResult<i64> {
    let mut query = e::table.into_boxed();
    for condition in conditions(filter) {
        query = query.filter(condition);
    }
    Ok(query.count().get_result(conn)?)
}

fn conditions(filter: &EstablishmentFilter) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    if let Some(name) = &filter.name {
        let start = like_literal(&fold(name));
        conditions.push(Box::new(
            e::name_folded
                .like(format!("{start}%"))
                .escape('\\')
                .or(e::name_folded.like(format!("% {start}%")).escape('\\'))
                .nullable(),
        ));
    }
    if let Some(la) = &filter.la_code {
        conditions.push(Box::new(e::la_code.eq(la.as_str().to_owned())));
    }
    match &filter.postcode {
        None => {}
        Some(Postcode::Whole(postcode)) => conditions.push(Box::new(e::postcode.eq(postcode.clone()))),
        // Letters and digits only: nothing to escape.
        Some(Postcode::Outward(half)) => conditions.push(Box::new(e::postcode.like(format!("{half} %")))),
    }
    conditions
}

/// Stores new and changed establishments, at most as many as one statement takes. Another import at the same time may
/// have made one of them: then its values are replaced.
pub fn upsert(conn: &mut Conn, rows: &[EstablishmentRow]) -> ApiResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let new = diesel::insert_into(e::table).values(rows).on_conflict(e::urn).do_update().set((
        e::name.eq(excluded(e::name)),
        e::name_folded.eq(excluded(e::name_folded)),
        e::la_code.eq(excluded(e::la_code)),
        e::la_name.eq(excluded(e::la_name)),
        e::establishment_number.eq(excluded(e::establishment_number)),
        e::type_name.eq(excluded(e::type_name)),
        e::status_name.eq(excluded(e::status_name)),
        e::phase_name.eq(excluded(e::phase_name)),
        e::open_date.eq(excluded(e::open_date)),
        e::close_date.eq(excluded(e::close_date)),
        e::statutory_low_age.eq(excluded(e::statutory_low_age)),
        e::statutory_high_age.eq(excluded(e::statutory_high_age)),
        e::ukprn.eq(excluded(e::ukprn)),
        e::street.eq(excluded(e::street)),
        e::town.eq(excluded(e::town)),
        e::postcode.eq(excluded(e::postcode)),
        e::updated_at.eq(excluded(e::updated_at)),
    ));
    on_backend!(conn, conn => diesel::RunQueryDsl::execute(new, conn))?;
    Ok(())
}
