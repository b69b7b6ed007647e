//! The contract: what the handlers declare, finished with what is common to all of them.
//!
//! Method, path, permission and text stand beside each handler; this adds title, security, headers and the error
//! answers once, and makes every schema say its bounds. `openapi/openapi.json` is this document, compared by a test.

mod links;
mod operations;
mod schemas;

use std::sync::OnceLock;

use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::error::Code;
use crate::http::problem::{Problem, ProblemField};
use crate::text::Name;

/// Tags in the order of the document, with what they hold.
const TAGS: &[(&str, &str)] = &[
    (
        "Concerns",
        "Concerns about children, from first report on: who raised what, what was done, who was let in.",
    ),
    ("Evidence", "What is seen of a concern beside its words: marks on a child's body, and files."),
    (
        "Referrals",
        "Who else is asked: agencies, threshold documents, referrals and what came of them, escalations.",
    ),
    (
        "Panels",
        "The weekly panel of each school: agenda, attendance, minutes, decisions, and who agrees to closures.",
    ),
    ("Deadlines", "What is due, overdue or waits for a decision, computed from records and calendar."),
    ("Pupils", "Children on roll, their enrolments and dated characteristics."),
    ("Statuses", "What outside decisions make of a child for a time, and those decisions."),
    (
        "Agency meetings",
        "Meetings of agencies about a child: invitation, report, attendance and what came of them.",
    ),
    (
        "Alternative provision",
        "Placements with alternative providers, their confirmation, reviews and checks.",
    ),
    ("FGM reports", "What a teacher discovered of female genital mutilation and reported to the police."),
    ("Risk assessments", "Assessments of a child's risks and needs, their reviews and actions."),
    ("Chronology", "What happened to a child, in order, built from everything recorded."),
    ("Complex pupils", "Whom a school holds as its most complex cases, and their reviews."),
    ("Families", "Which pupils belong together, of those whom you may see."),
    (
        "Family support",
        "What is agreed with a family, where it is shown the way to help, and what comes of it.",
    ),
    (
        "Information sharing",
        "What was shared about a child with others, what was kept back, and on what basis.",
    ),
    ("Restrictive interventions", "Use of force, seclusion and restraint, and what was done afterwards."),
    ("Conflicts of interest", "Adults who must not read of a child, and why."),
    ("Categories", "The two-level taxonomy of concerns and the DfE factors."),
    ("Recording guidance", "What everybody reads before they record, and the national guidance in force."),
    ("People", "Adults: engagements, appointments and how they come in."),
    ("Organisation", "The trust's settings, hubs, schools and calendar, and the national register."),
    ("Imports", "Files that are brought in: rehearsed into a plan, and applied as planned."),
    ("Access", "Who may do what, who you are, what waits for you, and who looked at what."),
    ("Keys", "API keys and the revocation of principals."),
];

#[derive(OpenApi)]
#[openapi(components(schemas(Problem, ProblemField, Name<20>)))]
struct Base;

/// The document as it is committed and served: a test holds it against what the code declares, so a running service has
/// no need to put it together.
pub const COMMITTED: &str = include_str!("../../openapi/openapi.json");

/// The document as the code declares it; made once a process.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(build)
}

/// The document as it is to be committed: two spaces, one line break at the end. A release prints what it serves.
pub fn text() -> String {
    if cfg!(debug_assertions) { declared() } else { COMMITTED.to_owned() }
}

/// The text of what the code declares.
pub fn declared() -> String {
    let mut text = serde_json::to_string_pretty(document()).unwrap_or_default();
    text.push('\n');
    text
}

fn build() -> Value {
    let (_, declared) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .service(utoipa_actix_web::scope("/v1").configure(|config| crate::routes::mount(config)))
        .split_for_parts();
    let mut document = serde_json::to_value(declared).unwrap_or_default();
    set(&mut document, "openapi", json!("3.1.0"));
    set(&mut document, "info", info());
    set(&mut document, "servers", servers());
    set(&mut document, "security", json!([{"bearer": []}]));
    set(&mut document, "tags", tags());
    add_components(&mut document);
    operations::finish(&mut document);
    links::finish(&mut document);
    schemas::finish(&mut document);
    operations::drop_unused(&mut document);
    document
}

