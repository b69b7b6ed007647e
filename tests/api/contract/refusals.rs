//! Refusals: each in its form, in its order, and without what a caller made up.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::support::made::{admin, appoint, person, school};
use crate::support::{Answer, Backend, Client, TestApp};

const NOWHERE: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
const ORIGIN: &str = "https://front-end.example";

fn app() -> TestApp {
    TestApp::start(Backend::Sqlite)
}

fn series(app: &TestApp) -> usize {
    let text = app.nobody().get("/metrics").text;
    text.lines().filter(|line| line.starts_with("http_server_request_duration_seconds_count")).count()
}

#[test]
fn a_thousand_odd_methods_are_one_series() {
    let app = app();
    series(&app);
    let before = series(&app);
    let mut wire = TcpStream::connect(app.base().trim_start_matches("http://")).unwrap();
    for n in 0..1_000 {
        write!(wire, "ODD{n} /nowhere-{n} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    }
    wire.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answers = String::new();
    wire.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 404").count(), 1_000);
    // One for the odd methods and one for the probe.
    assert_eq!(series(&app), before + 2);
    assert!(app.nobody().get("/metrics").text.contains("http_request_method=\"_OTHER\""));
}

#[test]
fn the_operators_paths_take_get_and_head() {
    let app = app();
    for path in ["/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/docs/"] {
        let answer = app.nobody().send("POST", path, &[], None);
        assert_eq!(answer.problem(405), "method_not_allowed", "{path}");
        assert_eq!(answer.header("allow"), "GET, HEAD", "{path}");
        assert!(app.nobody().send("HEAD", path, &[], None).status < 400, "{path}");
    }
}

#[test]
fn what_libraries_refuse_has_the_form_of_every_refusal() {
    let app = app();
    assert_eq!(app.nobody().get("/docs/nothing").problem(404), "not_found");
    let ask = |origin: &str, header: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", header),
        ];
        app.nobody().send("OPTIONS", "/v1/hubs", &headers, None)
    };
    assert_eq!(ask("https://evil.example", "authorization").problem(400), "preflight_refused");
    assert_eq!(ask(ORIGIN, "x-odd").problem(400), "preflight_refused");
    let right = ask(ORIGIN, "authorization, traceparent, if-match");
    assert_eq!((right.status, right.header("access-control-allow-origin")), (200, ORIGIN));
}

#[test]
fn a_long_target_is_refused_where_a_browser_can_read_it() {
    let app = app();
    let ask = |length: usize| {
        let path = format!("/v1/hubs?x={}", "a".repeat(length));
        app.nobody().send("GET", &path, &[("Origin", ORIGIN)], None)
    };
    let answer = ask(9 * 1024);
    assert_eq!(answer.problem(414), "uri_too_long");
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(ask(1024).problem(401), "unauthenticated");
}

#[test]
fn a_body_of_exactly_the_limit_is_read() {
    let app = app();
    let mut body = b"{\"name\":\"Hub\"}".to_vec();
    body.resize(1024 * 1024, b' ');
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "\"k\"")];
    assert_eq!(admin(&app).send("POST", "/v1/hubs", &headers, Some(&body)).status, 201);
}

#[test]
fn a_junk_trace_is_not_reflected() {
    let app = app();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for value in ["junk", trace] {
        let answer = app.nobody().send("GET", "/health/live", &[("traceparent", value)], None);
        assert_eq!((answer.status, answer.header("traceparent")), (200, ""));
    }
}

