//! Use cases of API keys.

use super::dto::{KeyCreate, KeyGrant, KeyRevocation, KeyRotation, KeyView};
use super::rules;
use super::store::{self, KeyRow, words};
use crate::access::key_scopes::KeyScope;
use crate::access::{Scope, Tx, refer};
use crate::auth::key_format::KeyText;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::people::{self, NewAdmin};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::text::Name;

/// What stands in the role column of a person's key: the roles are read from the appointments each time.
const PERSON: &str = "person";

/// Where keys are made: the deployment's word and the trust's, which stand in the key.
#[derive(Clone, Debug)]
pub struct Place {
    /// The deployment's word.
    pub env: String,
    /// The trust's slug.
    pub slug: String,
}

/// A key that was made, and its text where this is the first answer.
pub struct Made {
    /// The record.
    pub row: KeyRow,
    /// The text, shown once.
    pub text: Option<KeyText>,
}

impl From<Made> for KeyView {
    fn from(made: Made) -> Self {
        Self { key: made.text.map(|text| text.expose()), ..Self::from(made.row) }
    }
}

/// One key.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<KeyRow> {
    store::get(conn, scope, id)
}

/// The person for whom the key behind a principal (`key:ID`) is, whoever asks: not for answers to a caller.
pub fn owner_of(conn: &mut Conn, trust: Id, principal: &str) -> ApiResult<Option<Id>> {
    match principal.strip_prefix("key:").and_then(Id::parse) {
        Some(key) => store::owner(conn, trust, key),
        None => Ok(None),
    }
}

/// A page of keys.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Page<KeyView>> {
    let rows = store::list(conn, scope, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope)).transpose()?;
    Ok(paging.page(rows, |row| Cursor::id(row.id), KeyView::from).with_count(count))
}

/// Makes a key.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, place: &Place, input: KeyCreate) -> ApiResult<Made> {
    if let Some(id) = tx.replayed()? {
        return Ok(Made { row: store::get(tx.conn, scope, id)?, text: None });
    }
    check_makes(scope, input.owner.person_id)?;
    rules::check_end(input.expires_at, tx.now())?;
    if rules::is_anothers(input.owner.person_id, scope.person()) {
        let words = "a person's key can only be made by that person";
        return Err(ApiError::rule("/owner/person_id", "owner_only", words));
    }
    for (at, school) in input.school_ids.iter().enumerate() {
        if !refer::is_school(tx.conn, scope, *school)? {
            return Err(refer::unknown(&format!("/school_ids/{at}")));
        }
    }
    let (text, blank) = blank(tx, scope, place, input.name, input.expires_at)?;
    let row = KeyRow {
        person_id: input.owner.person_id,
        service: input.owner.service,
        role: input.role.map_or(PERSON, super::dto::ServiceRole::as_str).to_owned(),
        scopes: words(input.scopes),
        school_ids: words(input.school_ids),
        networks: words(input.networks),
        ..blank
    };
    let row = waiting(scope, row)?;
    store::insert(tx.conn, &row)?;
    tx.created(row.id);
    tx.did("api-key.created", "api_key", row.id, None)?;
    Ok(Made { row, text: Some(text) })
}

/// Keys of services are made and rotated by whoever manages the trust's keys; a person's by that person, with their login:
/// a key that could make another would not end with its own end.
fn check_makes(scope: &Scope, owner: Option<Id>) -> ApiResult<()> {
    if owner.is_some() && scope.is_by_key() {
        return Err(ApiError::because(
            Code::Forbidden,
            "a person's key is made with a login, not with a key",
        ));
    }
    check_manages(scope, owner)
}

/// Whoever does not manage the trust's keys revokes their own, with their login.
fn check_manages(scope: &Scope, owner: Option<Id>) -> ApiResult<()> {
    let is_own = owner.is_some() && owner == scope.person() && !scope.is_by_key();
    if scope.extent().trust || is_own { Ok(()) } else { Err(ApiError::of(Code::Forbidden)) }
}

