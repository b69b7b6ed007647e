//! Use cases of subjects.

use super::dto::{SubjectCreate, SubjectView};
use super::store::{self, SubjectRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
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

/// Makes a mapping, which lets nobody in until somebody else confirms it: one person alone could give a login of
/// their own to anybody.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, person: Id, input: SubjectCreate) -> ApiResult<SubjectRow> {
    people::get(tx.conn, scope, person)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, person, id);
    }
    let maker = known_person(scope)?;
    if principal(&input.issuer, &input.subject) == scope.principal() || maker == person {
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
        made_by_person: Some(maker),
        confirmed_at: None,
        confirmed_by_person: None,
    };
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("subject.created", "subject", row.id, None)?;
    Ok(row)
}

/// Confirms a mapping that another person made, and tells whose login it is.
pub fn confirm(tx: &mut Tx<'_>, scope: &Scope, person: Id, id: Id) -> ApiResult<SubjectRow> {
    let old = store::get(tx.conn, scope, person, id)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, person, id);
    }
    let second = known_person(scope)?;
    if old.made_by_person == Some(second) || principal(&old.issuer, &old.subject) == scope.principal() {
        let words = "nobody confirms a mapping that they made, or of the login that they call with";
        return Err(ApiError::rule("", "second_person", words));
    }
    if old.confirmed_at.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the mapping is confirmed"));
    }
    let row = SubjectRow { confirmed_at: Some(tx.now()), confirmed_by_person: Some(second), ..old };
    store::confirm(tx.conn, &row)?;
    tx.created(id);
    notify(tx.conn, scope.trust(), &[person], NotificationKind::LoginLinked, row.id, scope.now())?;
    tx.did("subject.confirmed", "subject", id, None)?;
    Ok(row)
}

/// Who is asking: two callers without a person could be one.
fn known_person(scope: &Scope) -> ApiResult<Id> {
    scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))
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
