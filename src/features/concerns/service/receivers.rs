//! Who learns of a concern, and who is let in because everybody before them is linked to the case.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::content::CaseKey;
use super::super::dto::Log;
use super::super::rules::{self, Route};
use super::super::store::{self, ConcernRow, Named, ShareKind, ShareRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Text;

/// The text of a share.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShareBody {
    pub reason: Option<Text<2000>>,
}

/// The route of a concern as things stand today.
pub fn route(conn: &mut Conn, scope: &Scope, row: &ConcernRow, named: &Named) -> ApiResult<Route> {
    let pupils: Vec<Id> = named.pupils.iter().map(|pupil| pupil.pupil_id).collect();
    let mut linked: BTreeSet<Id> = store::linked_to_pupils(conn, scope.trust(), &pupils)?;
    linked.extend(&named.adults);
    let holders = store::holders(conn, scope.trust(), row.school_id, scope.today())?;
    Ok(rules::route(&holders, &linked, row.log == Log::Restricted))
}

/// Lets the people of a route in where their roles do not, and tells them.
pub fn follow(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    route: &Route,
    kind: &'static str,
) -> ApiResult<()> {
    if route.by_grant {
        for person in &route.people {
            let id = tx.new_id();
            let share = ShareRow {
                trust_id: scope.trust(),
                id,
                concern_id: row.id,
                person_id: *person,
                kind: ShareKind::ConflictRoute,
                granted_by: None,
                granted_at: tx.now(),
                ends_at: None,
                ended_at: None,
                ended_by: None,
                body: key.seal("concern_shares", id, &ShareBody { reason: None })?,
            };
            store::insert_share(tx.conn, &share)?;
        }
    }
    let told: Vec<Id> =
        route.people.iter().copied().filter(|person| Some(*person) != scope.person()).collect();
    let now = tx.now();
    store::notify(tx.conn, scope.trust(), &told, kind, row.id, now)
}
