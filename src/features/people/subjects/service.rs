//! Use cases of subjects.

use super::dto::{SubjectCreate, SubjectView};
use super::store::{self, SubjectRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::events::{NotificationKind, notify};
use crate::features::people::service as people;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A page of a person's mappings.
pub fn list(conn: &mut Conn, scope: &Scope, person: Id, paging: &Paging) -> ApiResult<Page<SubjectView>> {
    people::get(conn, scope, person)?;
    let rows = store::list(conn, scope, person, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, person)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), SubjectView::from).with_count(count))
}

/// Makes a mapping.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, person: Id, input: SubjectCreate) -> ApiResult<SubjectRow> {
    people::get(tx.conn, scope, person)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, person, id);
    }
    if principal(&input.issuer, &input.subject) == scope.principal() {
        let words = "nobody says whose login their own is: another administrator does it";
        return Err(ApiError::rule("/subject", "own_login", words));
    }
    let row = SubjectRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        person_id: person,
        issuer: input.issuer,
        subject: input.subject,
        created_at: tx.now(),
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    notify(tx.conn, scope.trust(), &[person], NotificationKind::LoginLinked, row.id, tx.now())?;
    tx.did("subject.created", "subject", row.id, None)?;
    Ok(row)
}

/// The principals that a person's mapped logins are, whoever asks: not for answers to a caller.
pub fn principals_of(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<String>> {
    let logins = store::logins(conn, trust, person)?;
    Ok(logins.iter().map(|(issuer, subject)| principal(issuer, subject)).collect())
}

/// The caller that a login's tokens are.
fn principal(issuer: &str, subject: &str) -> String {
    format!("jwt:{issuer}#{subject}")
}

/// Removes a mapping; a repetition finds that it is gone.
pub fn remove(tx: &mut Tx<'_>, scope: &Scope, person: Id, id: Id) -> ApiResult<Id> {
    people::get(tx.conn, scope, person)?;
    if let Some(id) = tx.replayed()? {
        return Ok(id);
    }
    let row = store::get(tx.conn, scope, person, id)?;
    if scope.person() == Some(person) || principal(&row.issuer, &row.subject) == scope.principal() {
        let words = "nobody takes their own login away: it could be mapped to somebody else then";
        return Err(ApiError::rule("", "own_login", words));
    }
    store::delete(tx.conn, &row)?;
    tx.created(id);
    tx.did("subject.removed", "subject", id, None)?;
    Ok(id)
}
