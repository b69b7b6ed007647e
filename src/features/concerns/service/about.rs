//! What other features ask about the concerns of a pupil.

use super::super::store;
use crate::access::Scope;
use crate::access::visible::Branch;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// The schools of the concerns about a pupil that are open to the caller by name.
pub fn schools_by_name(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<Id>> {
    let rows = store::about_pupil(conn, scope, pupil, Some(Branch::Granted))?;
    Ok(rows.into_iter().map(|row| row.school_id).collect())
}
