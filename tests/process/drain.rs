//! SIGTERM: what is under way is answered, then the process ends with 0.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::load::{Ground, Ledger, readings, stored_keys, whole_or_short};
use super::program::{PATIENCE, Program, Service, serve, until};
use super::start::make_trust;
use crate::on_both;
use crate::support::Database;

/// A connection on which a request is sent by hand.
fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A POST of which the service waits for the body.
fn begin(service: &Service, key: &str, length: usize) -> TcpStream {
    let mut stream = connect(service);
    write!(
        stream,
        "POST /v1/hubs HTTP/1.1\r\nHost: tutela.example\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: \"under-way\"\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    stream
}

on_both! {
    fn a_request_under_way_is_answered(backend) {
        let database = Database::migrated(backend);
        let (key, _) = make_trust(&database, "trust-a");
        let mut service = Program::new(&["serve"])
            .over(&database.target)
            .listening()
            .env("TUTELA_SHUTDOWN_SECONDS", "600")
            .serve();
        let idle = connect(&service);
        let body = r#"{"name": "North hub"}"#;
        let mut stream = begin(&service, &key, body.len());
        stream.write_all(&body.as_bytes()[..5]).unwrap();
        service.running.terminate();
        until("nobody else is let in", || TcpStream::connect(&service.address).is_err().then_some(()));
        assert!(service.running.is_running());
        stream.write_all(&body.as_bytes()[5..]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let answer = answer.trim_start();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
        assert_eq!(service.running.wait().code(), Some(0));
        drop(idle);

        let service = serve(&database.target);
        assert_eq!(service.bearer(&key).get("/v1/hubs?count=true").expect(200)["count"], 1);
    }

    fn kept_connections_do_not_hold_it_up(backend) {
        let database = Database::migrated(backend);
        let service = Program::new(&["serve"])
            .over(&database.target)
            .listening()
            .env("TUTELA_SHUTDOWN_SECONDS", "600")
            .serve();
        let kept: Vec<TcpStream> = (0..10).map(|_| {
            let mut stream = connect(&service);
            write!(stream, "GET /health/live HTTP/1.1\r\nHost: tutela.example\r\n\r\n").unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            assert!(line.contains("200"), "{line}");
            stream
        }).collect();
        let said = service.stop();
        assert_eq!(said.code, Some(0));
        assert!(!said.err.contains("panicked"), "{}", said.err);
        drop(kept);
    }

    /// A request that reaches a connection at the moment in which it closes is not begun, and can be sent again; what was
    /// begun is answered.
    fn under_load_whatever_was_begun_is_answered(backend) {
        let (ground, ledger, ends) = (Ground::new(backend), Ledger::default(), whole_or_short(20, 2));
        let before = readings(&ground.books());
        for round in 0..ends {
            let mut service = Program::new(&["serve"])
                .over(&ground.database.target)
                .listening()
                .env("TUTELA_SHUTDOWN_SECONDS", "600")
                .serve();
            let callers = ground.callers(&service.base, 8);
            std::thread::scope(|scope| {
                scope.spawn(|| ledger.load(&callers, &format!("load-{round}"), false));
                ledger.wait_for(30);
                service.running.terminate();
            });
            assert_eq!(service.running.wait().code(), Some(0));
        }
        let mut books = ledger.books();
        books.check(&ground.books());
        assert!(books.statuses.keys().all(|status| matches!(status, 200 | 201)), "{:?}", books.statuses);
        let acknowledged = books.raised.len() + books.noted.len();
        assert_eq!(stored_keys(&ground.books()), acknowledged, "something was carried out and not answered");
        assert_eq!(readings(&ground.books()) - before, books.read.len(), "something was read and not answered");
        crate::say!("SIGTERM under load, {backend:?}: {ends} times; {}; nothing begun was dropped", books.words());
    }
}