#[test]
fn a_caller_with_too_many_requests_is_told_when_to_come_again() {
    let app = TestApp::start_serving(Backend::Sqlite, |serve| {
        (serve.rate_per_second, serve.rate_burst) = (1, 3);
    });
    let admin = admin(&app);
    let left = |answer: &Answer| answer.header("ratelimit").to_owned();
    let first = admin.get("/v1/hubs");
    assert_eq!((first.status, left(&first).as_str()), (200, "\"default\";r=2;t=3"));
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=3;w=3");
    let answers: Vec<Answer> = (0..8).map(|_| admin.get("/v1/hubs")).collect();
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(refused.problem(429), "rate_limited");
    assert_eq!(left(refused), "\"default\";r=0;t=3");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    let staff = app.bearer(&app.token("trust-a", "another", None, &["staff:100001"]));
    assert_eq!(left(&staff.get("/v1/revocations")), "\"default\";r=2;t=3");
}

#[test]
fn an_address_that_guesses_is_not_listened_to() {
    let app = TestApp::start_serving(Backend::Sqlite, |serve| {
        serve.failed_logins_per_minute = 5.try_into().unwrap();
    });
    let known = admin(&app);
    known.get("/v1/hubs").expect(200);
    for _ in 0..20 {
        assert_eq!(app.nobody().get("/v1/hubs").status, 401, "without a token it is no attempt");
    }
    let statuses: Vec<u16> =
        (0..7).map(|n| app.bearer(&format!("guess-{n}")).get("/v1/hubs").status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429]);
    known.get("/v1/hubs").expect(200);
}

/// The operations that concern the whole trust, as method and path.
fn of_the_whole_trust() -> Vec<(String, String)> {
    let paths = tutela::openapi::document()["paths"].as_object().unwrap();
    let all =
        paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |one| (path, one)));
    let whole = all.filter(|(_, (_, operation))| operation["x-access"]["reach"] == "trust");
    whole
        .map(|(path, (method, _))| {
            (method.to_uppercase(), path.replace("{id}", NOWHERE).replace("{code}", "none"))
        })
        .collect()
}

/// A key of somebody who has every right in the whole trust opens these operations; the same key narrowed to a school
/// opens none of them, whatever the body: what is told of a school is no right to the trust.
#[test]
fn a_key_for_single_schools_does_nothing_that_concerns_the_whole_trust() {
    let app = app();
    let one = school(&app, 100_001);
    let me = person(&app, "Admin", None);
    for role in ["trust-admin", "trust-safeguarding-lead"] {
        appoint(&app, me, role, None);
    }
    let client = app.person("trust-a", me, &["trust-admin"]);
    let key = |schools: &[tutela::ids::Id]| {
        let in_a_month = tutela::clock::Clock::System.now().plus_seconds(30 * 86_400).to_string();
        let body = json!({
            "name": "Scripts", "owner": {"kind": "person", "person_id": me}, "scopes": ["all"],
            "school_ids": schools, "expires_at": in_a_month
        });
        let made = client.post("/v1/api-keys", body).expect(201);
        app.bearer(made["key"].as_str().unwrap())
    };
    let (whole, narrow) = (key(&[]), key(&[one]));
    let operations = of_the_whole_trust();
    assert!(operations.len() >= 12, "{operations:?}");
    for (method, path) in operations {
        let ask = |caller: &Client| {
            let body: Option<&[u8]> = if method == "GET" { None } else { Some(b"no json") };
            caller.send(&method, &path, &[], body)
        };
        assert_ne!(ask(&whole).status, 403, "{method} {path}: the owner's own right");
        assert_eq!(ask(&narrow).problem(403), "forbidden", "{method} {path}");
    }
    // What the schools of the key concern stays open, and no other school's.
    let two = school(&app, 100_002);
    let engage = |school| json!({"school_id": school, "category": "teacher", "starts_on": "2024-09-01"});
    let make = |caller: &Client, school| {
        let body = json!({"given_name": "Sam", "family_name": "Example", "engagement": engage(school)});
        caller.post("/v1/people", body).status
    };
    assert_eq!((make(&whole, two), make(&narrow, one), make(&narrow, two)), (201, 201, 409));
}

#[test]
fn a_right_at_one_school_does_nothing_that_concerns_the_whole_trust() {
    let app = app();
    school(&app, 100_001);
    let lead = app.faceless("trust-a", &["dsl:100001"]);
    assert_eq!(lead.send("POST", "/v1/schools", &[], Some(b"no json")).problem(403), "forbidden");
}

