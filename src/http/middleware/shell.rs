//! What stands around everything. Outside the CORS layer [`shell`]: request id, headers on every answer, one form of
//! refusals, the access line and the metrics. Inside it [`last_stop`]: the limit of the request target, and the end
//! of a panic; so a browser may read these answers too.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse, ResponseError};
use futures_util::FutureExt;

use super::metrics::Metrics;
use super::{request_id, trace};
use crate::clock::Clock;
use crate::error::{ApiError, Code};
use crate::http::public_url::PublicUrl;
use crate::http::route_table::RouteTable;

const URI_LIMIT: usize = 8 * 1024;
const PROBLEM: &str = "application/problem+json";

/// Headers that every answer carries.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Wraps a request; clock, routes and metrics come from the app's data.
pub async fn shell(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let call = Call::of(&request);
    // HEAD is GET whose answer has no body (RFC 9110, 9.3.2): it runs as GET does, and the connection, which has seen the
    // method on the wire, leaves the body out.
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let mut answer = request_id::scope(call.id.clone(), async move {
        as_problem(next.call(request).await.map(ServiceResponse::map_into_boxed_body))
    })
    .await;
    match &mut answer {
        Ok(answer) => call.decorate(answer.response_mut()),
        Err(refusal) => call.decorate(&mut refusal.response),
    }
    match answer {
        Ok(answer) => Ok(answer),
        Err(refusal) => Err(InternalError::from_response(refusal.error, refusal.response).into()),
    }
}

/// Refuses a request target that is too long, and turns a panic into an answer.
pub async fn last_stop(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.uri().to_string().len() > URI_LIMIT {
        return Ok(request.into_response(ApiError::of(Code::UriTooLong).error_response()));
    }
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => answer.map(ServiceResponse::map_into_boxed_body),
        Err(_) => Err(ApiError::internal("a handler panicked").into()),
    }
}

/// What is known of a request before it runs.
struct Call {
    started: Instant,
    id: String,
    method: Method,
    path: String,
    route: String,
    trace: Option<String>,
    metrics: Option<Data<Metrics>>,
    public: Option<Data<PublicUrl>>,
}

impl Call {
    fn of(request: &ServiceRequest) -> Self {
        let clock = request.app_data::<Data<Clock>>().map_or(Clock::System, |clock| (***clock).clone());
        let routes = request.app_data::<Data<RouteTable>>();
        let path = request.path();
        Self {
            started: Instant::now(),
            id: request_id::choose(request.headers(), clock.now()),
            method: request.method().clone(),
            path: routes.map_or_else(|| "…".to_owned(), |routes| routes.safe_path(path)),
            route: routes.and_then(|routes| routes.pattern(path)).unwrap_or_default().to_owned(),
            trace: trace::trace_id(request.headers()),
            metrics: request.app_data::<Data<Metrics>>().cloned(),
            public: request.app_data::<Data<PublicUrl>>().cloned(),
        }
    }

    /// The headers of every answer; the access line and the metrics.
    fn decorate(&self, answer: &mut HttpResponse) {
        let (status, took) = (answer.status().as_u16(), self.started.elapsed());
        let trace = self.trace.as_deref().map(|id| format!(" trace={id}")).unwrap_or_default();
        let Self { method, path, id, .. } = self;
        log::info!(target: "access", "{method} {path} {status} {}ms {id}{trace}", took.as_millis());
        if let Some(metrics) = &self.metrics {
            metrics.observe(method, &self.route, status, took);
        }
        if let Some(public) = &self.public {
            name_metadata(answer.headers_mut(), public);
        }
        add_headers(answer.headers_mut(), id);
    }
}

/// Says in a challenge where the metadata of the protected resource is: an absolute address (RFC 9728, 5.1).
fn name_metadata(headers: &mut HeaderMap, public: &PublicUrl) {
    let Some(challenge) = headers.get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()) else {
        return;
    };
    let whole = format!("{challenge}, resource_metadata=\"{}\"", public.metadata());
    if let Ok(value) = HeaderValue::from_str(&whole) {
        headers.insert(header::WWW_AUTHENTICATE, value);
    }
}

fn add_headers(headers: &mut HeaderMap, id: &str) {
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// A failure, and the answer that it ends in.
struct Refusal {
    error: Error,
    response: HttpResponse,
}

/// What libraries refuse by themselves, in their own words or none, gets the form of every refusal.
fn as_problem(
    answer: Result<ServiceResponse<BoxBody>, Error>,
) -> Result<ServiceResponse<BoxBody>, Box<Refusal>> {
    match answer {
        Ok(answer) if is_foreign(answer.response()) => {
            let problem = problem_for(answer.response(), answer.request().method());
            Ok(answer.into_response(problem))
        }
        Ok(answer) => Ok(answer),
        Err(error) => {
            let response = error.error_response();
            let foreign = is_foreign(&response);
            let response = if foreign { problem_for(&response, &Method::GET) } else { response };
            Err(Box::new(Refusal { error, response }))
        }
    }
}

fn is_foreign(answer: &HttpResponse) -> bool {
    let media = answer.headers().get(header::CONTENT_TYPE);
    answer.status().as_u16() >= 400 && media.is_none_or(|media| media.as_bytes() != PROBLEM.as_bytes())
}

fn problem_for(answer: &HttpResponse, method: &Method) -> HttpResponse {
    let status = answer.status().as_u16();
    let code = match (status, method) {
        (400, &Method::OPTIONS) => Code::PreflightRefused,
        _ => Code::ALL.iter().copied().find(|code| code.status() == status).unwrap_or(Code::Internal),
    };
    let mut problem = ApiError::of(code).error_response();
    let body = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING];
    for (name, value) in answer.headers().iter().filter(|(name, _)| !body.contains(name)) {
        problem.headers_mut().append(name.clone(), value.clone());
    }
    problem
}
