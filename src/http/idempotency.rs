//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07): a quoted string.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};

use super::body::Body;
use crate::error::{ApiError, ApiResult, Code};

/// A well-formed key, and the operation that it came with.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: String,
    target: String,
}

/// A key together with the digest of everything that a repetition must repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The key, without its quotes.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub digest: Vec<u8>,
}

impl IdempotencyKey {
    /// Ties the key to the body that came with it.
    pub fn with<T>(&self, body: &Body<T>) -> Request {
        self.with_digest(body.digest())
    }

    /// Ties the key to content of this digest.
    pub fn with_digest(&self, content: [u8; 32]) -> Request {
        let mut hash = Sha256::new();
        hash.update(self.target.as_bytes());
        hash.update([0]);
        hash.update(content);
        Request { key: self.key.clone(), digest: hash.finalize().to_vec() }
    }

    /// The key, without its quotes.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    fn parse(request: &HttpRequest) -> ApiResult<Self> {
        let mut values = request.headers().get_all("idempotency-key");
        let first = values.next().ok_or_else(|| ApiError::of(Code::IdempotencyKeyMissing))?;
        let key = first
            .to_str()
            .ok()
            .and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"'))
            .filter(|key| is_key(key))
            .filter(|_| values.next().is_none())
            .ok_or_else(malformed)?;
        Ok(Self { key: key.to_owned(), target: format!("{} {}", request.method(), request.path()) })
    }
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

fn malformed() -> ApiError {
    ApiError::because(
        Code::MalformedHeader,
        "Idempotency-Key: one quoted string of 1 to 64 letters, digits, '-', '_', '.' or ':' is expected",
    )
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::parse(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn parse(value: &str) -> ApiResult<IdempotencyKey> {
        IdempotencyKey::parse(
            &TestRequest::post().insert_header(("Idempotency-Key", value)).to_http_request(),
        )
    }

    #[test]
    fn a_key_is_a_quoted_string() {
        assert_eq!(parse("\"abc-1\"").unwrap().key, "abc-1");
        for wrong in ["abc", "\"\"", "\"a b\"", "\"a\"; x=1", "\"é\""] {
            assert_eq!(parse(wrong).unwrap_err().code, Code::MalformedHeader, "{wrong}");
        }
    }

    #[test]
    fn a_missing_key_has_its_own_code() {
        let request = TestRequest::post().to_http_request();
        assert_eq!(IdempotencyKey::parse(&request).unwrap_err().code, Code::IdempotencyKeyMissing);
    }
}
