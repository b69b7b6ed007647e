//! What a request may refer to: identifiers in a body, checked through the caller's own reach. One that is out of
//! reach gets the same answer as one that never existed.

use crate::db::prelude::*;

use super::scope::Scope;
use crate::db::Conn;
use crate::db::schema::schools;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// Whether a school is one of the trust's and within reach of the action.
pub fn reaches_school(conn: &mut Conn, scope: &Scope, school: Id) -> ApiResult<bool> {
    Ok(scope.extent().covers(school) && is_school(conn, scope, school)?)
}

/// Refuses a school that the action does not reach: 409 at the field.
pub fn require_school(conn: &mut Conn, scope: &Scope, school: Id, pointer: &str) -> ApiResult<()> {
    if reaches_school(conn, scope, school)? { Ok(()) } else { Err(unknown(pointer)) }
}

/// Whether a school is one of the trust's.
pub fn is_school(conn: &mut Conn, scope: &Scope, school: Id) -> ApiResult<bool> {
    let known: Option<Id> =
        schools::table.find((scope.trust(), school)).select(schools::id).first(conn).optional()?;
    Ok(known.is_some())
}

/// The refusal of an identifier that is not there, or not for this caller.
pub fn unknown(pointer: &str) -> ApiError {
    ApiError::rule(pointer, "unknown_reference", "there is no such record")
}
