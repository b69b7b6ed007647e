//! What every operation has in common: security, roles, headers, and the answers it can give.

use serde_json::{Map, Value, json};

use super::set;
use crate::access::actions::Action;
use crate::access::matrix;
use crate::http::etag;

/// Finishes every operation of the document.
pub fn finish(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            finish_operation(path, method, operation);
        }
    }
}

fn finish_operation(path: &str, method: &str, operation: &mut Value) {
    let traits = Traits::of(path, method, operation);
    name_roles(operation);
    begin_with_text(operation);
    add_parameters(operation, &traits);
    add_answers(operation, &traits);
    head_answers(operation, &traits);
}

/// What follows from an operation's method, path and declaration.
struct Traits {
    reads: bool,
    has_body: bool,
    has_path_id: bool,
    has_query: bool,
    takes_key: bool,
    takes_version: bool,
    is_list: bool,
    pages: bool,
}

impl Traits {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let place = |place: &str| {
            parameters
                .is_some_and(|all| all.iter().any(|one| one.get("in").and_then(Value::as_str) == Some(place)))
        };
        let is_list = parameters.is_some_and(|all| {
            all.iter().any(|one| one.get("name").and_then(Value::as_str) == Some("cursor"))
        });
        let searches = path.ends_with("searches");
        let says_if_match = operation.pointer("/x-access/if_match").and_then(Value::as_bool).unwrap_or(false);
        Self {
            reads: method == "get",
            has_body: operation.get("requestBody").is_some(),
            has_path_id: place("path"),
            has_query: place("query"),
            takes_key: method == "post" && !searches,
            takes_version: method == "patch" || says_if_match,
            is_list,
            pages: is_list || searches,
        }
    }
}

impl Traits {
    /// Whether it answers with one view, which the caller may have already.
    const fn takes_copy(&self) -> bool {
        self.reads && !self.is_list
    }
}

/// Expands the action into the roles that have it, from the matrix.
fn name_roles(operation: &mut Value) {
    let Some(access) = operation.get_mut("x-access") else { return };
    let action = access.get("action").and_then(Value::as_str).and_then(Action::parse);
    if let Some(action) = action {
        let roles: Vec<&str> =
            matrix::roles_with(action).into_iter().map(crate::access::Role::as_str).collect();
        set(access, "roles", json!(roles));
    }
}

/// Of several types of body, plain text comes first: it is what people try, and what the example is.
fn begin_with_text(operation: &mut Value) {
    let content = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    let Some(content) = content.filter(|content| content.contains_key("text/plain")) else { return };
    let all = std::mem::take(content).into_iter();
    let (first, rest): (Vec<_>, Vec<_>) = all.partition(|(media, _)| media == "text/plain");
    content.extend(first.into_iter().chain(rest));
}

