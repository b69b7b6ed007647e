//! Headers whose values are sets are written in one order.
//!
//! The CORS layer keeps names and methods in hash sets, which each worker walks in an order of its own: the same answer
//! would differ from one connection to the next, which caches and comparisons take for a change.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

const SETS: [HeaderName; 3] = [
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
];

/// Sorts what the CORS layer inside has written.
pub async fn steady<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    for name in &SETS {
        sort(answer.headers_mut(), name);
    }
    Ok(answer)
}

fn sort(headers: &mut HeaderMap, name: &HeaderName) {
    let Some(text) = headers.get(name).and_then(|value| value.to_str().ok()) else { return };
    let mut names: Vec<&str> = text.split(',').map(str::trim).collect();
    names.sort_unstable();
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(name.clone(), value);
    }
}