/// A service's key that shows people, pupils or the log lets nobody in until somebody else confirms it: its secret is
/// with whoever makes it, who may have no such right.
fn waiting(scope: &Scope, row: KeyRow) -> ApiResult<KeyRow> {
    if !rules::needs_second(&row) {
        return Ok(row);
    }
    let maker = known_person(scope)?;
    Ok(KeyRow { awaits_second: true, made_by_person: Some(maker), ..row })
}

/// Who is asking: two callers without a person could be one.
fn known_person(scope: &Scope) -> ApiResult<Id> {
    scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))
}

/// Confirms a key that another person made: from then on it works.
pub fn confirm(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<KeyRow> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    if_match.check(old.version)?;
    let second = known_person(scope)?;
    rules::check_reach_of_second(scope, &old)?;
    if old.made_by_person == Some(second) || old.created_by == scope.principal() {
        let words = "nobody confirms a key that they made";
        return Err(ApiError::rule("", "second_person", words));
    }
    rules::check_live(&old, tx.now())?;
    if !old.awaits_second {
        return Err(ApiError::because(Code::StateConflict, "the key waits for no second person"));
    }
    let row = KeyRow {
        awaits_second: false,
        confirmed_at: Some(tx.now()),
        confirmed_by_person: Some(second),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old
    };
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did("api-key.confirmed", "api_key", id, None)?;
    Ok(row)
}

/// Makes a key in place of another, which ends after the overlap. What was granted to a service's key ends with it.
pub fn rotate(
    tx: &mut Tx<'_>,
    scope: &Scope,
    place: &Place,
    id: Id,
    if_match: &IfMatch,
    input: &KeyRotation,
) -> ApiResult<Made> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(id) = tx.replayed()? {
        return Ok(Made { row: store::get(tx.conn, scope, id)?, text: None });
    }
    if_match.check(old.version)?;
    check_makes(scope, old.person_id)?;
    rules::check_live(&old, tx.now())?;
    if rules::is_anothers(old.person_id, scope.person()) {
        let words = "a person's key can only be rotated by that person";
        return Err(ApiError::rule("", "owner_only", words));
    }
    let (old_end, new_end) = rules::rotation_ends(&old, input.overlap_hours, tx.now());
    let (text, blank) = blank(tx, scope, place, old.name.clone(), new_end)?;
    let new_id = blank.id;
    let row = KeyRow {
        person_id: old.person_id,
        service: old.service.clone(),
        role: old.role.clone(),
        scopes: words(rules::kept_scopes(&old)),
        school_ids: old.school_ids.clone(),
        networks: old.networks.clone(),
        ..blank
    };
    let row = waiting(scope, row)?;
    store::insert(tx.conn, &row)?;
    let old = KeyRow {
        expires_at: old_end,
        rotated_to: Some(new_id),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old
    };
    store::update(tx.conn, &old)?;
    tx.created(new_id);
    tx.did("api-key.rotated", "api_key", id, None)?;
    tx.did("api-key.created", "api_key", new_id, None)?;
    Ok(Made { row, text: Some(text) })
}

/// Ends a key before its time.
pub fn revoke(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: KeyRevocation,
) -> ApiResult<KeyRow> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    if_match.check(old.version)?;
    check_manages(scope, old.person_id)?;
    if old.revoked_at.is_some() {
        return Err(ApiError::because(Code::StateConflict, "the key is revoked"));
    }
    let row = KeyRow {
        revoked_at: Some(tx.now()),
        revoked_reason: Some(input.reason),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old
    };
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did("api-key.revoked", "api_key", id, None)?;
    Ok(row)
}

