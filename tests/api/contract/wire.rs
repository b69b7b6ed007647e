//! The habits of the wire that hold whatever is asked for.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::on_both;
use crate::support::{Backend, TestApp};

on_both! {
    fn nobody_gets_anything_without_a_token(backend) {
        // A server takes 30 failed log-ins a minute from one address.
        for operations in every_operation().chunks(25) {
            let app = TestApp::start(backend);
            for (method, path) in operations {
                let answer = app.nobody().send(method, path, &[], None);
                assert_eq!(answer.problem(401), "unauthenticated", "{method} {path}");
                assert!(answer.header("www-authenticate").starts_with("Bearer"));
            }
        }
    }
}

fn every_operation() -> Vec<(String, String)> {
    let id = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
    let paths = tutela::openapi::document()["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let concrete: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect();
            let concrete = concrete.join("/");
            item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), concrete.clone()))
        })
        .collect()
}

#[test]
fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start(Backend::Sqlite);
    let answer = app.nobody().send("PUT", "/v1/hubs", &[], None);
    assert_eq!(answer.problem(405), "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    assert_eq!(app.nobody().send("HEAD", "/v1/people/searches", &[], None).status, 405);
}

#[test]
fn head_is_get_without_the_body() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    let made = admin.post("/v1/hubs", json!({"name": "North hub"}));
    let path = made.header("location");
    let (get, head) = (admin.get(path), admin.send("HEAD", path, &[], None));
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    for name in ["etag", "content-length", "content-type"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(admin.send("HEAD", "/v1/hubs/0192f0c1-8a2b-7c3d-9e4f-0123456789ab", &[], None).status, 404);
    assert_eq!(app.nobody().send("HEAD", path, &[], None).status, 401);
    assert_eq!(app.nobody().send("HEAD", "/health/live", &[], None).status, 200);
}

#[test]
fn nothing_follows_the_head_of_an_answer_to_head() {
    let app = TestApp::start(Backend::Sqlite);
    let mut wire = TcpStream::connect(app.base().trim_start_matches("http://")).unwrap();
    wire.write_all(b"HEAD /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    wire.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn an_unknown_path_is_404_before_it_is_401() {
    let app = TestApp::start(Backend::Sqlite);
    for path in ["/v1/nothing", "/nothing", "/v1/hubs/", "/v1"] {
        assert_eq!(app.nobody().get(path).problem(404), "not_found", "{path}");
    }
}

#[test]
fn every_answer_carries_an_id_and_no_sniffing() {
    let app = TestApp::start(Backend::Sqlite);
    let ours = app.nobody().get("/v1/hubs");
    assert!(ours.header("x-request-id").len() >= 8);
    assert_eq!(ours.header("x-content-type-options"), "nosniff");
    assert_eq!(ours.header("cache-control"), "no-store");
    let theirs = app.nobody().send("GET", "/v1/hubs", &[("X-Request-Id", "caller-42")], None);
    assert_eq!(theirs.header("x-request-id"), "caller-42");
    assert_eq!(theirs.json()["request_id"], "caller-42");
}

#[test]
fn a_body_is_judged_by_media_type_size_and_form() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    let post = |media: &str, body: &[u8]| {
        admin.send("POST", "/v1/hubs", &[("Content-Type", media), ("Idempotency-Key", "\"k\"")], Some(body))
    };
    assert_eq!(post("text/plain", b"{}").problem(415), "unsupported_media_type");
    assert_eq!(post("application/json", b"{").problem(400), "malformed_body");
    assert_eq!(post("application/json", b"{\"name\":\"a\",\"name\":\"b\"}").problem(400), "malformed_body");
    assert_eq!(post("application/json", &vec![b' '; 1024 * 1024 + 1]).problem(413), "body_too_large");
    assert_eq!(post("application/json", b"{\"name\":\"a\\u0000\"}").invalid(), "/name");
    assert_eq!(post("application/json; charset=utf-8", b"{\"name\":\"ok\"}").status, 201);
}

