//! Keyset paging: a page begins after the last key of the one before, so that the last page costs what the first does.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::{IntoParams, ToSchema};

use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

const DEFAULT_LIMIT: u8 = 50;
const MAX_LIMIT: u8 = 200;
/// The form of a cursor; an older form is refused, and the caller begins again.
const CURSOR_VERSION: u8 = 2;
const CURSOR_LENGTH: usize = 600;
/// Bytes of the code that a cursor carries.
const CODE_LENGTH: usize = 16;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PageQuery {
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    pub limit: Option<u8>,
    /// Where to go on: `next_cursor` of the page before. It holds for the same caller, list and filter only.
    #[param(max_length = 600, pattern = "^[A-Za-z0-9_-]+$", required = false)]
    pub cursor: Option<String>,
    /// Also count all items that you can see; costs time on long lists.
    #[param(default = false, example = false)]
    pub count: Option<bool>,
}

impl PageQuery {
    /// The names of these parameters.
    pub const NAMES: &'static [&'static str] = &["limit", "cursor", "count"];
}

/// Who is asking, as far as a cursor is bound to them; put there by the guard. It is known by a keyed hash, so that
/// nobody makes a cursor of their own: it could begin after a record that they must not know of.
#[derive(Clone, Debug)]
pub struct Caller(Hmac<Sha256>);

impl Caller {
    /// One of a name, under a key that callers do not have.
    pub fn new(name: &str, key: &[u8]) -> ApiResult<Self> {
        let hash = Hmac::new_from_slice(key).map_err(|error| ApiError::internal(error.to_string()))?;
        Ok(Self(hash).and(name))
    }

    /// Who asks in a test in which that does not matter.
    #[cfg(test)]
    pub fn nobody() -> Self {
        Self::new("", b"").unwrap_or_else(|_| unreachable!())
    }

    /// The same with something more that a cursor is bound to.
    fn and(mut self, part: &str) -> Self {
        self.0.update(part.as_bytes());
        self.0.update(b"\n");
        self
    }

    /// The code of a key.
    fn code(&self, key: &Cursor) -> String {
        let hash = self.clone().and(&key.0.join("\n")).0.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(hash.get(..CODE_LENGTH).unwrap_or_default())
    }

    /// Whether a code is that of a key.
    fn made(&self, key: &Cursor, code: &str) -> bool {
        URL_SAFE_NO_PAD.decode(code).is_ok_and(|code| {
            let hash = self.clone().and(&key.0.join("\n")).0;
            code.len() == CODE_LENGTH && hash.verify_truncated_left(&code).is_ok()
        })
    }
}

/// The last key of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(Vec<String>);

impl Cursor {
    /// A key of an identifier alone.
    pub fn id(id: Id) -> Self {
        Self(vec![id.to_string()])
    }

    /// A key of a moment and an identifier.
    pub fn time(at: Timestamp, id: Id) -> Self {
        Self(vec![at.micros().to_string(), id.to_string()])
    }

    /// A key of a text and an identifier.
    pub fn text(text: &str, id: Id) -> Self {
        Self(vec![text.to_owned(), id.to_string()])
    }

    /// A key of a name and a number.
    pub fn name_and_number(name: &str, number: i64) -> Self {
        Self(vec![name.to_owned(), number.to_string()])
    }

    /// A key of a number.
    pub fn number(number: i64) -> Self {
        Self(vec![number.to_string()])
    }

    /// A key of a text alone.
    pub fn word(text: &str) -> Self {
        Self(vec![text.to_owned()])
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    v: u8,
    k: Cursor,
    b: String,
}

/// A page that is being asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    limit: u8,
    after: Option<Cursor>,
    count: bool,
    binding: Caller,
    place: Place,
}

/// Where the request says which page: a fault points there.
#[derive(Clone, Copy, Debug)]
enum Place {
    Query,
    Body,
}

impl Place {
    fn of(self, name: &str) -> String {
        match self {
            Self::Query => format!("?{name}"),
            Self::Body => format!("/{name}"),
        }
    }
}

impl Paging {
    /// From a request and its filter in any stable text form.
    pub fn new(request: &HttpRequest, query: PageQuery, filter: &str) -> ApiResult<Self> {
        Self::bound(&caller(request)?, request.path(), query, filter)
    }

    /// The same for a search, whose filter and page stand in the body.
    pub fn of_search(request: &HttpRequest, query: PageQuery, filter: &str) -> ApiResult<Self> {
        Self::at(Place::Body, &caller(request)?, request.path(), query, filter)
    }

    /// From its parts.
    pub fn bound(caller: &Caller, path: &str, query: PageQuery, filter: &str) -> ApiResult<Self> {
        Self::at(Place::Query, caller, path, query, filter)
    }

