//! One unit of work: a connection in a transaction, the scope it works under, and what it must leave behind.

use std::borrow::Cow;

use crate::db::prelude::*;

use super::remembered;
use super::scope::Scope;
use crate::audit::{self, Entry, EntryRow, Outcome};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::schema::idempotency_keys;
use crate::db::{Conn, portable::Portable};
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{self, Event};
use crate::http::idempotency::Request;
use crate::ids::Id;

/// A change in progress. What is done with it is stored whole, with its audit entry and event, or not at all.
pub struct Tx<'a> {
    /// The connection.
    pub conn: &'a mut Conn,
    /// Opens and makes the keys of sealed text.
    pub vault: &'a Vault,
    scope: &'a Scope,
    request_id: String,
    request: Option<Request>,
    replay: Replay,
    entries: Vec<EntryRow>,
    events: Vec<Event>,
    created: Option<Id>,
    unchanged: bool,
}

/// A record that has versions: what a change makes of it.
pub trait Versioned: PartialEq {
    /// The next version.
    #[must_use]
    fn renewed(self, at: Timestamp) -> Self;
}

/// Makes a row with `version` and `updated_at` [`Versioned`].
#[macro_export]
macro_rules! versioned {
    ($row:ty) => {
        impl $crate::access::Versioned for $row {
            fn renewed(self, at: $crate::clock::Timestamp) -> Self {
                Self { version: self.version + 1, updated_at: at, ..self }
            }
        }
    };
}

/// Whether the request was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replay {
    Unasked,
    First,
    Again(Id),
}

impl<'a> Tx<'a> {
    pub(super) fn new(
        conn: &'a mut Conn,
        vault: &'a Vault,
        scope: &'a Scope,
        request_id: String,
        request: Option<Request>,
    ) -> Self {
        Self {
            conn,
            vault,
            scope,
            request_id,
            request,
            replay: Replay::Unasked,
            entries: Vec::new(),
            events: Vec::new(),
            created: None,
            unchanged: false,
        }
    }

    /// The next version of a record, where a change makes it another than it was. One that changes nothing leaves
    /// nothing behind: no version, no entry, no event.
    pub fn renew<R: Versioned>(&mut self, before: &R, after: R) -> Option<R> {
        if *before == after {
            self.unchanged = true;
            return None;
        }
        Some(after.renewed(self.now()))
    }

    /// Writes down that a record was shown by a change that changed nothing: to look in this way is to look.
    pub fn showed(&mut self, class: &'static str, record: Id, school: Option<Id>) -> ApiResult<()> {
        self.look("unchanged", class, record, school)
    }

    /// Writes down that the answer of a change shows another record than the one that was changed.
    pub fn showed_too(&mut self, class: &'static str, record: Id, school: Option<Id>) -> ApiResult<()> {
        self.look("shown", class, record, school)
    }

    fn look(
        &mut self,
        rule: &'static str,
        class: &'static str,
        record: Id,
        school: Option<Id>,
    ) -> ApiResult<()> {
        let entry = Entry {
            record: Some(record),
            role: self.scope.way(school).role.map(super::roles::Role::as_str),
            school,
            ..entry(self.scope, rule, class, &self.request_id)
        };
        self.entries.push(entry.try_into()?);
        Ok(())
    }

    /// The work is a look that may find nothing to do: then it leaves nothing behind.
    pub const fn may_be_nothing(&mut self) {
        self.unchanged = true;
    }

    /// The moment of the request.
    pub const fn now(&self) -> Timestamp {
        self.scope.now()
    }

    /// The trust.
    pub fn trust(&self) -> Id {
        self.scope.trust()
    }

    /// A new identifier.
    pub fn new_id(&self) -> Id {
        Id::new(self.now())
    }

    /// Whether this request was carried out before, as far as that is remembered: then the identifier of what it made. Ask after the parent record
    /// was found in scope and before `If-Match` is judged; a new request may go on.
    pub fn replayed(&mut self) -> ApiResult<Option<Id>> {
        let Some(request) = self.request.clone() else { return Ok(None) };
        self.replay = Replay::First;
        self.lock_request(&request)?;
        let known: Option<(Vec<u8>, Option<Id>)> = idempotency_keys::table
            .find((self.trust(), self.scope.principal(), &request.key))
            .filter(idempotency_keys::created_at.ge(remembered::since(self.now())))
            .select((idempotency_keys::digest, idempotency_keys::created_id))
            .first(self.conn)
            .optional()?;
        match known {
            None => Ok(None),
            Some((digest, _)) if digest != request.digest => Err(ApiError::of(Code::IdempotencyMismatch)),
            Some((_, created)) => {
                let created = created.ok_or_else(|| ApiError::internal("a replayed request made nothing"))?;
                self.replay = Replay::Again(created);
                Ok(Some(created))
            }
        }
    }

