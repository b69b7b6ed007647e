//! What a handler works with: the caller, the clock, the database, and the request's identifier. The guard puts it on
//! the request before any body or path is read.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev::Payload};
use serde::Serialize;

use super::actions::Action;
use super::change::{Change, answered, run};
use super::scope::Scope;
use super::tx::{Tx, entry, is_case};
use super::viewer::Viewer;
use crate::audit::{Outcome, Recorder};
use crate::clock::{Clock, Timestamp};
use crate::crypto::Vault;
use crate::db::{Conn, Db, Slot};
use crate::error::{ApiError, ApiResult, Code};
use crate::files::Files;
use crate::http::idempotency::Request;
use crate::http::page::Page;
use crate::http::{ETag, Paging, etag};
use crate::ids::Id;

/// What every request works with; made once a process.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// Writes the entries of reads.
    pub recorder: Recorder,
    /// The time.
    pub clock: Clock,
    /// The word in API keys that tells environments apart.
    pub environment: String,
    /// Where files are kept; none where the operator has set no place.
    pub files: Option<Files>,
}

/// One request's caller and services.
#[derive(Clone)]
pub struct Context {
    inner: Rc<Inner>,
    request: HttpRequest,
}

pub(super) struct Inner {
    pub(super) viewer: Arc<Viewer>,
    pub(super) services: Services,
    pub(super) now: Timestamp,
    pub(super) request_id: String,
    /// The action that the document declares for this operation.
    pub(super) declared: Action,
}

/// What was read, and which records that shows.
pub struct Seen<T> {
    /// What was read.
    pub value: T,
    /// The records.
    pub records: Vec<Id>,
    /// Their school, where they have one in common.
    pub school: Option<Id>,
}

impl Context {
    /// The caller.
    pub fn viewer(&self) -> &Viewer {
        &self.inner.viewer
    }

    /// The moment of the request.
    pub fn now(&self) -> Timestamp {
        self.inner.now
    }

    /// The word in API keys that tells environments apart.
    pub fn environment(&self) -> &str {
        &self.inner.services.environment
    }

    /// The keys of sealed text.
    pub fn vault(&self) -> Vault {
        self.inner.services.vault.clone()
    }

    /// Where files are kept: 503 where the operator has set no place for them.
    pub fn files(&self) -> ApiResult<Files> {
        self.inner.services.files.clone().ok_or_else(|| ApiError::of(Code::FileStoreMissing))
    }

    /// The request that the answer is for.
    pub const fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The scope of an action: the one that the document declares for this operation.
    pub fn permit(&self, action: Action) -> ApiResult<Scope> {
        if action != self.inner.declared {
            return Err(ApiError::internal(format!(
                "the handler asks for {action}, the document declares {}",
                self.inner.declared
            )));
        }
        Scope::permit(&self.inner.viewer, action, self.inner.now)
    }

    /// Reads what is not sensitive.
    pub async fn read<T, F>(&self, scope: &Scope, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        if scope.action().is_sensitive() {
            return Err(ApiError::internal("a sensitive read without an audit entry"));
        }
        self.inner.services.db.read(scope.trust(), work).await
    }

