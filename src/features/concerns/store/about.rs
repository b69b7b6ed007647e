//! The concerns about one pupil that a caller sees in full: first the few that name the pupil, then which of them are
//! shown. (One query with both let the planner begin at the school, with its thousands of concerns.)

use std::collections::HashSet;

use crate::db::prelude::*;

use super::ConcernRow;
use crate::access::Scope;
use crate::access::visible::{self, Branch, FieldSet};
use crate::db::Conn;
use crate::db::schema::{concern_pupils, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// Concerns asked for in one statement.
pub const CHUNK: usize = 500;

/// The concerns whose newest account names a pupil, as far as the caller sees them in full by some way, or by one.
pub fn about_pupil(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    by: Option<Branch>,
) -> ApiResult<Vec<ConcernRow>> {
    let named: Vec<(Id, i32)> = concern_pupils::table
        .filter(concern_pupils::trust_id.eq(scope.trust()))
        .filter(concern_pupils::pupil_id.eq(pupil))
        .select((concern_pupils::concern_id, concern_pupils::number))
        .load(conn)?;
    let ids: Vec<Id> = {
        let unique: HashSet<Id> = named.iter().map(|(id, _)| *id).collect();
        unique.into_iter().collect()
    };
    let named: HashSet<(Id, i32)> = named.into_iter().collect();
    let mut found = seen_whole(conn, scope, &ids, by)?;
    found.retain(|row| named.contains(&(row.id, row.account_number)));
    Ok(found)
}

/// Those of several concerns that a caller sees in full by some way, or by one.
pub fn seen_whole(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    by: Option<Branch>,
) -> ApiResult<Vec<ConcernRow>> {
    let mut found: Vec<ConcernRow> = Vec::new();
    for (branch, fields) in visible::branches(scope) {
        if fields < FieldSet::Full || by.is_some_and(|by| by != branch) {
            continue;
        }
        for some in ids.chunks(CHUNK) {
            let rows: Vec<ConcernRow> = concerns::table
                .filter(concerns::trust_id.eq(scope.trust()))
                .filter(concerns::id.eq_any(some.to_vec()))
                .filter(visible::condition(scope, branch))
                .select(ConcernRow::as_select())
                .load(conn)?;
            found.extend(rows);
        }
    }
    Ok(found)
}
