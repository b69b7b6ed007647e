//! Which concerns belong together, and what became of that: a link is withdrawn, or made again, by a new version.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::ConcernRow;
use crate::access::Scope;
use crate::access::visible::{self, FieldSet};
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_link_versions, concern_links, concerns};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// A link as it is stored; its text is sealed under the key of `concern_id`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_links, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct LinkRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub other_id: Id,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// A later version of a link as it is stored; its text is sealed under the key of `concern_id`, the end at which it was
/// recorded.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_link_versions, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct LinkVersionRow {
    pub trust_id: Id,
    pub id: Id,
    pub link_id: Id,
    /// 2 for the first after the link itself.
    pub number: i32,
    pub concern_id: Id,
    /// Whether it withdraws the link; otherwise it makes it again.
    pub withdraws: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// The text of a version of a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkBody {
    pub reason: Text<2000>,
}

impl LinkRow {
    /// The end that is not the concern given.
    pub fn other_end(&self, concern: Id) -> Id {
        if self.concern_id == concern { self.other_id } else { self.concern_id }
    }
}

/// All links of a concern, whichever end recorded them.
pub fn links(conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Vec<LinkRow>> {
    Ok(concern_links::table
        .filter(concern_links::trust_id.eq(concern.trust_id))
        .filter(concern_links::concern_id.eq(concern.id).or(concern_links::other_id.eq(concern.id)))
        .order(concern_links::id)
        .select(LinkRow::as_select())
        .load(conn)?)
}

/// The later versions of these links, each link's oldest first.
pub fn link_versions(conn: &mut Conn, trust: Id, links: &[Id]) -> ApiResult<Vec<LinkVersionRow>> {
    Ok(concern_link_versions::table
        .filter(concern_link_versions::trust_id.eq(trust))
        .filter(concern_link_versions::link_id.eq_any(links.to_vec()))
        .order((concern_link_versions::link_id, concern_link_versions::number))
        .select(LinkVersionRow::as_select())
        .load(conn)?)
}

/// Stores a later version of a link.
pub fn insert_link_version(conn: &mut Conn, row: &LinkVersionRow) -> ApiResult<()> {
    diesel::insert_into(concern_link_versions::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a link.
pub fn insert_link(conn: &mut Conn, row: &LinkRow) -> ApiResult<()> {
    diesel::insert_into(concern_links::table).values(row).execute(conn)?;
    Ok(())
}

/// Those of several concerns that the caller sees in full.
pub fn in_full(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<ConcernRow>> {
    let mut found: Vec<ConcernRow> = Vec::new();
    for (branch, fields) in visible::branches(scope) {
        if fields < FieldSet::Full {
            continue;
        }
        let rows: Vec<ConcernRow> = concerns::table
            .filter(concerns::trust_id.eq(scope.trust()))
            .filter(concerns::id.eq_any(ids.to_vec()))
            .filter(visible::condition(scope, branch))
            .select(ConcernRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}