#[test]
fn operations_without_parameters_take_none() {
    let app = app();
    let admin = admin(&app);
    for path in ["/v1/me?zzz=1", "/v1/trust?as_of=2026-01-01T00:00:00Z"] {
        let answer = admin.get(path);
        assert_eq!(answer.problem(422), "invalid", "{path}");
        assert!(["?zzz", "?as_of"].contains(&answer.invalid().as_str()));
    }
    assert_eq!(admin.post("/v1/hubs?x=1", json!({"name": "Hub"})).problem(422), "invalid");
    assert_eq!(app.nobody().get("/v1/me?zzz=1").problem(401), "unauthenticated");
}

#[test]
fn what_the_schema_refuses_is_422_and_what_the_records_refuse_409() {
    let app = app();
    let admin = admin(&app);
    for path in ["/v1/calendar/days?from=2026-01-01&days=0", "/v1/hubs?cursor=", "/v1/hubs?cursor=%00"] {
        assert_eq!(admin.get(path).problem(422), "invalid", "{path}");
    }
    assert_eq!(admin.get(&format!("/v1/hubs?cursor={}", "x".repeat(4_000))).problem(422), "invalid");
    let misused = admin.get("/v1/hubs?cursor=abc");
    assert_eq!((misused.problem(409), misused.broken()), ("rule_broken".to_owned(), "?cursor".to_owned()));
    let search = admin.search("/v1/people/searches", json!({"words": "rob", "cursor": "abc"}));
    assert_eq!((search.problem(409), search.broken()), ("rule_broken".to_owned(), "/cursor".to_owned()));
}

#[test]
fn a_cursor_holds_for_its_list_caller_and_trust() {
    let app = app();
    let admin = admin(&app);
    for n in 0..3 {
        admin.post("/v1/hubs", json!({"name": format!("Hub {n}")})).expect(201);
    }
    let page = admin.get("/v1/hubs?limit=1");
    let cursor = page.expect(200)["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(page.header("link"), format!("</v1/hubs?limit=1&cursor={cursor}>; rel=\"next\""));
    let next = format!("?limit=1&cursor={cursor}");
    admin.get(&format!("/v1/hubs{next}")).expect(200);
    let other = app.bearer(&app.token("trust-a", "somebody-else", None, &["trust-admin"]));
    let elsewhere = app.faceless("trust-b", &["trust-admin"]);
    for answer in [
        admin.get(&format!("/v1/schools{next}")),
        other.get(&format!("/v1/hubs{next}")),
        elsewhere.get(&format!("/v1/hubs{next}")),
    ] {
        assert_eq!((answer.problem(409), answer.broken()), ("rule_broken".to_owned(), "?cursor".to_owned()));
    }
}

#[test]
fn a_code_in_a_path_has_one_spelling() {
    let app = app();
    let admin = admin(&app);
    admin.get("/v1/categories/ABU-EMO").expect(200);
    assert_eq!(admin.get("/v1/categories/ABU-E%4dO").problem(404), "not_found");
}

#[test]
fn what_is_hidden_and_what_is_absent_are_equal_in_bytes() {
    let app = app();
    let theirs = app.faceless("trust-b", &["trust-admin"]).post("/v1/hubs", json!({"name": "Hub"})).id();
    let bytes = |id: &str| {
        let headers = [("X-Request-Id", "the-same-1")];
        let answer = admin(&app).send("GET", &format!("/v1/hubs/{id}"), &headers, None);
        assert_eq!(answer.status, 404);
        answer.text
    };
    assert_eq!(bytes(&theirs), bytes(NOWHERE));
}