/// Grants a service's key the right to read concerns of its schools. The scopes hold for the whole key: so the grant
/// names all of its schools, and each must be within the granter's reach.
pub fn grant(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: &KeyGrant,
) -> ApiResult<KeyRow> {
    let old = store::get(tx.conn, scope, id)?;
    if let Some(id) = tx.replayed()? {
        return store::get(tx.conn, scope, id);
    }
    if_match.check(old.version)?;
    check_schools(scope, &old, input)?;
    rules::check_live(&old, tx.now())?;
    if old.person_id.is_some() {
        return Err(ApiError::because(Code::StateConflict, "a person's key has the person's own rights"));
    }
    let scopes = old.scopes().into_iter().chain(input.scopes.iter().map(|scope| scope.scope()));
    let row = KeyRow { scopes: words(scopes), version: old.version + 1, updated_at: tx.now(), ..old.clone() };
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did("api-key.granted", "api_key", id, input.school_ids.first().copied())?;
    Ok(row)
}

fn check_schools(scope: &Scope, key: &KeyRow, input: &KeyGrant) -> ApiResult<()> {
    if let Some(at) = input.school_ids.iter().position(|school| !scope.extent().covers(*school)) {
        return Err(refer::unknown(&format!("/school_ids/{at}")));
    }
    if key.school_ids.is_empty() {
        scope.require_trust()?;
    }
    if words(&input.school_ids) != key.school_ids {
        let fault = "must name exactly the schools that the key reaches";
        return Err(ApiError::rule("/school_ids", "not_allowed", fault));
    }
    let whole_trust = key.school_ids.is_empty();
    if whole_trust && input.scopes.iter().any(|scope| scope.scope() == KeyScope::ConcernsText) {
        let fault = "the text of concerns is granted per school: make a key for named schools";
        return Err(ApiError::rule("/school_ids", "required", fault));
    }
    Ok(())
}

/// Makes a trust's first administrator and their key with every right of the role, for 90 days.
pub fn create_first_admin_key(
    tx: &mut Tx<'_>,
    scope: &Scope,
    env: &str,
    slug: &str,
    admin: NewAdmin,
) -> ApiResult<KeyText> {
    let person = people::enrol_admin(tx, scope, admin)?;
    let place = Place { env: env.to_owned(), slug: slug.to_owned() };
    let name = Name::new("First administrator").map_err(ApiError::internal)?;
    let (text, blank) = blank(tx, scope, &place, name, tx.now().plus_seconds(rules::FIRST_ADMIN))?;
    let row = KeyRow { person_id: Some(person), scopes: words([KeyScope::All]), ..blank };
    store::insert(tx.conn, &row)?;
    tx.did("api-key.created", "api_key", row.id, None)?;
    Ok(text)
}

/// A new key that opens nothing and belongs to nobody yet, and its text.
fn blank(
    tx: &mut Tx<'_>,
    scope: &Scope,
    place: &Place,
    name: Name<100>,
    expires_at: Timestamp,
) -> ApiResult<(KeyText, KeyRow)> {
    let id = tx.new_id();
    let (text, hash) = secret(tx, place, id)?;
    let row = KeyRow {
        trust_id: scope.trust(),
        id,
        name,
        person_id: None,
        service: None,
        role: PERSON.to_owned(),
        scopes: String::new(),
        school_ids: String::new(),
        networks: String::new(),
        hash,
        expires_at,
        rotated_to: None,
        revoked_at: None,
        revoked_reason: None,
        last_used_at: None,
        created_by: scope.principal().to_owned(),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        awaits_second: false,
        made_by_person: None,
        confirmed_at: None,
        confirmed_by_person: None,
    };
    Ok((text, row))
}

/// A new secret, and what is stored of it.
fn secret(tx: &mut Tx<'_>, place: &Place, id: Id) -> ApiResult<(KeyText, Vec<u8>)> {
    let text = KeyText::generate(&place.env, &place.slug, id).map_err(ApiError::internal)?;
    let pepper = tx.vault.pepper(tx.conn, tx.trust())?;
    let hash = text.hash(&pepper).to_vec();
    Ok((text, hash))
}
