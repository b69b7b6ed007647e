//! Reads a JSON body: size, time, media type, form, and every field, in that order.

use std::ops::Deref;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use validator::Validate;

pub use super::faults::fault;
use super::faults::{escape, refuse};
use super::form;
use super::sentences::{kind, words};
use super::strict::Strict;
use crate::error::{ApiError, ApiResult, Code};

/// The largest JSON body.
pub const LIMIT: usize = 1024 * 1024;
/// The deepest nesting of objects and arrays.
const DEPTH: usize = 16;
/// The whole body must be here by then, and each piece within its share of it.
const DEADLINE: Duration = Duration::from_secs(20);
const PIECE: Duration = Duration::from_secs(5);
/// Below this rate, measured after the first pieces, a body is cut.
const MINIMUM_RATE: usize = 200;

/// A body that has been read and checked, with the digest by which a repeated request is recognised.
#[derive(Debug)]
pub struct Body<T> {
    value: T,
    digest: [u8; 32],
}

impl<T> Body<T> {
    /// The value inside.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// SHA-256 of the bytes as they came.
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

impl<T> Deref for Body<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The media type that a body type is sent as.
pub trait MediaType {
    /// `application/json`, or `application/merge-patch+json` for changes.
    const ACCEPTED: &'static str = "application/json";
}

impl<T: DeserializeOwned + Validate + MediaType + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload.take(), T::ACCEPTED);
        Box::pin(async move {
            let bytes = body.await?;
            let value: T = parse(&bytes)?;
            value.validate().map_err(|errors| refuse(&errors))?;
            Ok(Self { value, digest: Sha256::digest(&bytes).into() })
        })
    }
}

/// The bytes, once it is known that they are JSON: the same for every type of body, so it is compiled once.
fn read(
    request: &HttpRequest,
    payload: Payload,
    accepted: &str,
) -> LocalBoxFuture<'static, ApiResult<Bytes>> {
    let head = check_head(request, accepted);
    Box::pin(async move {
        head?;
        let bytes = collect(payload).await?;
        check_form(&bytes)?;
        Ok(bytes)
    })
}

fn check_head(request: &HttpRequest, accepted: &str) -> ApiResult<()> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if request.headers().get_all(header::CONTENT_TYPE).count() > 1 {
        return Err(ApiError::because(Code::UnsupportedMediaType, "send one Content-Type"));
    }
    let media = header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(accepted) || !charset_is_utf8(media) {
        return Err(ApiError::because(Code::UnsupportedMediaType, format!("send {accepted}")));
    }
    if header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(ApiError::because(
            Code::UnsupportedMediaType,
            "send the body without a content encoding",
        ));
    }
    let length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > LIMIT) {
        return Err(too_large());
    }
    Ok(())
}

