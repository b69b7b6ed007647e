//! Entity tags: what a reader saw, and what a writer acts on.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, dev::Payload};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult, Code};

/// A strong entity tag: whoever has it has these very bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a record's version: what a writer names. A view that is answered gets a tag of its own from it, by
    /// [`ETag::on`].
    pub fn version(version: i64) -> Self {
        Self(format!("\"{version}\""))
    }

    /// The tag of a record: the version, by which a writer is judged, and the view, by which a reader's copy is. The
    /// version alone would not do: callers see different parts of a record, and some of what is shown moves without it.
    pub fn version_and_view(version: i64, view: &impl Serialize) -> Self {
        Self(format!("\"{version}.{}\"", digest(view)))
    }

    /// The tag of a view that leaves things out: made from what it shows, so that it moves only when that does.
    pub fn of_view(view: &impl Serialize) -> Self {
        Self(format!("\"v-{}\"", digest(view)))
    }

    /// The tag of this view: a bare version gets the view's digest, every other tag has it.
    #[must_use]
    pub fn on(&self, view: &impl Serialize) -> Self {
        match self.0.trim_matches('"').parse() {
            Ok(version) => Self::version_and_view(version, view),
            Err(_) => self.clone(),
        }
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the caller has it. What is no list of entity tags says nothing about that, and is passed over.
    fn is_listed(&self, headers: &HeaderMap) -> ApiResult<bool> {
        let held = sent(headers, &header::IF_NONE_MATCH)?.and_then(Condition::parse);
        Ok(match held {
            None => false,
            Some(Condition::Any) => true,
            Some(Condition::Tags(tags)) => tags.iter().any(|tag| self.0.trim_matches('"') == tag.opaque),
        })
    }

    /// 200 with the view, 304 where the caller has it already, or 400 where the header is no plain text.
    pub fn answer(&self, request: &HttpRequest, view: &impl Serialize) -> HttpResponse {
        let shown = self.on(view);
        let tag = (header::ETAG, shown.as_str());
        match shown.is_listed(request.headers()) {
            Ok(true) => HttpResponse::NotModified().insert_header(tag).finish(),
            Ok(false) => HttpResponse::Ok().insert_header(tag).json(view),
            Err(refused) => refused.error_response(),
        }
    }

    /// The same for a text that is no JSON.
    pub fn answer_text(&self, request: &HttpRequest, media: &'static str, text: String) -> HttpResponse {
        self.answer_known(request).unwrap_or_else(|| {
            HttpResponse::Ok().insert_header((header::ETAG, self.as_str())).content_type(media).body(text)
        })
    }

    /// What answers a caller who has it already; nothing where it has to be given.
    pub fn answer_known(&self, request: &HttpRequest) -> Option<HttpResponse> {
        match self.is_listed(request.headers()) {
            Ok(true) => {
                Some(HttpResponse::NotModified().insert_header((header::ETAG, self.as_str())).finish())
            }
            Ok(false) => None,
            Err(refused) => Some(refused.error_response()),
        }
    }
}

fn digest(view: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(view).unwrap_or_default();
    Sha256::digest(bytes).iter().take(12).fold(String::new(), |out, byte| out + &format!("{byte:02x}"))
}

impl From<&ETag> for HeaderValue {
    fn from(tag: &ETag) -> Self {
        Self::from_str(tag.as_str()).unwrap_or_else(|_| Self::from_static("\"0\""))
    }
}

