//! The identifier of a request: the caller's where it is well formed, else ours.

use std::cell::RefCell;

use actix_web::http::header::HeaderMap;

use crate::clock::Timestamp;
use crate::ids::Id;

tokio::task_local! {
    static CURRENT: RefCell<String>;
}

/// Takes the caller's `X-Request-Id` where it is `[A-Za-z0-9_-]{8,64}`, else makes one.
pub fn choose(headers: &HeaderMap, now: Timestamp) -> String {
    headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_request_id(id))
        .map_or_else(|| Id::new(now).to_string(), str::to_owned)
}

fn is_request_id(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The identifier of the request that this task is working on.
pub fn current() -> String {
    CURRENT.try_with(|id| id.borrow().clone()).unwrap_or_else(|_| "none-00000000".to_owned())
}

/// Runs a request's work under its identifier.
pub async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(RefCell::new(id), work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_form_is_replaced() {
        assert!(is_request_id("abc_DEF-123"));
        for wrong in ["short", "has space 12", "line\nbreak1", &"x".repeat(65)] {
            assert!(!is_request_id(wrong), "{wrong:?}");
        }
    }
}
