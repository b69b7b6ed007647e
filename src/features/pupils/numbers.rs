//! Who has a number that a caller gives: what a new record may be joined with at once, and what it must not.

use std::collections::HashMap;

use super::store::{self, PupilRow};
use super::{Upn, enrolments};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// A pupil who has a number.
#[derive(Clone, Debug)]
pub enum Holder {
    /// A school within reach has them.
    Own(PupilRow),
    /// They have left every school.
    Left(PupilRow),
    /// Another school has them: nothing of them may show, nor that there is anybody.
    Elsewhere(PupilRow),
}

/// Makes whoever gives one of these numbers wait until the transaction ends, and waits for those who have begun: who has
/// one is then still true when it is given. Always in one order. On SQLite nobody else is writing.
pub fn hold(conn: &mut Conn, trust: Id, mut upns: Vec<Upn>) -> ApiResult<()> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    upns.sort_unstable();
    upns.dedup();
    let names: Vec<String> = upns.iter().map(|upn| format!("{trust}/{}", upn.as_str())).collect();
    let query = diesel::sql_query(
        "SELECT pg_advisory_xact_lock(hashtextextended(number, 13)) \
         FROM unnest($1) WITH ORDINALITY AS given (number, place) ORDER BY place",
    )
    .bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(names);
    diesel::RunQueryDsl::execute(query, conn)?;
    Ok(())
}

/// Who has these numbers.
pub fn holders(conn: &mut Conn, scope: &Scope, upns: &[Upn]) -> ApiResult<HashMap<Upn, Holder>> {
    let held = store::known_all(conn, scope.trust(), upns)?;
    let ids: Vec<_> = held.iter().map(|row| row.id).collect();
    let on_roll = enrolments::on_roll(conn, scope, &ids)?;
    let mut found = HashMap::new();
    for row in held {
        let Some(upn) = row.upn.clone() else { continue };
        let holder = if on_roll.contains_key(&row.id) { Holder::Elsewhere(row) } else { Holder::Left(row) };
        found.insert(upn, holder);
    }
    for row in store::current_of_numbers(conn, scope, upns)? {
        if let Some(upn) = row.upn.clone().or_else(|| row.claimed_upn.clone()) {
            found.insert(upn, Holder::Own(row));
        }
    }
    Ok(found)
}

/// Who has a number.
pub fn holder(conn: &mut Conn, scope: &Scope, upn: &Upn) -> ApiResult<Option<Holder>> {
    Ok(holders(conn, scope, std::slice::from_ref(upn))?.remove(upn))
}