    /// Reads what belongs to no trust.
    pub async fn read_shared<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        self.inner.services.db.read_shared(work).await
    }

    /// Reads sensitive records: the answer leaves after its audit entry is stored. `asked` is the record that the
    /// request names, if it names one: looking for what is not there is written down too.
    pub async fn see<T, F>(
        &self,
        scope: &Scope,
        class: &'static str,
        asked: Option<Id>,
        work: F,
    ) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<Seen<T>> + Send + 'static,
    {
        let answer = Slot::empty();
        let there = answer.other_side();
        let look: Look = Box::new(move |conn| {
            let seen = work(conn)?;
            there.put(seen.value)?;
            Ok((seen.records, seen.school))
        });
        self.look(scope, class, asked, look).await?;
        answer.take()
    }

    async fn look(&self, scope: &Scope, class: &'static str, asked: Option<Id>, look: Look) -> ApiResult<()> {
        let result = self.inner.services.db.read(scope.trust(), look).await;
        let mut entry = entry(scope, "out-of-reach", class, &self.inner.request_id);
        entry.record = asked;
        match &result {
            Ok((records, school)) => {
                let way = scope.way(*school);
                (entry.rule, entry.school) = (way.rule, way.school);
                entry.role = way.role.map(super::roles::Role::as_str);
                entry.records.clone_from(records);
            }
            Err(error) if error.code == Code::NotFound => entry.outcome = Outcome::NotFound,
            Err(_) => return result.map(|_| ()),
        }
        self.inner.services.recorder.record(entry).await?;
        result.map(|_| ())
    }

    /// Changes something, in one transaction. A POST gives its idempotency key and digest.
    pub async fn write<T, F>(&self, scope: &Scope, request: Option<Request>, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
    {
        let (change, answer) = answered(work);
        self.change(scope, request, change).await?;
        answer.take()
    }

    async fn change(&self, scope: &Scope, request: Option<Request>, change: Change) -> ApiResult<()> {
        let (work_scope, vault) = (scope.clone(), self.inner.services.vault.clone());
        let request_id = self.inner.request_id.clone();
        let result = self
            .inner
            .services
            .db
            .write(scope.trust(), move |conn| run(conn, &vault, &work_scope, request_id, request, change))
            .await;
        if result.as_ref().is_err_and(|error| error.code == Code::NotFound) {
            self.note_absent(scope).await?;
        }
        result
    }

    /// The same for an act that names its record in the body, and of which every attempt is written down: also where the
    /// record is not there, or not for this caller, and where a rule refuses it.
    pub async fn attempt<T, F>(
        &self,
        scope: &Scope,
        request: Request,
        (class, asked): (&'static str, Option<Id>),
        work: F,
    ) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
    {
        let (change, answer) = answered(work);
        self.try_change(scope, request, (class, asked), change).await?;
        answer.take()
    }

    async fn try_change(
        &self,
        scope: &Scope,
        request: Request,
        (class, asked): (&'static str, Option<Id>),
        change: Change,
    ) -> ApiResult<()> {
        let result = self.change(scope, Some(request), change).await;
        let outcome = match result.as_ref().err().map(|error| error.code) {
            Some(Code::NotFound) => Outcome::NotFound,
            Some(code) if code.status() == 409 => Outcome::Refused,
            _ => return result,
        };
        let mut entry = entry(scope, scope.action().as_str(), class, &self.inner.request_id);
        (entry.record, entry.outcome) = (asked, outcome);
        self.inner.services.recorder.record(entry).await?;
        result
    }

    /// Trying to change a case record that is not there, or not for this caller, is written down as looking for it is.
    async fn note_absent(&self, scope: &Scope) -> ApiResult<()> {
        let asked = self.request.match_info().get("id").and_then(Id::parse).filter(|_| is_case(scope));
        let Some(asked) = asked else { return Ok(()) };
        let mut entry = entry(scope, scope.action().as_str(), self.class(scope), &self.inner.request_id);
        entry.record = Some(asked);
        entry.outcome = Outcome::NotFound;
        self.inner.services.recorder.record(entry).await
    }

    /// The class of the record that the path names.
    fn class(&self, scope: &Scope) -> &'static str {
        match self.request.path().split('/').nth(2) {
            Some("concerns") => "concern",
            Some("pupils") => "pupil",
            Some("conflicts") => "conflict",
            Some("families") => "family",
            Some("family-supports") => "family_support",
            Some("sharing-decisions") => "sharing_decision",
            Some("restrictive-interventions") => "restrictive_intervention",
            _ => scope.action().as_str().split('.').next().unwrap_or_default(),
        }
    }

    /// Reads what the answer does not show: what a check before a change rests on.
    pub async fn consult<T, F>(&self, scope: &Scope, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        self.inner.services.db.read(scope.trust(), work).await
    }

    /// Stores or removes pieces of an upload that is under way. No view shows them before a [`Context::write`] has spoken
    /// for them, and they are destroyed where none does: the one change without an audit entry of its own.
    pub async fn stage<T, F>(&self, scope: &Scope, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let result = self.inner.services.db.write(scope.trust(), work).await;
        if result.as_ref().is_err_and(|error| error.code == Code::NotFound) {
            self.note_absent(scope).await?;
        }
        result
    }

    /// 201 with where it is, its tag and its view: what reading it there gives.
    pub fn created(&self, location: &str, tag: &ETag, view: &impl Serialize) -> HttpResponse {
        self.recorded(location, Some(tag), None, view)
    }

    /// 201 for an entry of a record (decision 0015): where it is read, its tag where that shows it alone, and the
    /// record's tag where the next change of the record names it.
    pub fn recorded(
        &self,
        location: &str,
        tag: Option<&ETag>,
        record: Option<&ETag>,
        view: &impl Serialize,
    ) -> HttpResponse {
        let mut answer = HttpResponse::Created();
        answer.insert_header((header::LOCATION, location));
        if let Some(tag) = tag {
            answer.insert_header((header::ETAG, tag.on(view).as_str()));
        }
        if let Some(record) = record {
            answer.insert_header((etag::RECORD, record.as_str()));
        }
        answer.json(view)
    }

    /// 202 with where its progress is seen.
    pub fn accepted(&self, location: &str, tag: &ETag, view: &impl Serialize) -> HttpResponse {
        HttpResponse::Accepted()
            .insert_header((header::LOCATION, location))
            .insert_header((header::ETAG, tag.on(view).as_str()))
            .json(view)
    }

    /// 200 with the view, or 304.
    pub fn found(&self, tag: &ETag, view: &impl Serialize) -> HttpResponse {
        tag.answer(&self.request, view)
    }

    /// 200 with the view after a change.
    pub fn changed(&self, tag: &ETag, view: &impl Serialize) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ETAG, tag.on(view).as_str())).json(view)
    }

    /// 200 with a page.
    pub fn page<T: Serialize>(&self, page: &Page<T>) -> HttpResponse {
        page.answer(&self.request)
    }

    /// The paging of a search, whose filter is in the body.
    pub fn search_paging(&self, query: crate::http::PageQuery, filter: &str) -> ApiResult<Paging> {
        Paging::of_search(&self.request, query, filter)
    }
}

/// A sensitive read that leaves its answer elsewhere, and gives what it showed, and of which school.
type Look = Box<dyn FnOnce(&mut Conn) -> ApiResult<(Vec<Id>, Option<Id>)> + Send>;

impl Context {
    pub(super) fn attach(inner: Inner, request: &HttpRequest) {
        request.extensions_mut().insert(Rc::new(inner));
    }
}

impl FromRequest for Context {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let inner = request.extensions().get::<Rc<Inner>>().cloned();
        std::future::ready(
            inner
                .map(|inner| Self { inner, request: request.clone() })
                .ok_or_else(|| ApiError::internal("a handler stands outside the guard")),
        )
    }
}