    fn at(place: Place, caller: &Caller, path: &str, query: PageQuery, filter: &str) -> ApiResult<Self> {
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::invalid(
                place.of("limit"),
                "range",
                format!("must be from 1 to {MAX_LIMIT}"),
            ));
        }
        let binding = caller.clone().and(path).and(filter);
        let after = query.cursor.as_deref().map(|text| open(text, &binding, place)).transpose()?;
        Ok(Self { limit, after, count: query.count.unwrap_or(false), binding, place })
    }

    /// How many rows to read: one more than the page holds, to know whether another page follows.
    pub const fn rows(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// How many items the page holds.
    pub const fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Whether a total is wanted.
    pub const fn wants_count(&self) -> bool {
        self.count
    }

    /// The identifier to begin after.
    pub fn after_id(&self) -> ApiResult<Option<Id>> {
        self.decode(|key| Id::parse(key.first()?))
    }

    /// The moment and identifier to begin after.
    pub fn after_time(&self) -> ApiResult<Option<(Timestamp, Id)>> {
        self.decode(|key| Some((Timestamp::from_micros(key.first()?.parse().ok()?), Id::parse(key.get(1)?)?)))
    }

    /// The text and identifier to begin after.
    pub fn after_text(&self) -> ApiResult<Option<(String, Id)>> {
        self.decode(|key| Some((key.first()?.clone(), Id::parse(key.get(1)?)?)))
    }

    /// The text and identifier to begin after, as a list reads them.
    pub fn after_text_as<T>(&self, read: impl FnOnce(&str, Id) -> Option<T>) -> ApiResult<Option<T>> {
        self.decode(|key| read(key.first()?, Id::parse(key.get(1)?)?))
    }

    /// The name and number to begin after.
    pub fn after_name_and_number(&self) -> ApiResult<Option<(String, i64)>> {
        self.decode(|key| Some((key.first()?.clone(), key.get(1)?.parse().ok()?)))
    }

    /// The number to begin after.
    pub fn after_number(&self) -> ApiResult<Option<i64>> {
        self.decode(|key| key.first()?.parse().ok())
    }

    /// The text to begin after.
    pub fn after_word(&self) -> ApiResult<Option<String>> {
        self.decode(|key| key.first().cloned())
    }

    fn decode<T>(&self, read: impl FnOnce(&[String]) -> Option<T>) -> ApiResult<Option<T>> {
        self.after.as_ref().map(|cursor| read(&cursor.0).ok_or_else(|| bad_cursor(self.place))).transpose()
    }

    /// Makes the page: cuts the row too many and turns it into a cursor.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        key: impl FnOnce(&R) -> Cursor,
        view: impl FnMut(R) -> T,
    ) -> Page<T> {
        let more = rows.len() > self.limit();
        rows.truncate(self.limit());
        let last = rows.last().filter(|_| more).map(key);
        let next_cursor = last.map(|cursor| seal(cursor, &self.binding));
        Page { items: rows.into_iter().map(view).collect(), next_cursor, count: None }
    }

    /// Of rows in the order of their identifiers that were read all at once, those of the page with the row too many; and how
    /// many there are, where that is asked for.
    pub fn cut<R>(&self, mut rows: Vec<R>, id: impl Fn(&R) -> Id) -> ApiResult<(Vec<R>, Option<i64>)> {
        let count = self.wants_count().then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        let after = self.after_id()?;
        rows.retain(|row| after.is_none_or(|after| id(row) > after));
        rows.truncate(self.limit() + 1);
        Ok((rows, count))
    }

    /// The refusal of a cursor whose place is no longer there.
    pub fn gone(&self) -> ApiError {
        bad_cursor(self.place)
    }

    /// The cursor text of a key, for pages that are assembled by hand.
    pub fn cursor(&self, key: Cursor) -> String {
        seal(key, &self.binding)
    }
}

fn caller(request: &HttpRequest) -> ApiResult<Caller> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| ApiError::internal("a list stands outside the guard"))
}

fn seal(cursor: Cursor, binding: &Caller) -> String {
    let envelope = Envelope { v: CURSOR_VERSION, b: binding.code(&cursor), k: cursor };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&envelope).unwrap_or_default())
}

/// A text that is no cursor is 422, as the schema says; one that is not a cursor of this list is 409.
fn open(text: &str, binding: &Caller, place: Place) -> ApiResult<Cursor> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !plain || !(1..=CURSOR_LENGTH).contains(&text.len()) {
        return Err(ApiError::invalid(place.of("cursor"), "format", "not a cursor"));
    }
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Envelope>(&bytes).ok())
        .filter(|envelope| envelope.v == CURSOR_VERSION && binding.made(&envelope.k, &envelope.b))
        .filter(|envelope| !envelope.k.0.iter().any(|part| part.contains('\0')))
        .map(|envelope| envelope.k)
        .ok_or_else(|| bad_cursor(place))
}

fn bad_cursor(place: Place) -> ApiError {
    ApiError::rule(
        place.of("cursor"),
        "cursor",
        "not a cursor of this list, filter and caller: begin without one",
    )
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    #[schema(max_items = 200)]
    pub items: Vec<T>,
    /// Give this as `cursor` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 600, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
    /// How many items there are that you can see; only where `count=true` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub count: Option<i64>,
}

impl<T> Page<T> {
    /// Adds the total.
    #[must_use]
    pub fn with_count(mut self, count: Option<i64>) -> Self {
        self.count = count;
        self
    }

    /// The same page with its items turned into something else.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(view).collect(),
            next_cursor: self.next_cursor,
            count: self.count,
        }
    }
}

impl<T: Serialize> Page<T> {
    /// 200 with the page, and a `Link` to the next one.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(cursor) =
            self.next_cursor.as_ref().filter(|_| request.method() == actix_web::http::Method::GET)
        {
            let kept: String = request
                .query_string()
                .split('&')
                .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
                .fold(String::new(), |out, pair| out + pair + "&");
            answer.insert_header((
                header::LINK,
                format!("<{}?{kept}cursor={cursor}>; rel=\"next\"", request.path()),
            ));
        }
        answer.json(self)
    }
}

#[cfg(test)]
mod tests;
