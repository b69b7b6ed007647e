//! Triage: how urgent a concern is, and what the family was told.

use super::super::content::CaseKey;
use super::super::dto::{ConcernTriageCreate, ConcernTriageView};
use super::super::store::{self, TriageBody, TriageRow};
use super::case::{self, Made};
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records a triage, which takes the place of the one before.
pub fn create_triage(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernTriageCreate,
) -> ApiResult<Made<ConcernTriageView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        let row = store::triage(tx.conn, &case.row, id)?;
        return Ok(case.again(id, view(&case.key, row)?));
    }
    let id = tx.new_id();
    let body = TriageBody { parent_informed_reason: input.parent_informed_reason };
    let row = TriageRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        number: store::last_triage(tx.conn, &case.row)? + 1,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        severity: input.severity,
        school_view_level: input.school_view_level,
        monitor: input.monitor,
        parent_informed: input.parent_informed,
        consent_basis: input.consent_basis,
        body: case.key.seal("concern_triages", id, &body)?,
        round: case.row.round,
    };
    store::insert_triage(tx.conn, &row)?;
    let view = view(&case.key, row)?;
    case.finish(tx, "concern.triaged", id, &body, view)
}

/// One triage.
pub fn get_triage(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    triage: Id,
) -> ApiResult<ConcernTriageView> {
    let case = case::open(conn, vault, scope, concern)?;
    let row = store::triage(conn, &case.row, triage)?;
    view(&case.key, row)
}

/// A page of triages, the first one first.
pub fn list_triages(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernTriageView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let (at, after) = (case::moment(scope, as_of), paging.after_number()?.unwrap_or_default());
    let rows = store::triages(conn, &case.row, at, after, paging.rows())?;
    let count = paging.wants_count().then(|| store::count_triages(conn, &case.row, at)).transpose()?;
    let views = rows.into_iter().map(|row| view(&case.key, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::number(view.number.into()), |view| view).with_count(count))
}

fn view(key: &CaseKey, row: TriageRow) -> ApiResult<ConcernTriageView> {
    let body: TriageBody = key.unseal("concern_triages", row.id, &row.body)?;
    Ok(ConcernTriageView {
        id: row.id,
        number: row.number,
        author_id: row.author_id,
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
        severity: row.severity,
        school_view_level: row.school_view_level,
        monitor: row.monitor,
        parent_informed: row.parent_informed,
        parent_informed_reason: body.parent_informed_reason,
        consent_basis: row.consent_basis,
    })
}