fn set(value: &mut Value, name: &str, new: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), new);
    }
}

fn info() -> Value {
    json!({
        "title": "Tutela",
        "summary": "The safeguarding record of a school trust in England.",
        "description": "Concerns about children, the people and pupils they are about, and the proof of who saw and \
            did what. Who may see what is decided by need to know: a record outside your reach and a record that \
            does not exist give the same answer.\n\nSend `Authorization: Bearer` with an access token or an API key. \
            Every POST that changes something takes an `Idempotency-Key`; every change of a record takes the `ETag` \
            that you read as `If-Match`. Lists are paged by `cursor`. Errors are RFC 9457 problem documents with a \
            stable `code`.\n\nThe public keys of what this service signs are at `/.well-known/jwks.json` (RFC 7517), without \
            a token: each with its `kid`, its `purpose`, and from when and until when it signs; one that must not be \
            trusted any more says so in `revoked_at`. The answer may be kept for 60 seconds.",
        "version": env!("CARGO_PKG_VERSION"),
        "contact": {"name": "Tutela", "url": "https://tutela.invalid", "email": "team@tutela.invalid"},
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        "x-api-id": "0192f0c1-8a2b-7c3d-9e4f-000000000001",
        "x-audience": "external-public"
    })
}

fn servers() -> Value {
    json!([{"url": "/", "description": "Where this document came from: local, test or production.", "x-internal": false}])
}

fn tags() -> Value {
    TAGS.iter().map(|(name, text)| json!({"name": name, "description": text})).collect()
}

/// The security scheme, shared headers and the problem answers.
fn add_components(document: &mut Value) {
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    components.insert(
        "securitySchemes".to_owned(),
        json!({"bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token (JWT, RFC 9068, checked as RFC8725 says) of an issuer that this service \
                is configured for, or an API key (`tut_…`)."
        }}),
    );
    components.insert("headers".to_owned(), operations::shared_headers());
    components.insert("responses".to_owned(), problem_responses());
}

/// One answer a status, with the codes that it can carry.
fn problem_responses() -> Value {
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let mut responses: serde_json::Map<String, Value> = statuses
        .into_iter()
        .map(|status| (format!("Problem{status}"), problem_response(Some(status))))
        .collect();
    responses.insert("Problem".to_owned(), problem_response(None));
    Value::Object(responses)
}

fn problem_response(status: Option<u16>) -> Value {
    let codes: Vec<&Code> =
        Code::ALL.iter().filter(|code| status.is_none_or(|s| s == code.status())).collect();
    let description = match status {
        Some(_) => codes
            .iter()
            .map(|code| format!("`{}`: {}", code.as_str(), code.meaning().trim()))
            .collect::<Vec<_>>()
            .join("\n\n"),
        None => "Any other failure, as a problem document.".to_owned(),
    };
    let first = codes.first().copied().copied().unwrap_or(Code::Internal);
    let example = json!({
        "type": format!("{}#{}", crate::http::problem::TYPE_BASE, first.as_str()),
        "title": first.title(), "status": first.status(), "code": first.as_str(),
        "request_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
        "instance": "urn:tutela:request:0192f0c1-8a2b-7c3d-9e4f-0123456789ab"
    });
    let mut headers = operations::answer_headers();
    if matches!(status, Some(429 | 503)) {
        set(&mut headers, "Retry-After", json!({"$ref": "#/components/headers/Retry-After"}));
    }
    if status == Some(401) {
        set(&mut headers, "WWW-Authenticate", json!({"$ref": "#/components/headers/WWW-Authenticate"}));
    }
    json!({
        "description": description,
        "headers": headers,
        "content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"}, "example": example
        }}
    })
}
