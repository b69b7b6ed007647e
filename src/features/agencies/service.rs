//! Use cases of agencies.

use super::dto::{AgencyCreate, AgencyFilter, AgencyPatch, AgencyView};
use super::store::{self, AgencyRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// An agency of the trust's directory, where it is there.
pub fn find(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Option<AgencyRow>> {
    store::find(conn, trust, id)
}

/// One agency.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<AgencyRow> {
    store::find(conn, scope.trust(), id)?.ok_or_else(ApiError::not_found)
}

/// A page of agencies.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AgencyFilter,
    paging: &Paging,
) -> ApiResult<Page<AgencyView>> {
    let rows = store::list(conn, scope.trust(), filter, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope.trust(), filter)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), AgencyView::from).with_count(count))
}

/// Adds an agency.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: AgencyCreate) -> ApiResult<AgencyRow> {
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, scope, id);
    }
    let row = AgencyRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        kind: input.kind,
        name: input.name,
        la_code: input.la_code,
        telephone: input.telephone,
        secure_email: input.secure_email,
        web_form: input.web_form,
        hours: input.hours,
        out_of_hours_telephone: input.out_of_hours_telephone,
        used_from: input.used_from,
        used_until: input.used_until,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    check(&row)?;
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("agency.created", "agency", row.id, None)?;
    Ok(row)
}

/// Changes an agency. Referrals that name it name what it is now.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: AgencyPatch,
) -> ApiResult<AgencyRow> {
    let old = get(tx.conn, scope, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let row = AgencyRow {
        kind: patch.kind.unwrap_or(old.kind),
        name: patch.name.unwrap_or(old.name),
        la_code: patch.la_code.apply(old.la_code),
        telephone: patch.telephone.apply(old.telephone),
        secure_email: patch.secure_email.apply(old.secure_email),
        web_form: patch.web_form.apply(old.web_form),
        hours: patch.hours.apply(old.hours),
        out_of_hours_telephone: patch.out_of_hours_telephone.apply(old.out_of_hours_telephone),
        used_from: patch.used_from.unwrap_or(old.used_from),
        used_until: patch.used_until.apply(old.used_until),
        ..old
    };
    check(&row)?;
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    store::update(tx.conn, &row)?;
    tx.did("agency.changed", "agency", id, None)?;
    Ok(row)
}

fn check(row: &AgencyRow) -> ApiResult<()> {
    if row.used_until.is_some_and(|last| last < row.used_from) {
        return Err(ApiError::rule("/used_until", "range", "must not be before the first day"));
    }
    Ok(())
}
