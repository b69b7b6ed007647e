//! Reads what stands in the request target: typed query parameters and identifiers in the path.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::page::{PageQuery, Paging};
use crate::error::{ApiError, ApiResult, Code, FieldError};
use crate::ids::Id;

/// Typed query parameters: an unknown or repeated one is 422.
#[derive(Debug)]
pub struct Params<T>(pub T);

/// The query of a list: its filter, and which page of it.
#[derive(Debug)]
pub struct ListParams<T> {
    /// The filter of this list.
    pub filter: T,
    /// Which page.
    pub paging: Paging,
}

/// The identifier `{id}` of the path; any other spelling than the canonical one is 404.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Id);

/// The identifier of a record and of one of its parts: `/{id}/…/{part_id}`.
#[derive(Clone, Copy, Debug)]
pub struct PathIds(pub Id, pub Id);

/// The unique reference number `{urn}` of the path: six digits, the first not zero; any other spelling is 404.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathUrn(pub i32);

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(pairs(request.query_string()).and_then(|pairs| typed(&pairs)).map(Self))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ListParams<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(list(request))
    }
}

fn list<T: DeserializeOwned>(request: &HttpRequest) -> ApiResult<ListParams<T>> {
    let (page, filter): (Vec<_>, Vec<_>) = pairs(request.query_string())?
        .into_iter()
        .partition(|(name, _)| PageQuery::NAMES.contains(&name.as_str()));
    let query: PageQuery = typed(&page)?;
    let bound: Vec<String> = filter.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let paging = Paging::new(request, query, &bound.join("&"))?;
    Ok(ListParams { filter: typed(&filter)?, paging })
}

/// Refuses any parameter.
pub fn refuse_any(query: &str) -> ApiResult<()> {
    match pairs(query)?.first() {
        None => Ok(()),
        Some((name, _)) => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> ApiError {
    ApiError::invalid(format!("?{name}"), "unknown", "this operation has no such parameter")
}

/// The decoded pairs; broken escapes, text that is not UTF-8 and repeated names are refused.
fn pairs(query: &str) -> ApiResult<Vec<(String, String)>> {
    let mut out: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if out.iter().any(|(known, _)| *known == name) {
            return Err(ApiError::invalid(format!("?{name}"), "repeated", "given more than once"));
        }
        out.push((name, value));
    }
    Ok(out)
}

fn decode(text: &str) -> ApiResult<String> {
    let refused = || ApiError::because(Code::Invalid, "the query string is not valid percent-encoded UTF-8");
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [bytes.next().ok_or_else(refused)?, bytes.next().ok_or_else(refused)?];
                let hex = std::str::from_utf8(&hex).map_err(|_| refused())?;
                u8::from_str_radix(hex, 16).map_err(|_| refused())?
            }
            other => other,
        });
    }
    String::from_utf8(out).map_err(|_| refused())
}

fn typed<T: DeserializeOwned>(pairs: &[(String, String)]) -> ApiResult<T> {
    let encoded =
        serde_urlencoded::to_string(pairs).map_err(|error| ApiError::internal(error.to_string()))?;
    let input = serde_urlencoded::Deserializer::new(form_pairs(&encoded));
    serde_path_to_error::deserialize(input).map_err(|error| {
        let words = error.inner().to_string();
        let field = error.path().to_string();
        let named = words.split('`').nth(1).unwrap_or_default().to_owned();
        let fault = if words.starts_with("unknown field") {
            return unknown(&named);
        } else if words.starts_with("missing field") {
            FieldError::new(format!("?{named}"), "required", "this parameter is required")
        } else {
            FieldError::new(format!("?{field}"), "format", safe_words(&words))
        };
        ApiError::invalid_all(vec![fault])
    })
}

fn form_pairs(encoded: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(encoded.as_bytes())
}

/// The library's sentences name its types and may repeat values: they are replaced.
fn safe_words(words: &str) -> String {
    const LIBRARY: &[&str] = &["invalid", "cannot", "provided", "number too", "unknown", "missing"];
    if LIBRARY.iter().any(|begin| words.starts_with(begin)) || words.contains('"') {
        "has a wrong form".to_owned()
    } else {
        words.to_owned()
    }
}

impl FromRequest for PathId {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(path_ids::<1>(request).map(|[id]| Self(id)))
    }
}

impl FromRequest for PathIds {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(path_ids::<2>(request).map(|[id, part]| Self(id, part)))
    }
}

impl FromRequest for PathUrn {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Err(error) = refuse_escapes(request) {
            return std::future::ready(Err(error));
        }
        let urn = request.match_info().iter().next().and_then(|(_, text)| six_digits(text));
        std::future::ready(urn.map(Self).ok_or_else(ApiError::not_found))
    }
}

fn six_digits(text: &str) -> Option<i32> {
    let plain = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

/// An identifier has no character that needs an escape: a path with one is another spelling.
pub fn refuse_escapes(request: &HttpRequest) -> ApiResult<()> {
    if request.uri().path().contains('%') { Err(ApiError::not_found()) } else { Ok(()) }
}

fn path_ids<const N: usize>(request: &HttpRequest) -> ApiResult<[Id; N]> {
    refuse_escapes(request)?;
    let ids: Vec<Id> = request
        .match_info()
        .iter()
        .map(|(_, text)| Id::parse(text).ok_or_else(ApiError::not_found))
        .collect::<ApiResult<_>>()?;
    ids.try_into().map_err(|_| ApiError::internal("the route has another number of identifiers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        limit: Option<u16>,
    }

    fn read(query: &str) -> ApiResult<Sample> {
        typed(&pairs(query)?)
    }

    #[test]
    fn parameters_are_typed_and_named_in_faults() {
        assert_eq!(read("limit=5").unwrap().limit, Some(5));
        for (query, pointer, code) in [
            ("limit=x", "?limit", "format"),
            ("limt=5", "?limt", "unknown"),
            ("limit=1&limit=2", "?limit", "repeated"),
        ] {
            let error = read(query).unwrap_err();
            assert_eq!((error.errors[0].pointer.as_str(), error.errors[0].code.as_ref()), (pointer, code));
        }
    }

    #[test]
    fn the_librarys_sentences_stay_inside() {
        for query in ["limit=", "limit=x", "limit=99999999", "limit=-1"] {
            assert_eq!(read(query).unwrap_err().errors[0].detail, "has a wrong form", "{query}");
        }
    }

    #[test]
    fn an_operation_without_parameters_takes_none() {
        assert!(refuse_any("").is_ok());
        assert_eq!(refuse_any("zzz=1").unwrap_err().errors[0].pointer, "?zzz");
    }

    #[test]
    fn a_name_that_was_made_up_is_repeated_only_in_part() {
        let error = read(&format!("%00{}=1", "x".repeat(300))).unwrap_err();
        assert_eq!(error.errors[0].pointer, format!("?{}", "x".repeat(199)));
    }

    #[test]
    fn a_number_in_the_path_has_one_spelling() {
        assert_eq!(six_digits("137089"), Some(137_089));
        for wrong in ["", "13708", "1370890", "+13708", "013708", "13708a", "１３７０８９"] {
            assert_eq!(six_digits(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for query in ["limit=%", "limit=%zz", "limit=%ff"] {
            assert_eq!(read(query).unwrap_err().code, Code::Invalid, "{query}");
        }
    }
}
