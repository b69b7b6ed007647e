//! Every query on API keys.

use crate::db::prelude::*;
use diesel::sql_types;

use crate::access::Scope;
use crate::access::key_scopes::KeyScope;
use crate::clock::Timestamp;
use crate::db::schema::api_keys;
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A key as it is stored. Scopes, schools and networks are words with a blank between them.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct KeyRow {
    pub trust_id: Id,
    pub id: Id,
    pub name: Name<100>,
    pub person_id: Option<Id>,
    pub service: Option<Name<100>>,
    pub role: String,
    pub scopes: String,
    pub school_ids: String,
    pub networks: String,
    pub hash: Vec<u8>,
    pub expires_at: Timestamp,
    pub rotated_to: Option<Id>,
    pub revoked_at: Option<Timestamp>,
    pub revoked_reason: Option<Text<500>>,
    pub last_used_at: Option<Timestamp>,
    pub created_by: String,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub awaits_second: bool,
    pub made_by_person: Option<Id>,
    pub confirmed_at: Option<Timestamp>,
    pub confirmed_by_person: Option<Id>,
}

impl KeyRow {
    /// What the key may do of what its owner may.
    pub fn scopes(&self) -> Vec<KeyScope> {
        self.scopes.split_whitespace().filter_map(KeyScope::parse).collect()
    }

    /// The schools that it reaches.
    pub fn schools(&self) -> Vec<Id> {
        self.school_ids.split_whitespace().filter_map(Id::parse).collect()
    }

    /// A key for tests of rules.
    #[cfg(test)]
    pub fn sample(id: Id) -> Self {
        let at = Timestamp::from_micros(1_800_000_000_000_000);
        Self {
            trust_id: id,
            id,
            name: Name::new("Key").unwrap(),
            person_id: None,
            service: None,
            role: "integration".to_owned(),
            scopes: "concerns-create".to_owned(),
            school_ids: String::new(),
            networks: String::new(),
            hash: Vec::new(),
            expires_at: at,
            rotated_to: None,
            revoked_at: None,
            revoked_reason: None,
            last_used_at: None,
            created_by: String::new(),
            version: 1,
            created_at: at,
            updated_at: at,
            awaits_second: false,
            made_by_person: None,
            confirmed_at: None,
            confirmed_by_person: None,
        }
    }
}

/// Words with a blank between them, each once.
pub fn words<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let mut out: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    out.sort_unstable();
    out.dedup();
    out.join(" ")
}

type Condition = Box<dyn BoxableExpression<api_keys::table, Backend, SqlType = sql_types::Bool>>;

/// The keys that a scope reaches: in the whole trust all, else one's own, and the keys of services that touch one of its
/// schools, as those of the whole trust do.
fn visible(scope: &Scope) -> Condition {
    let here = api_keys::trust_id.eq(scope.trust());
    match scope.school_limit() {
        None => Box::new(here),
        Some(schools) => {
            let none: Condition = Box::new(api_keys::id.ne(api_keys::id));
            let of_trust: Condition = Box::new(api_keys::school_ids.eq(""));
            let first = if schools.is_empty() { none } else { of_trust };
            let touched = schools.iter().fold(first, |any, school| {
                Box::new(any.or(api_keys::school_ids.like(format!("%{school}%"))))
            });
            let services = api_keys::person_id.is_null().and(touched);
            // A narrowed key shows nothing of its owner's other keys.
            match scope.person().filter(|_| scope.key_schools().is_none()) {
                Some(person) => Box::new(here.and(services.or(is_of(person)))),
                None => Box::new(here.and(services)),
            }
        }
    }
}

fn is_of(person: Id) -> Condition {
    Box::new(api_keys::person_id.is_not_null().and(api_keys::person_id.eq(person).assume_not_null()))
}

/// The key of an identifier.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<KeyRow> {
    api_keys::table
        .filter(api_keys::id.eq(id))
        .filter(visible(scope))
        .select(KeyRow::as_select())
        .first(conn)
        .map_err(ApiError::from)
}

/// The person for whom a key is, whoever asks: not for answers to a caller.
pub fn owner(conn: &mut Conn, trust: Id, key: Id) -> ApiResult<Option<Id>> {
    let found: Option<Option<Id>> =
        api_keys::table.find((trust, key)).select(api_keys::person_id).first(conn).optional()?;
    Ok(found.flatten())
}

/// A page of keys by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, paging: &Paging) -> ApiResult<Vec<KeyRow>> {
    let mut query = api_keys::table.filter(visible(scope)).into_boxed();
    if let Some(after) = paging.after_id()? {
        query = query.filter(api_keys::id.gt(after));
    }
    Ok(query.order(api_keys::id).limit(paging.rows()).select(KeyRow::as_select()).load(conn)?)
}

/// How many keys there are.
pub fn count(conn: &mut Conn, scope: &Scope) -> ApiResult<i64> {
    Ok(api_keys::table.filter(visible(scope)).count().get_result(conn)?)
}

/// Stores a new key.
pub fn insert(conn: &mut Conn, row: &KeyRow) -> ApiResult<()> {
    diesel::insert_into(api_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a key's new values, where nobody has changed it since. The note of its last use is left alone.
pub fn update(conn: &mut Conn, row: &KeyRow) -> ApiResult<()> {
    let stored = diesel::update(api_keys::table.find((row.trust_id, row.id)))
        .filter(api_keys::version.eq(row.version - 1))
        .set((
            api_keys::scopes.eq(&row.scopes),
            api_keys::expires_at.eq(row.expires_at),
            api_keys::rotated_to.eq(row.rotated_to),
            api_keys::revoked_at.eq(row.revoked_at),
            api_keys::revoked_reason.eq(&row.revoked_reason),
            api_keys::awaits_second.eq(row.awaits_second),
            api_keys::confirmed_at.eq(row.confirmed_at),
            api_keys::confirmed_by_person.eq(row.confirmed_by_person),
            api_keys::version.eq(row.version),
            api_keys::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    crate::db::violations::expect_one(stored)
}
