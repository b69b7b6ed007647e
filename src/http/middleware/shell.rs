//! The outermost layer: request id, limits of the request target, headers on every answer, the access line, and the
//! last stop for a panic.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError};
use futures_util::FutureExt;

use super::request_id;
use crate::clock::Clock;
use crate::error::{ApiError, Code};

const URI_LIMIT: usize = 8 * 1024;

/// Headers that every answer carries.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Wraps a request; the clock comes from the app's data.
pub async fn shell(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let clock =
        request.app_data::<actix_web::web::Data<Clock>>().map_or(Clock::System, |clock| (***clock).clone());
    let id = request_id::choose(request.headers(), clock.now());
    let line = format!("{} {}", request.method(), safe_path(request.path()));
    // HEAD is GET whose answer has no body (RFC 9110, 9.3.2): it runs as GET does, and the connection, which has seen the
    // method on the wire, leaves the body out.
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let trace = request.headers().get("traceparent").cloned();
    let answer = request_id::scope(id.clone(), async move {
        if request.uri().to_string().len() > URI_LIMIT {
            let refusal = ApiError::of(Code::UriTooLong).error_response();
            return Ok(request.into_response(refusal));
        }
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(Ok(answer)) => Ok(answer.map_into_boxed_body()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ApiError::internal("a handler panicked").into()),
        }
    })
    .await;
    finish(answer, &id, trace.as_ref(), &line, started)
}

fn finish(
    answer: Result<ServiceResponse<BoxBody>, Error>,
    id: &str,
    trace: Option<&HeaderValue>,
    line: &str,
    started: Instant,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    log::info!(target: "access", "{line} {} {}ms {id}", status.as_u16(), started.elapsed().as_millis());
    match answer {
        Ok(mut answer) => {
            decorate(answer.headers_mut(), id, trace);
            Ok(answer)
        }
        Err(error) => {
            let mut response = error.error_response();
            decorate(response.headers_mut(), id, trace);
            Err(actix_web::error::InternalError::from_response(error, response).into())
        }
    }
}

fn decorate(headers: &mut HeaderMap, id: &str, trace: Option<&HeaderValue>) {
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if let Some(trace) = trace {
        headers.insert(HeaderName::from_static("traceparent"), trace.clone());
    }
}

/// The path for the access line: identifiers of records stay, anything else that is long or odd is masked, since a
/// caller may have put a name there.
fn safe_path(path: &str) -> String {
    let known = |segment: &str| {
        segment.len() <= 40 && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    path.split('/')
        .take(10)
        .map(|segment| if known(segment) { segment } else { "…" })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_access_line_shows_no_odd_segments() {
        assert_eq!(safe_path("/v1/concerns"), "/v1/concerns");
        assert_eq!(safe_path("/v1/people/Zo%C3%AB%20Smith"), "/v1/people/…");
    }
}