    /// On PostgreSQL a second insert of the key would wait for the first; a try-lock answers at once. On SQLite
    /// nobody else is writing.
    fn lock_request(&mut self, request: &Request) -> ApiResult<()> {
        #[derive(QueryableByName)]
        struct Locked {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            locked: bool,
        }
        let Conn::Postgres(conn) = &mut *self.conn else { return Ok(()) };
        let name = format!("{}/{}/{}", self.scope.trust(), self.scope.principal(), request.key);
        let query = diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7)) AS locked")
            .bind::<diesel::sql_types::Text, _>(name);
        let got: Locked = diesel::RunQueryDsl::get_result(query, conn)?;
        if got.locked { Ok(()) } else { Err(ApiError::of(Code::IdempotencyInFlight)) }
    }

    /// Says what was done: writes the audit entry and the event of one change. `kind` is `class.past-participle`.
    pub fn did(
        &mut self,
        kind: &'static str,
        class: &'static str,
        record: Id,
        school: Option<Id>,
    ) -> ApiResult<()> {
        self.did_with(kind, class, record, school, None)
    }

    /// The same, with a commitment to the content that was stored.
    pub fn did_with(
        &mut self,
        kind: &'static str,
        class: &'static str,
        record: Id,
        school: Option<Id>,
        content: Option<&[u8]>,
    ) -> ApiResult<()> {
        let commitment = match content {
            Some(content) => Some(hex(&self.vault.commitment(self.conn, self.scope.trust(), content)?)),
            None => None,
        };
        let entry = Entry {
            commitment,
            record: Some(record),
            role: self.scope.way(school).role.map(super::roles::Role::as_str),
            school,
            ..entry(self.scope, kind, class, &self.request_id)
        };
        self.entries.push(entry.try_into()?);
        self.events.push(Event {
            trust_id: self.trust(),
            id: self.new_id(),
            at: self.now(),
            kind: kind.to_owned(),
            class: class.to_owned(),
            record_id: record,
            school_id: school,
            request_id: self.request_id.clone(),
        });
        Ok(())
    }

    /// Does a part of the work that may fail without failing all of it: then nothing of the part is stored.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> ApiResult<T>) -> ApiResult<T> {
        let (vault, scope, request_id) = (self.vault, self.scope, self.request_id.clone());
        let (value, entries, events) = crate::db::nested(self.conn, |conn| {
            let mut part = Tx::new(conn, vault, scope, request_id, None);
            let value = work(&mut part)?;
            Ok((value, part.entries, part.events))
        })?;
        self.entries.extend(entries);
        self.events.extend(events);
        Ok(value)
    }

    /// Notes what a POST made, for a repetition to find.
    pub const fn created(&mut self, id: Id) -> Id {
        self.created = Some(id);
        id
    }

    /// Stores what the work leaves behind; refuses work that left no audit entry.
    pub(super) fn finish(mut self) -> ApiResult<()> {
        match self.replay {
            Replay::Again(created) => return self.note_replay(created),
            Replay::Unasked if self.request.is_some() => {
                return Err(ApiError::internal(
                    "a use case with an idempotency key never asked for a replay",
                ));
            }
            _ => {}
        }
        if self.entries.is_empty() && self.unchanged {
            return Ok(());
        }
        if self.entries.is_empty() {
            return Err(ApiError::internal("a change without an audit entry"));
        }
        self.store_request()?;
        audit::insert(self.conn, &self.entries)?;
        events::insert(self.conn, &self.events)
    }

    /// A replay shows the record once more: for case records that is written down, as any look is.
    fn note_replay(self, created: Id) -> ApiResult<()> {
        if !is_case(self.scope) {
            return Ok(());
        }
        let action = self.scope.action().as_str().split('.').next().unwrap_or_default();
        let (class, school) = audit::first_about(self.conn, self.scope.trust(), created)?
            .unwrap_or_else(|| (action.to_owned(), None));
        let entry = Entry {
            record: Some(created),
            role: self.scope.role_for(school).map(super::roles::Role::as_str),
            school,
            ..entry(self.scope, "replayed", class, &self.request_id)
        };
        audit::insert(self.conn, &[entry.try_into()?])
    }

    fn store_request(&mut self) -> ApiResult<()> {
        let Some(request) = self.request.take() else { return Ok(()) };
        // What is forgotten may stand there still, until the work comes by that deletes it.
        diesel::delete(idempotency_keys::table.find((self.trust(), self.scope.principal(), &request.key)))
            .filter(idempotency_keys::created_at.lt(remembered::since(self.now())))
            .execute(self.conn)?;
        let insert = diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::trust_id.eq(self.scope.trust()),
                idempotency_keys::principal.eq(self.scope.principal().to_owned()),
                idempotency_keys::key.eq(request.key),
                idempotency_keys::digest.eq(request.digest),
                idempotency_keys::created_id.eq(self.created),
                idempotency_keys::created_at.eq(self.scope.now()),
            ))
            .on_conflict_do_nothing();
        match Portable(insert).execute(self.conn)? {
            0 => Err(ApiError::of(Code::IdempotencyInFlight)),
            _ => Ok(()),
        }
    }
}

/// The common part of an entry under a scope.
pub(super) fn entry(
    scope: &Scope,
    rule: &'static str,
    class: impl Into<Cow<'static, str>>,
    request_id: &str,
) -> Entry {
    Entry {
        action: scope.action().to_string(),
        at: scope.now(),
        class: class.into(),
        commitment: None,
        id: Id::new(scope.now()),
        outcome: Outcome::Done,
        person: scope.person(),
        principal: scope.principal().to_owned(),
        record: None,
        records: Vec::new(),
        request: request_id.to_owned(),
        role: scope.role_for(None).map(super::roles::Role::as_str),
        rule,
        school: None,
        trust: scope.trust(),
    }
}

/// Whether what is done under a scope touches case records.
pub(super) fn is_case(scope: &Scope) -> bool {
    scope.action().is_case_work() || scope.action().is_sensitive()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