/// The `If-Match` header, judged only after the record was found in the caller's scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// No header.
    Missing,
    /// `*`: whatever version there is.
    Any,
    /// The versions that the caller is willing to change.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// 428 without a header, 412 where the record has moved on.
    pub fn check(&self, version: i64) -> ApiResult<()> {
        match self {
            Self::Missing => Err(ApiError::of(Code::PreconditionRequired)),
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&version) => Ok(()),
            Self::Versions(_) => Err(ApiError::of(Code::VersionStale)),
        }
    }

    /// The same for a record whose writer must have seen what they change: 412 for `*`.
    pub fn check_exact(&self, version: i64) -> ApiResult<()> {
        if *self == Self::Any {
            return Err(ApiError::because(Code::VersionStale, "name the version of a case record, not *"));
        }
        self.check(version)
    }

    /// The same, where any version from `first` on shows all that matters.
    pub fn check_exact_since(&self, first: i64, version: i64) -> ApiResult<()> {
        match self {
            Self::Versions(versions) if versions.iter().any(|seen| (first..=version).contains(seen)) => {
                Ok(())
            }
            _ => self.check_exact(version),
        }
    }

    fn parse(headers: &HeaderMap) -> ApiResult<Self> {
        let Some(text) = sent(headers, &header::IF_MATCH)? else { return Ok(Self::Missing) };
        match Condition::parse(text) {
            Some(Condition::Any) => Ok(Self::Any),
            Some(Condition::Tags(tags)) => Ok(Self::Versions(tags.iter().filter_map(Tag::version).collect())),
            None => Err(malformed(&header::IF_MATCH)),
        }
    }
}

/// Beside a new entry of a record: the record's own tag, for the next change of it.
pub const RECORD: HeaderName = HeaderName::from_static("record-etag");

/// What `If-Match` may hold, as the document says it: `*`, or entity tags (RFC 9110, 8.8.3).
pub const CONDITION_PATTERN: &str = r#"^(\*|(W/)?"[!#-~]{0,100}"([ \t]*,[ \t]*(W/)?"[!#-~]{0,100}"){0,19})$"#;
/// What `If-None-Match` may hold: any plain text, of which only `*` and entity tags mean something.
pub const PLAIN_PATTERN: &str = r"^[\t -~]*$";
/// How long both may be.
pub const CONDITION_LENGTH: usize = 2000;
const TAGS: usize = 20;
const TAG_LENGTH: usize = 100;

fn malformed(name: &header::HeaderName) -> ApiError {
    ApiError::because(
        Code::MalformedHeader,
        format!("{name}: given once, at most {TAGS} entity tags in quotes, or *, are expected"),
    )
}

/// The text of a header; 400 where it is given twice, is too long, or is no plain text.
fn sent<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> ApiResult<Option<&'a str>> {
    let mut values = headers.get_all(name);
    let Some(first) = values.next() else { return Ok(None) };
    let text = first.to_str().ok().filter(|text| text.len() <= CONDITION_LENGTH);
    match text.filter(|_| values.next().is_none()) {
        Some(text) => Ok(Some(text.trim_matches([' ', '\t']))),
        None => Err(malformed(name)),
    }
}

/// A condition of a request.
#[derive(Debug, PartialEq, Eq)]
enum Condition<'a> {
    Any,
    Tags(Vec<Tag<'a>>),
}

/// One entity tag that a caller sent.
#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

impl Tag<'_> {
    /// The version in front of the view. A weak tag never matches strongly, nor does one that is not ours.
    fn version(&self) -> Option<i64> {
        let text = self.opaque.split_once('.').map_or(self.opaque, |(version, _)| version);
        text.parse().ok().filter(|version: &i64| !self.weak && version.to_string() == text)
    }
}

