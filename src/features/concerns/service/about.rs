//! What other features ask about the concerns of a pupil, and about who has a conflict of interest in them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::store;
use crate::access::Scope;
use crate::access::visible::Branch;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// Who has a conflict of interest in each of several concerns.
pub fn linked_people(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<BTreeMap<Id, BTreeSet<Id>>> {
    store::linked_people(conn, trust, concerns)
}

/// Who has a conflict of interest in any concern that a school has of a pupil.
pub fn linked_about(conn: &mut Conn, trust: Id, pupil: Id, school: Id) -> ApiResult<BTreeSet<Id>> {
    let naming = store::naming_pupil(conn, trust, pupil)?;
    let rows = store::by_ids(conn, trust, &naming)?;
    let theirs: Vec<Id> = rows.into_iter().filter(|row| row.school_id == school).map(|row| row.id).collect();
    Ok(store::linked_people(conn, trust, &theirs)?.into_values().flatten().collect())
}

/// The schools of the concerns about a pupil that are open to the caller by name.
pub fn schools_by_name(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<Id>> {
    let rows = store::about_pupil(conn, scope, pupil, Some(Branch::Granted))?;
    Ok(rows.into_iter().map(|row| row.school_id).collect())
}