fn charset_is_utf8(media: &str) -> bool {
    media.split(';').skip(1).filter_map(|part| part.trim().split_once('=')).all(|(name, value)| {
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

fn too_large() -> ApiError {
    ApiError::because(Code::BodyTooLarge, format!("at most {LIMIT} bytes"))
}

async fn collect(mut payload: Payload) -> ApiResult<Bytes> {
    let started = tokio::time::Instant::now();
    let mut body = BytesMut::new();
    loop {
        let left = DEADLINE.saturating_sub(started.elapsed());
        let piece = tokio::time::timeout(left.min(PIECE), payload.next())
            .await
            .map_err(|_| ApiError::of(Code::BodyTimeout))?;
        let Some(piece) = piece else { return Ok(body.freeze()) };
        let piece = piece.map_err(|_| {
            ApiError::because(Code::MalformedBody, "the body broke off or is not framed well")
        })?;
        if body.len() + piece.len() > LIMIT {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
        let seconds = usize::try_from(started.elapsed().as_secs()).unwrap_or(usize::MAX);
        if seconds > 3 && body.len() / seconds < MINIMUM_RATE {
            return Err(ApiError::of(Code::BodyTimeout));
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| refusal(&error))
}

fn check_form(bytes: &[u8]) -> ApiResult<()> {
    check_depth(bytes)?;
    form::check(bytes)
}

/// Counts brackets outside strings: the parser does not limit values that it skips.
fn check_depth(bytes: &[u8]) -> ApiResult<()> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return Err(ApiError::because(Code::MalformedBody, format!("nested deeper than {DEPTH}")));
        }
    }
    Ok(())
}

pub(super) fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let text = error.inner().to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
    let at = pointer(error.path());
    let named = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("missing field") {
        ApiError::invalid(format!("{at}/{}", escape(named)), "required", "this field is required")
    } else if text.starts_with("unknown field") {
        ApiError::invalid(at, "unknown", "there is no such field")
    } else {
        let words = words(text);
        ApiError::invalid(at, kind(&words), words)
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut out, segment| {
        match segment {
            Segment::Map { key } => out.push_str(&format!("/{}", escape(key))),
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
        check_form(bytes)?;
        super::parse(bytes)
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only read from JSON")]
        name: crate::text::Name<5>,
        #[serde(default)]
        #[expect(dead_code, reason = "only read from JSON")]
        list: Vec<i32>,
        #[serde(default)]
        #[expect(dead_code, reason = "only read from JSON")]
        part: Option<Part>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Part {
        #[expect(dead_code, reason = "only read from JSON")]
        sure: bool,
    }

    fn refuse(json: &str) -> ApiError {
        parse::<Sample>(json.as_bytes()).unwrap_err()
    }

    fn field(json: &str) -> (String, String) {
        let error = refuse(json);
        assert_eq!(error.code, Code::Invalid, "{error:?}");
        (error.errors[0].pointer.clone(), error.errors[0].code.to_string())
    }

    #[test]
    fn each_fault_names_its_field() {
        assert_eq!(field("{}"), ("/name".into(), "required".into()));
        assert_eq!(field(r#"{"name": "x", "nmae": 1}"#).1, "unknown");
        assert_eq!(field(r#"{"name": "x", "list": [1, "b"]}"#), ("/list/1".into(), "format".into()));
        assert_eq!(field(r#"{"name": "abcdef"}"#), ("/name".into(), "too_long".into()));
    }

    #[test]
    fn an_array_is_no_object() {
        for (json, pointer) in [
            (r#"["x", [1]]"#, ""),
            (r#"{"name": "x", "part": [true]}"#, "/part"),
            (r#"{"name": "x", "part": 1}"#, "/part"),
        ] {
            let error = refuse(json);
            let fault = &error.errors[0];
            assert_eq!((fault.pointer.as_str(), fault.detail.as_str()), (pointer, "an object is expected"));
        }
    }

    #[test]
    fn a_wrong_type_is_told_in_the_words_of_json() {
        for (json, words) in [
            (r#"{"name": "x", "list": [1.5]}"#, "an integer is expected"),
            (r#"{"name": "x", "list": ["1"]}"#, "an integer is expected"),
            (r#"{"name": "x", "list": [4000000000]}"#, "is out of range"),
            (r#"{"name": "x", "list": [4e9]}"#, "is out of range"),
            (r#"{"name": "x", "list": {}}"#, "an array is expected"),
            (r#"{"name": "x", "part": {"sure": 1}}"#, "true or false is expected"),
            (r#"{"name": 1}"#, "a string is expected"),
        ] {
            assert_eq!(refuse(json).errors[0].detail, words, "{json}");
        }
        assert!(parse::<Sample>(br#"{"name": "x", "list": [1.0, 2e3]}"#).is_ok());
    }

    #[test]
    fn a_malformed_body_is_told_from_a_wrong_value() {
        for json in [r#"{"name": "x", "name": "y"}"#, "{", r#"{"name": "\ud800"}"#, r#"{"name": "x"} x"#, ""]
        {
            assert_eq!(refuse(json).code, Code::MalformedBody, "{json}");
        }
        assert_eq!(parse::<Sample>(b"{\"name\": \"\xff\"}").unwrap_err().code, Code::MalformedBody);
    }

    #[test]
    fn deep_nesting_is_refused_before_parsing() {
        assert_eq!(refuse(&"[".repeat(17)).code, Code::MalformedBody);
        assert!(check_depth(br#"{"text": "[[[[[[[[[[[[[[[[[[[["}"#).is_ok());
    }

    #[test]
    fn what_is_malformed_is_400_wherever_the_first_wrong_value_stands() {
        for json in [r#"{"nmae": 1, "x": NaN}"#, r#"{"nmae": 1, "nmae": 2}"#, r#"{"name": 1} x"#] {
            assert_eq!(refuse(json).code, Code::MalformedBody, "{json}");
        }
    }

    #[test]
    fn a_name_that_a_caller_made_up_cannot_turn_the_text_round() {
        let error = refuse("{\"name\": \"x\", \"a\u{202e}b\": 1}");
        assert_eq!(error.errors[0].pointer, "/a\\u{202e}b");
        assert_eq!(error.errors[0].detail, "there is no such field");
    }

    #[test]
    fn the_value_is_never_repeated() {
        let error = refuse(r#"{"name": 12345}"#);
        assert!(!format!("{error:?}").contains("12345"));
    }
}