impl<'a> Condition<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let (mut tags, mut rest) = (Vec::new(), text);
        loop {
            let strong = rest.strip_prefix("W/");
            let (opaque, after) = strong.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
            if opaque.len() > TAG_LENGTH || !opaque.bytes().all(|byte| byte.is_ascii_graphic()) {
                return None;
            }
            tags.push(Tag { weak: strong.is_some(), opaque });
            if after.is_empty() {
                return (tags.len() <= TAGS).then_some(Self::Tags(tags));
            }
            rest = after.trim_start_matches([' ', '\t']).strip_prefix(',')?.trim_start_matches([' ', '\t']);
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::parse(request.headers()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &'static str) -> ApiResult<IfMatch> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
        IfMatch::parse(&headers)
    }

    #[test]
    fn missing_stale_and_current_are_told_apart() {
        assert_eq!(IfMatch::Missing.check(3).unwrap_err().code, Code::PreconditionRequired);
        assert_eq!(parse("\"2\"").unwrap().check(3).unwrap_err().code, Code::VersionStale);
        assert!(parse("\"3\"").unwrap().check(3).is_ok());
        assert!(parse("\"1\", \"3\"").unwrap().check(3).is_ok());
        assert!(parse("*").unwrap().check(3).is_ok());
        assert_eq!(parse("*").unwrap().check_exact(3).unwrap_err().code, Code::VersionStale);
        assert_eq!(IfMatch::Missing.check_exact(3).unwrap_err().code, Code::PreconditionRequired);
        assert!(parse("\"3\"").unwrap().check_exact(3).is_ok());
        for (seen, fits) in
            [("\"1\"", false), ("\"2\"", true), ("\"3\"", true), ("\"4\"", false), ("*", false)]
        {
            assert_eq!(parse(seen).unwrap().check_exact_since(2, 3).is_ok(), fits, "{seen}");
        }
    }

    #[test]
    fn a_writer_is_judged_by_the_version_in_front_of_the_view() {
        assert_eq!(ETag::version_and_view(3, &"a").as_str().split_once('.').map(|(v, _)| v), Some("\"3"));
        assert_ne!(ETag::version_and_view(3, &"a"), ETag::version_and_view(3, &"b"));
        assert!(parse("\"3.0a1b2c\"").unwrap().check(3).is_ok());
        assert!(parse("\"2.0a1b2c\"").unwrap().check(3).is_err());
    }

    #[test]
    fn a_version_alone_is_never_the_tag_of_an_answer() {
        let tag = ETag::version(3);
        assert_ne!(tag.on(&"a"), tag.on(&"b"));
        assert_eq!(tag.on(&"a"), tag.on(&"a").on(&"a"));
        assert_eq!(ETag::of_view(&"a").on(&"b"), ETag::of_view(&"a"));
    }

    #[test]
    fn a_condition_is_read_as_the_document_says_it() {
        let many = |count: usize| vec!["\"1\""; count].join(", ");
        for right in ["*", "\"\"", "W/\"a,b\"\t, \"~!#\"", &many(20), &format!("\"{}\"", "x".repeat(100))] {
            assert!(Condition::parse(right).is_some(), "{right}");
        }
        let long = format!("\"{}\"", "x".repeat(101));
        for wrong in [
            "",
            "1",
            "\"",
            "\"1",
            "w/\"1\"",
            "\"a b\"",
            "\"1\" \"2\"",
            "\"1\",",
            "*, \"1\"",
            &many(21),
            &long,
        ] {
            assert_eq!(Condition::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_reader_gets_200_304_or_400() {
        let status = |value: &'static str| {
            let request = actix_web::test::TestRequest::get().insert_header((header::IF_NONE_MATCH, value));
            ETag("\"3.a\"".to_owned()).answer(&request.to_http_request(), &"view").status().as_u16()
        };
        assert_eq!(status("\"2\", \"4\""), 200);
        assert_eq!(["*", "\"3.a\"", "W/\"3.a\"", "\"2\", \"3.a\""].map(status), [304; 4]);
        assert_eq!(["3", "\"3", "", "\"3\"", "\"3.b\""].map(status), [200; 5]);
        assert_eq!(status(Box::leak("x".repeat(CONDITION_LENGTH + 1).into_boxed_str())), 400);
    }

    #[test]
    fn a_version_has_one_spelling() {
        assert!(parse("\"+3\"").unwrap().check(3).is_err());
        assert!(parse("\"03\"").unwrap().check(3).is_err());
    }

    #[test]
    fn a_weak_or_foreign_tag_matches_nothing() {
        assert!(parse("W/\"3\"").unwrap().check(3).is_err());
        assert!(parse("\"v-abc\"").unwrap().check(3).is_err());
        assert_eq!(parse("3").unwrap_err().code, Code::MalformedHeader);
    }
}