#[test]
fn a_replay_is_recognised_before_the_version_is_judged() {
    let app = app();
    let admin = admin(&app);
    let made = admin.post_keyed("/v1/hubs", "same", json!({"name": "Hub"}));
    assert_eq!(made.status, 201);
    let elsewhere =
        admin.post_keyed("/v1/revocations", "same", json!({"principal": "key:x", "reason": "So."}));
    assert_eq!(elsewhere.problem(422), "idempotency_mismatch");
    let revoked =
        admin.post_keyed("/v1/revocations", "r", json!({"principal": "jwt:x#y", "reason": "So."})).id();
    let path = format!("/v1/revocations/{revoked}/lifting");
    let tag = admin.get(&format!("/v1/revocations/{revoked}")).etag();
    let lift = |headers: &[(&str, &str)]| {
        let mut all = vec![("Content-Type", "application/json"), ("Idempotency-Key", "\"lift\"")];
        all.extend_from_slice(headers);
        admin.send("POST", &path, &all, Some(b"{\"reason\": \"Back.\"}"))
    };
    assert_eq!(lift(&[]).problem(428), "precondition_required");
    let first = lift(&[("If-Match", &tag)]);
    assert!(first.status < 300, "{}", first.text);
    assert_eq!(lift(&[("If-Match", "\"99\"")]).status, first.status);
}

#[test]
fn if_match_takes_lists_and_refuses_weak_tags() {
    let app = app();
    let admin = admin(&app);
    let made = admin.post("/v1/hubs", json!({"name": "Hub"}));
    let path = made.header("location").to_owned();
    let name = |n: u8| json!({"name": format!("Hub {n}")});
    assert_eq!(admin.patch(&path, "\"8\", \"9\"", name(1)).problem(412), "version_stale");
    assert_eq!(admin.patch(&path, "W/\"1\"", name(2)).problem(412), "version_stale");
    admin.patch(&path, "\"9\", \"1\"", name(3)).expect(200);
    admin.patch(&path, "*", name(4)).expect(200);
}

#[test]
fn a_change_that_changes_nothing_makes_no_version() {
    let app = app();
    let admin = admin(&app);
    let made = admin.post("/v1/hubs", json!({"name": "Hub"}));
    let path = made.header("location").to_owned();
    for body in [json!({}), json!({"name": "Hub"}), json!({"name": " Hub "})] {
        let answer = admin.patch(&path, &made.etag(), body);
        assert_eq!((answer.status, answer.etag()), (200, made.etag()));
        assert_eq!(answer.json(), made.json());
    }
    assert_ne!(admin.patch(&path, &made.etag(), json!({"name": "Hubs"})).etag(), made.etag());
}

#[test]
fn a_change_is_a_merge_patch() {
    let app = app();
    let made = admin(&app).post("/v1/hubs", json!({"name": "Hub"}));
    let headers = [("Content-Type", "application/json"), ("If-Match", "\"1\"")];
    let answer = admin(&app).send("PATCH", made.header("location"), &headers, Some(b"{}"));
    assert_eq!(answer.problem(415), "unsupported_media_type");
}

#[test]
fn a_request_id_of_another_form_is_replaced() {
    let app = app();
    for odd in ["short", "has space 12", "odd/slash-12", &"x".repeat(65)] {
        let answer = app.nobody().send("GET", "/health/live", &[("X-Request-Id", odd)], None);
        assert_eq!(answer.header("x-request-id").len(), 36, "{odd}");
    }
}

#[test]
fn only_one_form_of_authorization_is_taken() {
    let app = app();
    let token = app.token("trust-a", "somebody", None, &["trust-admin"]);
    let ask = |value: &str| app.nobody().send("GET", "/v1/hubs", &[("Authorization", value)], None).status;
    for right in [format!("Bearer {token}"), format!("bearer {token}")] {
        assert_eq!(ask(&right), 200);
    }
    for wrong in [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer  {token}"),
        format!("Bearer {token} x"),
        format!("Bearer{token}"),
        "Bearer".to_owned(),
    ] {
        assert_eq!(ask(&wrong), 401, "{wrong}");
    }
}
