//! Entity tags: what a reader saw, and what a writer acts on.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult, Code};

/// A strong entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a record's version, for those who see all of it.
    pub fn version(version: i64) -> Self {
        Self(format!("\"{version}\""))
    }

    /// The tag of a record that different callers see different parts of, or that shows what the day decides: the
    /// version, by which a writer is judged, and the view, by which a reader's copy is.
    pub fn version_and_view(version: i64, view: &impl Serialize) -> Self {
        Self(format!("\"{version}.{}\"", digest(view)))
    }

    /// The tag of a view that leaves things out: made from what it shows, so that it moves only when that does.
    pub fn of_view(view: &impl Serialize) -> Self {
        Self(format!("\"v-{}\"", digest(view)))
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_listed(&self, headers: &HeaderMap, name: header::HeaderName) -> bool {
        headers.get_all(name).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
            |candidate| {
                let candidate = candidate.trim();
                candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == self.0
            },
        )
    }

    /// 200 with the view, or 304 where the caller has it already.
    pub fn answer(&self, request: &HttpRequest, view: &impl Serialize) -> HttpResponse {
        let tag = (header::ETAG, self.0.as_str());
        if self.is_listed(request.headers(), header::IF_NONE_MATCH) {
            return HttpResponse::NotModified().insert_header(tag).finish();
        }
        HttpResponse::Ok().insert_header(tag).json(view)
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

    fn parse(headers: &HeaderMap) -> ApiResult<Self> {
        let malformed = || {
            ApiError::because(Code::MalformedHeader, "If-Match: entity tags in quotes, or *, are expected")
        };
        let mut values = headers.get_all(header::IF_MATCH);
        let Some(first) = values.next() else { return Ok(Self::Missing) };
        if values.next().is_some() {
            return Err(malformed());
        }
        let text = first.to_str().map_err(|_| malformed())?.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let mut versions = Vec::new();
        for tag in text.split(',').map(str::trim) {
            let weak = tag.starts_with("W/");
            let inner = tag
                .strip_prefix("W/")
                .unwrap_or(tag)
                .strip_prefix('"')
                .and_then(|tag| tag.strip_suffix('"'))
                .filter(|tag| !tag.contains('"'))
                .ok_or_else(malformed)?;
            // A weak tag never matches strongly, nor does one that is not ours: the answer is then 412.
            let version = inner.split_once('.').map_or(inner, |(version, _)| version);
            versions.push(version.parse().ok().filter(|_| !weak).unwrap_or(-1));
        }
        Ok(Self::Versions(versions))
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
    }

    #[test]
    fn a_writer_is_judged_by_the_version_in_front_of_the_view() {
        assert_eq!(ETag::version_and_view(3, &"a").as_str().split_once('.').map(|(v, _)| v), Some("\"3"));
        assert_ne!(ETag::version_and_view(3, &"a"), ETag::version_and_view(3, &"b"));
        assert!(parse("\"3.0a1b2c\"").unwrap().check(3).is_ok());
        assert!(parse("\"2.0a1b2c\"").unwrap().check(3).is_err());
    }

    #[test]
    fn a_weak_or_foreign_tag_matches_nothing() {
        assert!(parse("W/\"3\"").unwrap().check(3).is_err());
        assert!(parse("\"v-abc\"").unwrap().check(3).is_err());
        assert_eq!(parse("3").unwrap_err().code, Code::MalformedHeader);
    }
}
