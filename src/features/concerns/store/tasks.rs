//! What a person has to do.

use std::collections::BTreeSet;

use diesel::dsl::not;
use diesel::prelude::*;

use super::super::dto::ConcernShareKind;
use crate::access::visible;
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{concern_actions, concern_shares, concerns};
use crate::error::ApiResult;
use crate::ids::Id;

/// Tasks of one kind that are given at most.
const MOST: i64 = 500;

/// A person's actions that are not done: concern, action, due day.
pub fn open_actions(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<(Id, Id, Option<Date>)>> {
    Ok(concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::owner_id.eq(Some(person)))
        .filter(concern_actions::superseded_at.is_null())
        .filter(concern_actions::done_on.is_null())
        .order(concern_actions::id)
        .limit(MOST)
        .select((concern_actions::concern_id, concern_actions::id, concern_actions::due_on))
        .load(conn)?)
}

/// The concerns that are assigned to a person: concern, share.
pub fn open_assignments(conn: &mut Conn, trust: Id, person: Id, now: Timestamp) -> ApiResult<Vec<(Id, Id)>> {
    Ok(concern_shares::table
        .filter(concern_shares::trust_id.eq(trust))
        .filter(concern_shares::person_id.eq(person))
        .filter(concern_shares::kind.eq(ConcernShareKind::Assignment))
        .filter(concern_shares::ended_at.is_null())
        .filter(concern_shares::ends_at.is_null().or(concern_shares::ends_at.gt(now).assume_not_null()))
        .order(concern_shares::id)
        .limit(MOST)
        .select((concern_shares::concern_id, concern_shares::id))
        .load(conn)?)
}

/// Those of several concerns to which a person is not linked.
pub fn not_linked(conn: &mut Conn, trust: Id, person: Id, ids: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let free: Vec<Id> = concerns::table
        .filter(concerns::trust_id.eq(trust))
        .filter(concerns::id.eq_any(ids.to_vec()))
        .filter(not(visible::linked(trust, person)))
        .select(concerns::id)
        .load(conn)?;
    Ok(free.into_iter().collect())
}