#[test]
fn two_media_types_are_refused() {
    let app = TestApp::start(Backend::Sqlite);
    let json = ("Content-Type", "application/json");
    let headers = [json, json, ("Idempotency-Key", "\"k\"")];
    let answer = app.faceless("trust-a", &["trust-admin"]).send(
        "POST",
        "/v1/hubs",
        &headers,
        Some(b"{\"name\":\"a\"}"),
    );
    assert_eq!(answer.problem(415), "unsupported_media_type");
}

#[test]
fn a_post_without_a_key_is_refused() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    let answer =
        admin.send("POST", "/v1/hubs", &[("Content-Type", "application/json")], Some(b"{\"name\":\"a\"}"));
    assert_eq!(answer.problem(400), "idempotency_key_missing");
}

#[test]
fn two_authorization_headers_are_refused() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    let answer = admin.send("GET", "/v1/hubs", &[("Authorization", "Bearer x")], None);
    assert_eq!(answer.problem(401), "unauthenticated");
}

#[test]
fn an_unknown_or_repeated_parameter_is_named() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    assert_eq!(admin.get("/v1/hubs?colour=red").invalid(), "?colour");
    assert_eq!(admin.get("/v1/hubs?limit=1&limit=2").invalid(), "?limit");
    assert_eq!(admin.get("/v1/hubs?limit=0").invalid(), "?limit");
    assert_eq!(admin.get("/v1/hubs?cursor=abc").broken(), "?cursor");
}

#[test]
fn an_etag_that_is_known_gives_304() {
    let app = TestApp::start(Backend::Sqlite);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    let made = admin.post("/v1/hubs", json!({"name": "North hub"}));
    let again = admin.send("GET", made.header("location"), &[("If-None-Match", &made.etag())], None);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[test]
fn only_configured_origins_are_allowed() {
    let app = TestApp::start(Backend::Sqlite);
    let ask = |origin: &str| {
        let answer = app.nobody().send("GET", "/openapi.json", &[("Origin", origin)], None);
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(ask("https://front-end.example"), "https://front-end.example");
    assert_eq!(ask("https://evil.example"), "");
}

#[test]
fn probes_document_and_page_need_no_token() {
    let app = TestApp::start(Backend::Sqlite);
    for path in [
        "/health/live",
        "/health/ready",
        "/openapi.json",
        "/metrics",
        "/docs/",
        "/.well-known/oauth-protected-resource",
    ] {
        assert_eq!(app.nobody().get(path).status, 200, "{path}");
    }
}

#[test]
fn the_way_in_is_told_by_absolute_addresses() {
    let base = "https://records.trust.example";
    let app = TestApp::start_serving(Backend::Sqlite, |serve| serve.public_url = Some(base.to_owned()));
    let refused = app.nobody().get("/v1/me");
    let metadata = format!("{base}/.well-known/oauth-protected-resource/v1");
    assert_eq!(
        refused.header("www-authenticate"),
        format!("Bearer realm=\"tutela\", resource_metadata=\"{metadata}\"")
    );
    let told = app.nobody().get("/.well-known/oauth-protected-resource/v1").expect(200);
    assert_eq!(
        (&told["resource"], &told["resource_documentation"]),
        (&format!("{base}/v1").into(), &format!("{base}/docs/").into())
    );
}

#[test]
fn what_browsers_are_told_stands_in_one_order() {
    let app = TestApp::start(Backend::Sqlite);
    let origin = ("Origin", "https://front-end.example");
    let answer = app.nobody().send("GET", "/openapi.json", &[origin], None);
    assert_eq!(
        answer.header("access-control-expose-headers").to_lowercase(),
        "content-disposition, etag, link, location, ratelimit, ratelimit-policy, record-etag, retry-after, x-request-id"
    );
    let asked =
        [origin, ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "if-match")];
    let preflight = app.nobody().send("OPTIONS", "/v1/hubs", &asked, None);
    assert_eq!(preflight.header("access-control-allow-methods"), "DELETE, GET, HEAD, PATCH, POST");
    let headers = preflight.header("access-control-allow-headers").to_lowercase();
    assert_eq!(
        headers,
        "authorization, content-digest, content-disposition, content-type, idempotency-key, if-match, if-none-match, traceparent, x-request-id"
    );
}
