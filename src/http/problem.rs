//! RFC 9457 problem documents: the one form of every error answer.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::middleware::request_id;
use crate::error::{ApiError, Code};

/// Where the codes are described; `#code` points at one.
pub const TYPE_BASE: &str = "https://tutela.invalid/problems";

/// What went wrong (RFC 9457). `code` is stable: branch on it, never on the words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "https://tutela.invalid/problems#invalid", "title": "The request has invalid values", "status": 422,
    "code": "invalid", "request_id": "0192f0c18a2b7c3d", "instance": "urn:tutela:request:0192f0c18a2b7c3d",
    "errors": [{"pointer": "/birth_date", "code": "format", "detail": "not a date: YYYY-MM-DD is expected"}]
}))]
pub struct Problem {
    /// The problem's type as a URI; its fragment is `code`.
    #[serde(rename = "type")]
    #[schema(max_length = 200, format = "uri")]
    pub kind: String,
    /// One sentence for people, the same for every occurrence.
    #[schema(max_length = 200)]
    pub title: String,
    /// The HTTP status, again.
    #[schema(minimum = 400, maximum = 599)]
    pub status: i32,
    /// The stable word for this kind of problem; all are listed in `docs/api.md`.
    #[schema(max_length = 40, pattern = "^[a-z_]+$")]
    pub code: String,
    /// This occurrence in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, value_type = String, required = false)]
    pub detail: Option<String>,
    /// The request's identifier: quote it when you report a fault.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9_-]{8,64}$")]
    pub request_id: String,
    /// This occurrence as a URI: the request's identifier in another form.
    #[schema(max_length = 100, format = "uri")]
    pub instance: String,
    /// Each field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, required = false)]
    pub errors: Vec<ProblemField>,
}

/// One field that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON Pointer into the body, `?name` for a query parameter, or a header's name.
    #[schema(max_length = 200)]
    pub pointer: String,
    /// A stable word for the kind of fault.
    #[schema(max_length = 40, pattern = "^[a-z_]+$")]
    pub code: String,
    /// The fault in words.
    #[schema(max_length = 500)]
    pub detail: String,
}

impl Problem {
    fn of(error: &ApiError) -> Self {
        let code = error.code.as_str();
        let request_id = request_id::current();
        Self {
            instance: format!("urn:tutela:request:{request_id}"),
            kind: format!("{TYPE_BASE}#{code}"),
            title: error.code.title().to_owned(),
            status: i32::from(error.code.status()),
            code: code.to_owned(),
            detail: error.detail.as_deref().map(|text| clip(text, 500)),
            request_id,
            errors: error
                .errors
                .iter()
                .take(100)
                .map(|fault| ProblemField {
                    pointer: clip(&fault.pointer, 200),
                    code: fault.code.to_string(),
                    detail: clip(&fault.detail, 500),
                })
                .collect(),
        }
    }
}

fn clip(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        if let Some(cause) = &self.cause {
            log::warn!("request {} failed: {}: {cause}", request_id::current(), self.code.as_str());
        }
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if self.code == Code::Unauthenticated {
            answer.insert_header((header::WWW_AUTHENTICATE, challenge(self.detail.is_some())));
        }
        let problem = Problem::of(&Self { detail: self.public_detail(), ..self.clone() });
        answer.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

impl ApiError {
    /// Every refused token gets the same body: whether one came at all shows in the challenge only.
    fn public_detail(&self) -> Option<String> {
        self.detail.clone().filter(|_| self.code != Code::Unauthenticated)
    }
}

/// The shell adds where the metadata is: only it knows under which address callers reach the service.
const fn challenge(token_came: bool) -> &'static str {
    if token_came { "Bearer realm=\"tutela\", error=\"invalid_token\"" } else { "Bearer realm=\"tutela\"" }
}