fn add_parameters(operation: &mut Value, traits: &Traits) {
    let mut added = Vec::new();
    if traits.takes_key {
        added.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A key of your own for this request, in quotes: sent again with the same body, the request \
                is carried out once and answered as before. It is remembered for 24 hours; after that it is a new request.",
            "schema": {"type": "string", "minLength": 3, "maxLength": 66, "pattern": "^\"[A-Za-z0-9_.:-]{1,64}\"$"},
            "example": "\"9b1c6a4e-1\""
        }));
    }
    if traits.takes_version {
        added.push(json!({
            "name": "If-Match", "in": "header", "required": true,
            "description": "The record's `ETag` as you read it, or its `Record-ETag` as your last change answered it: a change made in \
                between is refused.",
            "schema": condition(),
            "example": "\"1\""
        }));
    }
    if traits.takes_copy() {
        added.push(json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` that you have: where nothing has changed, the answer is 304. What is not a list of \
                entity tags is passed over (RFC 9110, 13.1.2).",
            "schema": {"type": "string", "maxLength": etag::CONDITION_LENGTH, "pattern": etag::PLAIN_PATTERN},
            "example": "\"1\""
        }));
    }
    if added.is_empty() {
        return;
    }
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => parameters.extend(added),
        None => set(operation, "parameters", json!(added)),
    }
}

/// The form of `If-Match`.
fn condition() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": etag::CONDITION_LENGTH, "pattern": etag::CONDITION_PATTERN})
}

fn add_answers(operation: &mut Value, traits: &Traits) {
    let statuses = [
        (400, traits.has_body || traits.takes_key || traits.takes_version || traits.takes_copy()),
        (401, true),
        (403, true),
        (404, traits.has_path_id),
        (408, traits.has_body),
        (409, traits.pages || (!traits.reads && (traits.takes_key || traits.takes_version))),
        (411, false),
        (412, traits.takes_version),
        (413, traits.has_body),
        (414, true),
        (415, traits.has_body),
        (422, traits.has_body || traits.has_query || traits.reads),
        (428, traits.takes_version),
        (429, true),
        (500, true),
        (503, true),
        (507, !traits.reads && (traits.takes_key || traits.takes_version)),
    ];
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut named = Vec::new();
    // A problem that a handler names by its status alone is the one of everywhere.
    responses.retain(|status, answer| {
        !status.starts_with('4') || answer.get("content").is_some() || {
            named.push(status.clone());
            false
        }
    });
    for (status, given) in statuses {
        let status = status.to_string();
        if given || named.contains(&status) {
            let reference = json!({"$ref": format!("#/components/responses/Problem{status}")});
            responses.entry(status).or_insert(reference);
        }
    }
    responses.insert("default".to_owned(), json!({"$ref": "#/components/responses/Problem"}));
    if traits.takes_copy() {
        responses.insert(
            "304".to_owned(),
            json!({"description": "You have it already.", "headers": tagged_headers()}),
        );
    }
    sort_answers(responses);
}

fn sort_answers(responses: &mut Map<String, Value>) {
    let mut all: Vec<(String, Value)> = std::mem::take(responses).into_iter().collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    responses.extend(all);
}

/// Headers on the answers of success.
fn head_answers(operation: &mut Value, traits: &Traits) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, answer) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
        let is_made = status == "201" || status == "202";
        // What a handler names of them is what its answer has: an entry of a record need not have a tag of its own.
        let named = answer.get("headers").cloned();
        let has = |name: &str| named.as_ref().is_none_or(|named| named.get(name).is_some());
        let tagged = (traits.takes_version || is_made || traits.takes_copy()) && has("ETag");
        let mut headers = if tagged { tagged_headers() } else { answer_headers() };
        if named.is_some() && has("Record-ETag") {
            set(&mut headers, "Record-ETag", json!({"$ref": "#/components/headers/Record-ETag"}));
        }
        if named.is_some() && has("Content-Disposition") {
            set(
                &mut headers,
                "Content-Disposition",
                json!({"$ref": "#/components/headers/Content-Disposition"}),
            );
        }
        if is_made {
            set(&mut headers, "Location", json!({"$ref": "#/components/headers/Location"}));
        }
        if traits.reads && traits.is_list {
            set(&mut headers, "Link", json!({"$ref": "#/components/headers/Link"}));
        }
        set(answer, "headers", headers);
    }
}

/// The headers of an answer that shows one record.
fn tagged_headers() -> Value {
    let mut headers = answer_headers();
    set(&mut headers, "ETag", json!({"$ref": "#/components/headers/ETag"}));
    headers
}

/// The headers that every answer carries.
pub fn answer_headers() -> Value {
    json!({
        "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
        "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
        "RateLimit": {"$ref": "#/components/headers/RateLimit"},
        "Access-Control-Allow-Origin": {"$ref": "#/components/headers/Access-Control-Allow-Origin"}
    })
}

/// The headers that answers refer to.
pub fn shared_headers() -> Value {
    let text = |description: &str, max: u32, pattern: &str, example: &str| {
        json!({
            "description": description,
            "schema": {"type": "string", "maxLength": max, "pattern": pattern},
            "example": example
        })
    };
    json!({
        "X-Request-Id": text("The request's identifier: yours, or ours.", 64, "^[A-Za-z0-9_-]{8,64}$", "0192f0c1-8a2b-7c3d-9e4f-0123456789ab"),
        "RateLimit-Policy": text("How many requests you may make (draft-ietf-httpapi-ratelimit-headers).", 100, "^\"default\";q=[0-9]+;w=[0-9]+$", "\"default\";q=1000;w=10"),
        "RateLimit": text("How many requests you have left.", 100, "^\"default\";r=[0-9]+;t=[0-9]+$", "\"default\";r=999;t=10"),
        "Access-Control-Allow-Origin": text("The configured origin that asked, and no other.", 200, "^https?://[^ ]+$", "https://front-end.example"),
        "ETag": text("The tag of what was answered: give it as `If-Match` when you change the record.", 120, "^\"[!#-~]{1,100}\"$", "\"1\""),
        "Record-ETag": text("The tag of the record that the new entry belongs to: give it as `If-Match` with the next change of that record.", 120, "^\"[!#-~]{1,100}\"$", "\"2\""),
        "Content-Disposition": text("That it is to be saved, and under which name (RFC 6266).", 1000, "^attachment(; .*)?$", "attachment; filename=\"letter.txt\""),
        "Location": text("Where the new record is, or the list in which the new entry is read.", 200, "^/v1/[a-z0-9/-]+$", "/v1/concerns/0192f0c1-8a2b-7c3d-9e4f-0123456789ab"),
        "Link": text("The next page, `rel=\"next\"`, where there is one.", 9000, "^<[^>]+>; rel=\"next\"$", "</v1/concerns?cursor=eyJ2IjoxfQ>; rel=\"next\""),
        "Retry-After": {
            "description": "Seconds to wait before trying again.",
            "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86400}, "example": 2
        },
        "WWW-Authenticate": text("The challenge (RFC 6750, RFC 9728).", 300, "^Bearer .*$", "Bearer realm=\"tutela\"")
    })
}

/// Takes away what nothing refers to.
pub fn drop_unused(document: &mut Value) {
    for kind in ["responses", "schemas"] {
        // What only unused components refer to goes in the next round.
        while drop_round(document, kind) {}
    }
}

fn drop_round(document: &mut Value, kind: &str) -> bool {
    let text = document.to_string();
    let components = document.pointer_mut(&format!("/components/{kind}")).and_then(Value::as_object_mut);
    let Some(components) = components else { return false };
    let before = components.len();
    components.retain(|name, _| text.contains(&format!("\"#/components/{kind}/{name}\"")));
    components.len() < before
}
