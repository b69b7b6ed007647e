//! Who was let in by name: the history, and the table that every query joins.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_grants, concern_shares};
use crate::error::ApiResult;
use crate::ids::Id;

crate::words! {
    /// Why a person was let in by name.
    pub enum ShareKind {
        /// They work on the concern.
        Assignment = "assignment",
        /// They need to know.
        Share = "share",
        /// Those before them on the route are linked to the case.
        ConflictRoute = "conflict_route",
    }
}

/// A share as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_shares, check_for_backend(crate::db::Backend))]
pub struct ShareRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub person_id: Id,
    pub kind: ShareKind,
    pub granted_by: Option<Id>,
    pub granted_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<Id>,
    pub body: Sealed,
}

/// Stores a share, and what follows from it.
pub fn insert_share(conn: &mut Conn, row: &ShareRow) -> ApiResult<()> {
    diesel::insert_into(concern_shares::table).values(row).execute(conn)?;
    renew_grant(conn, row.trust_id, row.person_id, row.concern_id)
}

/// Makes a person's grant from the shares that are open: it lasts as long as the longest of them.
pub fn renew_grant(conn: &mut Conn, trust: Id, person: Id, concern: Id) -> ApiResult<()> {
    let ends: Vec<Option<Timestamp>> = concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::concern_id.eq(concern))
        .filter(concern_shares::person_id.eq(person))
        .filter(concern_shares::ended_at.is_null())
        .select(concern_shares::ends_at)
        .load(conn)?;
    diesel::delete(concern_grants::table.find((trust, person, concern))).execute(conn)?;
    if ends.is_empty() {
        return Ok(());
    }
    let ends_at = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
    diesel::insert_into(concern_grants::table)
        .values((
            concern_grants::trust_id.eq(trust),
            concern_grants::person_id.eq(person),
            concern_grants::concern_id.eq(concern),
            concern_grants::ends_at.eq(ends_at),
        ))
        .execute(conn)?;
    Ok(())
}
