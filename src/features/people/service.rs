//! Use cases of people, and what other features may ask about them.

use super::dto::{NewAdmin, PersonCreate, PersonPatch, PersonSearch, PersonView};
use super::store::{self, PersonRow};
use super::{appointments, many, rules};
use crate::access::{Role, Scope, Tx, refer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

pub use super::appointments::holders;

/// One person, where the scope reaches them.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PersonRow> {
    store::get(conn, scope, id)
}

/// Whether a trust has a person, whoever asks: not for answers to a caller who may not reach them.
pub fn person_exists(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<bool> {
    store::exists_in(conn, trust, id)
}

/// Refuses a person whom the scope does not reach: 409 at the field.
pub fn require_person(conn: &mut Conn, scope: &Scope, id: Id, pointer: &str) -> ApiResult<()> {
    if store::reaches(conn, scope, id)? { Ok(()) } else { Err(refer::unknown(pointer)) }
}

/// A page of people.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<PersonView>> {
    let rows = store::list(conn, scope, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), PersonView::from).with_count(count))
}

/// A page of the people whose names begin as asked.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    input: &PersonSearch,
    paging: &Paging,
) -> ApiResult<Page<PersonView>> {
    if let Some(school) = input.school_id {
        refer::require_school(conn, scope, school, "/school_id")?;
    }
    let prefixes = rules::prefixes(&input.words);
    if prefixes.is_empty() {
        return Err(ApiError::rule("/words", "format", "has no letters to look for"));
    }
    let rows = store::search(conn, scope, prefixes, input.school_id, paging)?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), PersonView::from))
}

/// Makes a person, and the first engagement where one is given.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: PersonCreate) -> ApiResult<PersonRow> {
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    let made = many::create_all(tx, scope, vec![input])?.pop();
    let row = made.unwrap_or_else(|| Err(ApiError::internal("nothing was made of a person")))?;
    tx.created(row.id);
    Ok(row)
}

/// Changes a person.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: PersonPatch,
) -> ApiResult<PersonRow> {
    let old = store::get(tx.conn, scope, id)?;
    if_match.check(old.version)?;
    let before = old.clone();
    if let Some(field) = patch.first_field() {
        appointments::refuse_lead(tx.conn, scope, id, field)?;
    }
    let given_name = patch.given_name.unwrap_or(old.given_name);
    let family_name = patch.family_name.unwrap_or(old.family_name);
    let preferred_name = patch.preferred_name.apply(old.preferred_name);
    let row = PersonRow {
        name_folded: rules::folded_name(&given_name, &family_name, preferred_name.as_deref()),
        given_name,
        family_name,
        preferred_name,
        work_email: patch.work_email.apply(old.work_email),
        ..old
    };
    let Some(row) = tx.renew(&before, row) else { return Ok(before) };
    store::update(tx.conn, &row)?;
    tx.did("person.changed", "person", id, None)?;
    Ok(row)
}

/// Makes a trust's first administrator: the person, and the appointment that gives the role.
pub fn enrol_admin(tx: &mut Tx<'_>, scope: &Scope, admin: NewAdmin) -> ApiResult<Id> {
    let input = PersonCreate {
        given_name: admin.given_name,
        family_name: admin.family_name,
        preferred_name: None,
        work_email: admin.work_email,
        engagement: None,
    };
    let person = create(tx, scope, input)?.id;
    appointments::add(tx, scope, person, Role::TrustAdmin)?;
    Ok(person)
}
