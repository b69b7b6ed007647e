//! A caller over real HTTP.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A caller with a token.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Client {
    pub fn new(base: &str, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { agent: ureq::Agent::new_with_config(config), base: base.to_owned(), token }
    }

    /// The same caller at another node.
    pub fn at(&self, base: &str) -> Self {
        Self::new(base, self.token.clone())
    }

    /// Another caller over the same connections.
    pub fn with_token(&self, token: String) -> Self {
        Self { agent: self.agent.clone(), base: self.base.clone(), token: Some(token) }
    }

    /// One request with these headers and body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let answer = self.try_send(method, path, headers, body).unwrap();
        if answer.status == 201 {
            super::created::check(self, path, &answer);
        }
        answer
    }

    /// The same where the service may not be there to answer.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, String> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        }
        .map_err(|error| error.to_string())?;
        Ok(Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.body_mut().read_to_string().map_err(|error| error.to_string())?,
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// A POST with a fresh idempotency key.
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, body, &[])
    }

    /// A POST on a record of which this is the tag.
    pub fn post_on(&self, path: &str, tag: &str, body: Value) -> Answer {
        self.post_with(path, body, &[("If-Match", tag)])
    }

    fn post_with(&self, path: &str, body: Value, more: &[(&str, &str)]) -> Answer {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let key = format!("\"test-{}\"", NEXT.fetch_add(1, Ordering::SeqCst));
        let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
        headers.extend_from_slice(more);
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// A POST with a key of the test's own.
    pub fn post_keyed(&self, path: &str, key: &str, body: Value) -> Answer {
        let key = format!("\"{key}\"");
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// The same where the service may not be there to answer.
    pub fn try_post_keyed(&self, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        let key = format!("\"{key}\"");
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
        self.try_send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Uploads a CSV file with a fresh idempotency key.
    pub fn upload(&self, path: &str, file: &[u8]) -> Answer {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let key = format!("\"upload-{}\"", NEXT.fetch_add(1, Ordering::SeqCst));
        let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", key.as_str())];
        self.send("POST", path, &headers, Some(file))
    }

    /// Uploads a file of a type, with headers of the test's own and a fresh idempotency key.
    pub fn upload_as(&self, path: &str, media: &str, more: &[(&str, &str)], file: &[u8]) -> Answer {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let key = format!("\"file-{}\"", NEXT.fetch_add(1, Ordering::SeqCst));
        let mut headers = vec![("Content-Type", media), ("Idempotency-Key", key.as_str())];
        headers.extend_from_slice(more);
        self.send("POST", path, &headers, Some(file))
    }

    /// The bytes of a file; none where the connection was cut before their end.
    pub fn download(&self, path: &str) -> Option<Vec<u8>> {
        let token = self.token.clone().unwrap_or_default();
        let request = ureq::http::Request::get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"));
        let mut answer = self.agent.run(request.body(()).unwrap()).unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.body_mut().with_config().limit(u64::MAX).read_to_vec().ok()
    }

    /// A search: a POST that changes nothing.
    pub fn search(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], Some(body.to_string().as_bytes()))
    }

    pub fn patch(&self, path: &str, tag: &str, body: Value) -> Answer {
        let headers = [("Content-Type", "application/merge-patch+json"), ("If-Match", tag)];
        self.send("PATCH", path, &headers, Some(body.to_string().as_bytes()))
    }
}

impl Answer {
    /// The body, where the status is the one expected.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The problem's code, where the status is the one expected.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        body["code"].as_str().unwrap().to_owned()
    }

    /// The first field that a rule or the records refuse: 409.
    #[track_caller]
    pub fn broken(&self) -> String {
        self.field_at_fault(409)
    }

    /// The first field that the schema refuses: 422.
    #[track_caller]
    pub fn invalid(&self) -> String {
        self.field_at_fault(422)
    }

    #[track_caller]
    fn field_at_fault(&self, status: u16) -> String {
        self.expect(status)["errors"][0]["pointer"].as_str().unwrap().to_owned()
    }

    pub fn json(&self) -> Value {
        if self.text.is_empty() { json!(null) } else { serde_json::from_str(&self.text).unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The identifier under which the audit log has the request.
    pub fn request(&self) -> String {
        self.header("x-request-id").to_owned()
    }

    /// What the next change of the record names: the tag of the record to which a new entry belongs, or that of the
    /// record itself.
    pub fn etag(&self) -> String {
        let record = self.header("record-etag");
        if record.is_empty() { self.header("etag") } else { record }.to_owned()
    }

    /// The version in front of the tag.
    pub fn version(&self) -> i64 {
        version_of(&self.etag())
    }

    /// The new record's identifier.
    #[track_caller]
    pub fn id(&self) -> String {
        self.expect(201)["id"].as_str().unwrap().to_owned()
    }
}

/// The version in front of a tag.
pub fn version_of(tag: &str) -> i64 {
    tag.trim_matches('"').split('.').next().unwrap().parse().unwrap()
}
